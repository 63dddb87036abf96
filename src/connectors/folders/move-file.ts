import { err, ok, type Result } from "../../lib/result";
import type { ConnectorFailure, FoundFile } from "../contract";
import { pathOf, type FolderServer, type FolderSession } from "./server";

/** Moves this version of a file by its name alone: it is never in two places, nor in none. Nothing is overwritten. */
export async function moveFile(
  server: FolderServer,
  file: FoundFile,
  wanted: string,
): Promise<Result<"moved" | "gone" | "changed", ConnectorFailure>> {
  const moved = await server.inSession(async (session): Promise<"moved" | "gone" | "changed" | "taken"> => {
    const now = await session.lookAt(file.name);
    if (!now) return "gone";
    if (now.kind !== "file" || !server.isVersion(file, now)) return "changed";
    await makeFolders(session, wanted.slice(0, wanted.lastIndexOf("/") + 1));
    const target = await freeName(session, wanted, file.version);
    if (target === undefined) return "taken";
    await session.rename(file.name, target);
    return "moved";
  });
  if (!moved.ok) return moved;
  if (moved.value !== "taken") return ok(moved.value);
  return err({ code: "storage_error", detail: `${wanted} and the name with its version are taken` });
}

/** The wanted name, or where another file has it, one with the version of the file in it. */
async function freeName(session: FolderSession, wanted: string, version: string): Promise<string | undefined> {
  const dot = wanted.lastIndexOf(".");
  const at = dot > wanted.lastIndexOf("/") ? dot : wanted.length;
  for (const name of [wanted, `${wanted.slice(0, at)}-${version}${wanted.slice(at)}`])
    if ((await session.lookAt(name)) === undefined) return name;
  return undefined;
}

export async function makeFolders(session: FolderSession, folder: string): Promise<void> {
  const path = pathOf(folder);
  if (path === "." || path === "/" || (await session.lookAt(path)) !== undefined) return;
  await makeFolders(session, folder.slice(0, folder.lastIndexOf("/", folder.length - 2) + 1));
  // Another file of the same folder may have made it meanwhile.
  await session.makeFolder(path).catch(async (error: unknown) => {
    if ((await session.lookAt(path))?.kind !== "folder") throw error;
  });
}
