import { ok, type Result } from "../../lib/result";
import type { ConnectorFailure, FoundFile } from "../contract";
import { askJson } from "./ask";
import { atPath, foundFile, item, SELECTED } from "./items";
import type { Access } from "./token";

/** The file at a path as it is now. */
export async function lookUpItem(
  access: Access,
  name: string,
): Promise<Result<FoundFile | undefined, ConnectorFailure>> {
  const found = await askJson(access, `${atPath(access, name).replace(/:$/, "")}?${SELECTED}`, item);
  if (!found.ok) return found.error.code === "gone" ? ok(undefined) : found;
  return ok(found.value.file ? foundFile(found.value, name) : undefined);
}
