import { z } from "zod";
import type { Result } from "../../lib/result";
import type { ConnectorFailure, FoundFile } from "../contract";
import { askJson } from "./ask";
import { driveOf } from "./settings";
import type { Access } from "./token";

export const item = z.object({
  id: z.string(),
  name: z.string().default(""),
  size: z.number().default(0),
  cTag: z.string().optional(),
  eTag: z.string().optional(),
  lastModifiedDateTime: z.string().optional(),
  file: z.object({ mimeType: z.string().optional() }).optional(),
  folder: z.object({}).optional(),
  deleted: z.object({}).optional(),
  parentReference: z.object({ id: z.string().optional() }).optional(),
  "@microsoft.graph.downloadUrl": z.string().optional(),
});
export type Item = z.infer<typeof item>;

export const itemPage = z.object({
  value: z.array(item),
  "@odata.nextLink": z.string().optional(),
  "@odata.deltaLink": z.string().optional(),
});

export const SELECTED = "$select=id,name,size,file,folder,deleted,parentReference,cTag,eTag,lastModifiedDateTime";

/** The address of what lies at a path, as this storage writes paths: `a/b/`, "" for the root. */
export function atPath(access: Access, path: string): string {
  const parts = path.split("/").filter((part) => part !== "");
  const drive = driveOf(access.settings);
  return parts.length === 0 ? `${drive}/root` : `${drive}/root:/${parts.map(encodeURIComponent).join("/")}:`;
}

export function atId(access: Access, id: string): string {
  return `${driveOf(access.settings)}/items/${encodeURIComponent(id)}`;
}

/** A file of the drive, under this name. It is there whole once it is there. */
export function foundFile(one: Item, name: string): FoundFile {
  const modified = Date.parse(one.lastModifiedDateTime ?? "");
  return {
    name,
    key: one.id,
    // Changes with the content alone: a file that is renamed or moved is the same.
    version: one.cTag ?? one.eTag ?? "",
    size: one.size,
    modifiedAt: Number.isNaN(modified) ? null : modified,
    whole: true,
  };
}

/** The folder at a path. A drive or a folder that is not there is told apart: they are put right in other places. */
export async function folderAt(access: Access, path: string): Promise<Result<Item, ConnectorFailure>> {
  const found = await askJson(access, `${atPath(access, path).replace(/:$/, "")}?${SELECTED}`, item);
  if (found.ok && found.value.folder === undefined && path !== "")
    return { ok: false, error: { code: "wrong_folder", detail: `${path} is no folder` } };
  if (found.ok || found.error.code !== "gone") return found;
  if (path === "") return { ok: false, error: { ...found.error, code: "wrong_drive" } };
  const root = await askJson(access, `${atPath(access, "")}?${SELECTED}`, item);
  if (!root.ok && root.error.code !== "gone") return root;
  return { ok: false, error: { ...found.error, code: root.ok ? "wrong_folder" : "wrong_drive" } };
}
