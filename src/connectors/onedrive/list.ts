import { z } from "zod";
import { err, ok, type Result } from "../../lib/result";
import type { ConnectorFailure, FoundFile, ListedPage } from "../contract";
import { ask, askJson, isOfGraph } from "./ask";
import { jsonOf } from "./failures";
import { atId, folderAt, foundFile, itemPage, SELECTED, type Item } from "./items";
import { driveOf } from "./settings";
import type { Access } from "./token";
import { hostsOf } from "./clouds";

const MOST_FOLDERS = 5_000;
const MOST_PAGES_OF_NEW_FOLDERS = 500;
/** Folders that are remembered for what they held before they were told of. */
const MOST_MISSED = 20_000;

/**
 * Where a list goes on: Graph's own link, followed as it is; the folder that is looked into, and those below it by their
 * ids with their paths, since changes name a folder by its id alone. `isWhole`: the list of everything, not of changes.
 * `missed`: in such a list, folders that were not known when what lies in them was told of, each as a short digest; most of
 * them lie elsewhere. Null where they are too many: then each may be one.
 */
const place = z.object({
  link: z.string().nullable(),
  folder: z.string(),
  folders: z.record(z.string(), z.string()),
  isWhole: z.boolean(),
  missed: z.array(z.string()).nullable().default([]),
});
type Place = z.infer<typeof place>;

/** A page of files below the import path, of everything or of what has changed since the list before. */
export async function listChanges(
  access: Access,
  cursor: string | null,
): Promise<Result<ListedPage, ConnectorFailure>> {
  const begun = cursor === null ? await begin(access) : ok(place.parse(JSON.parse(cursor)));
  if (!begun.ok) return begun;
  let at = begun.value;
  const first = `${driveOf(access.settings)}/root/delta?${SELECTED}&$top=200`;
  let answered = await ask(access, at.link ?? first, {}, (status) => status === 200 || status === 410);
  if (answered.ok && answered.value.status === 410) {
    // What the server knew of our place is no more: everything is listed again, and what is known is not taken in twice.
    const again = await begin(access);
    if (!again.ok) return again;
    at = again.value;
    answered = await ask(access, answered.value.headers.get("location") ?? first);
  }
  if (!answered.ok) return answered;
  const page = itemPage.safeParse(jsonOf(answered.value.text)).data;
  if (!page)
    return err({ code: "unreadable_list", detail: `${hostsOf(access.settings).graph} gave no list of changes` });
  // The same item may be in a page several times: the last one counts.
  const items = [...new Map(page.value.map((one) => [one.id, one])).values()];
  if (items.some(({ id, deleted }) => id === at.folder && deleted))
    return err({ code: "wrong_folder", detail: `${access.settings.import_path || "the drive"} was deleted` });
  const fresh = takeFolders(at, items);
  if (Object.keys(at.folders).length > MOST_FOLDERS)
    return err({ code: "endless_list", detail: `there are more than ${MOST_FOLDERS} folders in the import path` });
  // Of a change, a folder is told of without what it holds; of everything, what it holds may have come before it.
  const late = at.isWhole ? fresh.filter((id) => at.missed?.includes(digestOf(id)) ?? true) : fresh;
  const below = await listBelow(access, at, late);
  if (!below.ok) return below;
  const all = new Map([...items, ...below.value].map((one) => [one.id, one]));
  const files = [...all.values()].flatMap((one) => found(access, at, one));
  if (at.isWhole) noteMissed(at, items);
  const [next, delta] = [page["@odata.nextLink"], page["@odata.deltaLink"]];
  // A link that leads elsewhere is no place to go on from.
  if (![next, delta].every((link) => link === undefined || isOfGraph(access, link)))
    return err({
      code: "unreadable_list",
      detail: `${hostsOf(access.settings).graph} named an address that is not its own`,
    });
  if (next !== undefined) return ok({ files, cursor: JSON.stringify({ ...at, link: next }) });
  if (delta === undefined)
    return err({ code: "unreadable_list", detail: `${hostsOf(access.settings).graph} gave a page without links` });
  return ok({ files, cursor: null, resume: JSON.stringify({ ...at, link: delta, isWhole: false, missed: [] }) });
}

