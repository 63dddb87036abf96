import { err, ok, type Result } from "../../lib/result";
import type { ConnectorFailure, FoundFile } from "../contract";
import { ask, askJson } from "./ask";
import { atId, folderAt, item, type Item } from "./items";
import { mayWrite, type Access } from "./token";

/** Moves this version of a file away, into folders that are made where they are missing. With a permission to read, nothing is. */
export async function moveItem(
  access: Access,
  folders: Map<string, string>,
  file: FoundFile,
  target: string,
): Promise<Result<"moved" | "kept" | "gone" | "changed", ConnectorFailure>> {
  if (!mayWrite(access.credentials)) return ok("kept");
  const at = target.lastIndexOf("/") + 1;
  const folder = await folderFor(access, folders, target.slice(0, at));
  if (!folder.ok) return folder;
  const body = {
    parentReference: { id: folder.value },
    name: target.slice(at),
    "@microsoft.graph.conflictBehavior": "rename",
  };
  const question = { method: "PATCH" as const, headers: { "if-match": file.version }, body };
  const moved = await ask(access, atId(access, file.key ?? ""), question);
  if (moved.ok) return ok("moved");
  const { code } = moved.error;
  return code === "gone" || code === "changed" ? ok(code) : moved;
}

/** The id of a folder, which is made if it is not there. */
async function folderFor(
  access: Access,
  folders: Map<string, string>,
  path: string,
): Promise<Result<string, ConnectorFailure>> {
  const known = folders.get(path);
  if (known !== undefined) return ok(known);
  const found = await folderAt(access, path);
  if (!found.ok && found.error.code !== "wrong_folder") return found;
  const there = found.ok ? found : await makeFolder(access, folders, path);
  if (!there.ok) return there;
  folders.set(path, there.value.id);
  return ok(there.value.id);
}

async function makeFolder(
  access: Access,
  folders: Map<string, string>,
  path: string,
): Promise<Result<Item, ConnectorFailure>> {
  const parts = path.split("/").filter((part) => part !== "");
  const name = parts.pop();
  if (name === undefined) return err({ code: "wrong_drive", detail: "the drive has no root" });
  const parent = await folderFor(access, folders, parts.map((part) => `${part}/`).join(""));
  if (!parent.ok) return parent;
  const body = { name, folder: {}, "@microsoft.graph.conflictBehavior": "fail" };
  const made = await askJson(access, `${atId(access, parent.value)}/children`, item, { method: "POST", body });
  // Another file of the same folder may have made it meanwhile.
  return made.ok || made.error.code !== "changed" ? made : folderAt(access, path);
}
