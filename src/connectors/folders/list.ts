import { z } from "zod";
import { err, ok, type Result } from "../../lib/result";
import type { ConnectorFailure, FoundFile } from "../contract";
import { pathOf, type Entry, type FolderServer } from "./server";

const PAGE = 1_000;
/** A folder is read whole, since servers list none from the middle. */
const MOST_IN_FOLDER = 100_000;
const MOST_FOLDERS = 10_000;
const DEEPEST = 20;

/** Where a list goes on: behind the file `after` of the folder `at`; then come the folders of `rest`. */
const place = z.object({ at: z.string(), after: z.string(), rest: z.array(z.string()) });
type Place = z.infer<typeof place>;

/** The folder that was read last, so that its pages are of one reading. */
export type KnownFolder = { name: string; files: readonly FoundFile[]; folders: readonly string[] };

export type Listing = { server: FolderServer; known: KnownFolder | null };

/** A page of files below the import path, folder by folder, in the order of their names. Links are not followed. */
export async function listFiles(
  listing: Listing,
  cursor: string | null,
): Promise<Result<{ files: FoundFile[]; cursor: string | null }, ConnectorFailure>> {
  let now: Place = cursor === null ? { at: listing.server.from, after: "", rest: [] } : place.parse(JSON.parse(cursor));
  const files: FoundFile[] = [];
  for (;;) {
    const folder = await readFolder(listing, now.at);
    if (!folder.ok) return folder;
    const { at, after } = now;
    const open = folder.value.files.filter(({ name }) => name > after);
    files.push(...open.slice(0, PAGE - files.length));
    const last = files.at(-1)?.name ?? "";
    if (open.length > 0 && last !== open.at(-1)?.name)
      return ok({ files, cursor: JSON.stringify({ ...now, after: last }) });
    const rest = [...folder.value.folders, ...now.rest];
    if (rest.length > MOST_FOLDERS)
      return err({ code: "endless_list", detail: `there are more than ${MOST_FOLDERS} folders below ${at || "."}` });
    const [next, ...others] = rest;
    if (next === undefined) return ok({ files, cursor: null });
    now = { at: next, after: "", rest: others };
    if (files.length === PAGE) return ok({ files, cursor: JSON.stringify(now) });
  }
}

async function readFolder(listing: Listing, name: string): Promise<Result<KnownFolder, ConnectorFailure>> {
  if (listing.known?.name === name) return ok(listing.known);
  const read = await listing.server.inSession((session) => session.list(pathOf(name), MOST_IN_FOLDER));
  if (!read.ok && read.error.code === "gone") {
    if (name === listing.server.from) return err({ ...read.error, code: "wrong_folder" });
    // It went since its own folder was read.
    return ok({ name, files: [], folders: [] });
  }
  if (!read.ok) return read;
  if (read.value === undefined)
    return err({ code: "endless_list", detail: `${name || "."} holds more than ${MOST_IN_FOLDER} files` });
  const entries = read.value.filter((entry) => !entry.name.includes("/"));
  const isDeepest = name.slice(listing.server.from.length).split("/").length > DEEPEST;
  listing.known = {
    name,
    files: entries
      .flatMap((entry) => found(listing.server, name, entry))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    folders: isDeepest
      ? []
      : entries.flatMap(({ kind, name: own }) => (kind === "folder" ? `${name}${own}/` : [])).toSorted(),
  };
  return ok(listing.known);
}

function found(server: FolderServer, folder: string, entry: Entry): FoundFile[] {
  if (entry.kind !== "file" && entry.kind !== "link") return [];
  const { size, modifiedAt } = entry;
  const file = { name: `${folder}${entry.name}`, version: server.versionOf(entry), size, modifiedAt };
  return [entry.kind === "link" ? { ...file, refusal: "link" } : file];
}
