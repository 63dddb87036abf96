import { ok, type Result } from "../../lib/result";
import type { ConnectorFailure, FoundFile } from "../contract";
import type { FolderServer } from "./server";

/** The file of this name as the server has it now. A folder or a link is none. */
export async function lookUpFile(
  server: FolderServer,
  name: string,
): Promise<Result<FoundFile | undefined, ConnectorFailure>> {
  const found = await server.inSession((session) => session.lookAt(name));
  if (!found.ok) return found;
  if (found.value?.kind !== "file") return ok(undefined);
  const { size, modifiedAt } = found.value;
  return ok({ name, version: server.versionOf({ ...found.value, name }), size, modifiedAt });
}
