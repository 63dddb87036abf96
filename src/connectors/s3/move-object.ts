import { err, ok, type Result } from "../../lib/result";
import type { ConnectorFailure, FoundFile } from "../contract";
import { addressOf, encodeKey } from "./address";
import { ask, askText, type Access } from "./ask";
import { isPlainXml, readElement } from "../read-xml";

/**
 * Moves this version of an object: copy, look whether the copy is there whole, delete. A crash between two of them leaves
 * two objects, and the next try finds the copy and deletes the first. Nothing is deleted that was not copied, and a file
 * of the same name that lies there already is not overwritten.
 */
export async function moveObject(
  access: Access,
  file: FoundFile,
  target: string,
): Promise<Result<"moved" | "gone" | "changed", ConnectorFailure>> {
  const free = await freeName(access, file, target);
  if (!free.ok) return free;
  if (!free.value.isThere) {
    const copied = await copy(access, file, free.value.name);
    if (!copied.ok) {
      if (copied.error.code === "changed" || copied.error.code === "gone") return ok(copied.error.code);
      return copied;
    }
    const there = await lookAt(access, free.value.name);
    if (!there.ok) return there;
    if (there.value.size !== file.size)
      return err({ code: "storage_error", detail: "the storage made a copy of another size" });
  }
  // It may have been replaced since it was copied; the new one is taken in by the next look.
  const still = await lookAt(access, file.name);
  if (!still.ok) return still.error.code === "gone" ? ok("gone") : still;
  if (still.value.version !== file.version) return ok("changed");
  const deleted = await ask(access, () => addressOf(access.settings, file.name), { method: "DELETE" }, isDeleted);
  if (!deleted.ok) return deleted;
  await deleted.value.body?.cancel();
  return ok("moved");
}

/** The name to move to: the wanted one, or where another file has it, one that tells the version too. */
async function freeName(
  access: Access,
  file: FoundFile,
  wanted: string,
): Promise<Result<{ name: string; isThere: boolean }, ConnectorFailure>> {
  const dot = wanted.lastIndexOf(".");
  const at = dot > wanted.lastIndexOf("/") ? dot : wanted.length;
  const other = `${wanted.slice(0, at)}-${file.version.slice(0, 12)}${wanted.slice(at)}`;
  for (const name of [wanted, other]) {
    const there = await lookAt(access, name);
    if (!there.ok && there.error.code === "gone") return ok({ name, isThere: false });
    if (!there.ok) return there;
    // Of one PUT, the tag is that of the bytes. A copy of parts has another tag, and is copied again under `other`.
    if (there.value.version === file.version && there.value.size === file.size) return ok({ name, isThere: true });
  }
  return ok({ name: other, isThere: false });
}

/** The object of this key as it is now; undefined where there is none. */
export async function lookUpObject(
  access: Access,
  name: string,
): Promise<Result<FoundFile | undefined, ConnectorFailure>> {
  const found = await lookAt(access, name);
  if (found.ok) return ok({ name, ...found.value });
  return found.error.code === "gone" ? ok(undefined) : found;
}

async function lookAt(
  access: Access,
  name: string,
): Promise<Result<{ version: string; size: number; modifiedAt: number | null }, ConnectorFailure>> {
  const answer = await ask(access, () => addressOf(access.settings, name), { method: "HEAD" });
  if (!answer.ok) return answer;
  const { headers } = answer.value;
  await answer.value.body?.cancel();
  return ok({
    version: (headers.get("etag") ?? "").replaceAll('"', "").replace(/^W\//, ""),
    size: Number(headers.get("content-length") ?? Number.NaN),
    modifiedAt: Date.parse(headers.get("last-modified") ?? "") || null,
  });
}

async function copy(access: Access, file: FoundFile, target: string): Promise<Result<void, ConnectorFailure>> {
  const headers = {
    "x-amz-copy-source": `/${access.settings.bucket}/${encodeKey(file.name)}`,
    "x-amz-copy-source-if-match": `"${file.version}"`,
  };
  const answer = await askText(access, () => addressOf(access.settings, target), { method: "PUT", headers });
  if (!answer.ok) return answer;
  // A copy takes long enough for S3 to answer 200 first and to fail afterwards, in the body.
  if (isPlainXml(answer.value) && !answer.value.includes("<Error>")) return ok(undefined);
  const code = readElement(answer.value, "Code") ?? "an error";
  return err({ code: "storage_error", detail: `the copy failed with ${code.slice(0, 100)}` });
}

function isDeleted(status: number): boolean {
  return status === 204 || status === 200 || status === 404;
}