async function begin(access: Access): Promise<Result<Place, ConnectorFailure>> {
  const folder = await folderAt(access, access.settings.import_path);
  if (!folder.ok) return folder;
  const { id } = folder.value;
  return ok({ link: null, folder: id, folders: { [id]: "" }, isWhole: true, missed: [] });
}

/** Notes the folders that are not known, and hold something that was told of. */
function noteMissed(at: Place, items: readonly Item[]): void {
  const parents = items.flatMap(({ id, deleted, parentReference: above }) =>
    deleted || above?.id === undefined || id === at.folder || at.folders[above.id] !== undefined ? [] : above.id,
  );
  const missed = new Set([...(at.missed ?? []), ...parents.map(digestOf)]);
  if (at.missed !== null) at.missed = missed.size > MOST_MISSED ? null : [...missed];
}

/** Short: two folders of one digest cost one list too many, and nothing else. FNV-1a of 32 bits. */
function digestOf(id: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(36);
}

/** Keeps the folders below the one that is looked into up to date. Gives those that were not known. */
function takeFolders(at: Place, items: readonly Item[]): string[] {
  const fresh: string[] = [];
  let open = items.filter(
    ({ id, folder, deleted }) => id !== at.folder && (folder || (deleted && at.folders[id] !== undefined)),
  );
  // A folder may come before the one that it lies in.
  for (let before = -1; open.length !== before;) {
    before = open.length;
    open = open.filter((one) => {
      const known = at.folders[one.id];
      const parent = at.folders[one.parentReference?.id ?? ""];
      if (one.deleted || (parent === undefined && known !== undefined)) {
        forgetBelow(at, known ?? "");
        return false;
      }
      if (parent === undefined) return true;
      const path = `${parent}${one.name}/`;
      if (known === undefined) fresh.push(one.id);
      else if (known !== path) renameBelow(at, known, path);
      at.folders[one.id] = path;
      return false;
    });
  }
  return fresh;
}

function forgetBelow(at: Place, path: string): void {
  if (path === "") return;
  at.folders = Object.fromEntries(Object.entries(at.folders).filter(([, known]) => !known.startsWith(path)));
}

function renameBelow(at: Place, from: string, to: string): void {
  at.folders = Object.fromEntries(
    Object.entries(at.folders).map(([id, known]) => [
      id,
      known.startsWith(from) ? `${to}${known.slice(from.length)}` : known,
    ]),
  );
}

/** What lies in folders that came in: one that was moved here is told of alone, without what it holds. */
async function listBelow(
  access: Access,
  at: Place,
  folders: readonly string[],
): Promise<Result<Item[], ConnectorFailure>> {
  const items: Item[] = [];
  const open = [...folders];
  let pages = 0;
  for (let folder = open.shift(); folder !== undefined; folder = open.shift()) {
    let link: string | undefined = `${atId(access, folder)}/children?${SELECTED}&$top=200`;
    while (link !== undefined) {
      pages += 1;
      if (pages > MOST_PAGES_OF_NEW_FOLDERS)
        return err({ code: "endless_list", detail: "a folder that came in holds too many others" });
      const page: Result<z.infer<typeof itemPage>, ConnectorFailure> = await askJson(access, link, itemPage);
      // It went again meanwhile.
      if (!page.ok && page.error.code === "gone") break;
      if (!page.ok) return page;
      const value = page.value.value.map((one) => ({ ...one, parentReference: { id: folder } }));
      open.push(...takeFolders(at, value));
      items.push(...value);
      link = page.value["@odata.nextLink"];
    }
  }
  return ok(items);
}

function found(access: Access, at: Place, one: Item): FoundFile[] {
  const folder = at.folders[one.parentReference?.id ?? ""];
  if (!one.file || one.deleted || folder === undefined || one.name === "") return [];
  return [foundFile(one, `${access.settings.import_path}${folder}${one.name}`)];
}
