import { err, type Result } from "../../lib/result";
import { MINUTE } from "../../lib/time";
import type { ConnectorFailure, FoundFile, OpenedFile } from "../contract";
import { pathOf, type Entry } from "../folders/server";
import { openFile } from "../ftp/open-file";
import { folderServerOf, type FtpAccess } from "../ftp/sessions";

const MOST_IN_FOLDER = 100_000;
/** A file that was written to so lately may not be whole. */
const REST = MINUTE;
const AUDIO = /\.(wav|mp3|gsm|ogg|opus|m4a|aac|flac|wma|vox|au)$/i;

/** Folders as they were listed in this look: a day's recordings lie in one. */
export type KnownFolders = Map<string, Promise<Result<Entry[] | undefined, ConnectorFailure>>>;

/**
 * The recording that a row names: by its name in any case, and with any ending of audio where the row has none. `late` where
 * it is not there, or is still being written.
 */
export async function openAudioOf(
  access: FtpAccess,
  folders: KnownFolders,
  { name }: FoundFile,
): Promise<Result<OpenedFile, ConnectorFailure>> {
  const server = folderServerOf(access);
  const cut = name.lastIndexOf("/") + 1;
  const folder = name.slice(0, cut);
  const known = folders.get(folder) ?? server.inSession((session) => session.list(pathOf(folder), MOST_IN_FOLDER));
  folders.set(folder, known);
  const listed = await known;
  if (!listed.ok && listed.error.code === "gone") return late(`${folder || "."} is not there yet`);
  if (!listed.ok) return listed;
  const entry = findIn(listed.value ?? [], name.slice(cut));
  if (!entry) return late(`${name} is not there yet`);
  const file = { name: `${folder}${entry.name}`, version: server.versionOf(entry), size: entry.size };
  const looked = await server.inSession((session) => session.lookAt(file.name));
  if (!looked.ok) return looked;
  const isFresh =
    !looked.value || access.deps.now() - looked.value.modifiedAt < REST || looked.value.size !== entry.size;
  if (entry.size === 0 || isFresh) return late(`${name} is still being written`);
  const opened = await openFile(access, { ...file, modifiedAt: entry.modifiedAt });
  const isOther = !opened.ok && (opened.error.code === "gone" || opened.error.code === "changed");
  return isOther ? late(`${name} was replaced as it was read`) : opened;
}

function findIn(entries: readonly Entry[], name: string): Entry | undefined {
  const files = entries.filter(({ kind }) => kind === "file");
  const wanted = name.toLowerCase();
  return (
    files.find((entry) => entry.name === name) ??
    files.find((entry) => entry.name.toLowerCase() === wanted) ??
    files.find((entry) => AUDIO.test(entry.name) && entry.name.toLowerCase().replace(AUDIO, "") === wanted)
  );
}

function late(detail: string): Result<never, ConnectorFailure> {
  return err({ code: "late", detail });
}
