import { ok, type Result } from "../../lib/result";
import { MAX_RECORDING_BYTES } from "../../recordings";
import { checkUploadedCall, storeFile, type UploadFailure, type UploadFields, type Uploader } from "../../sources";
import type { ApiDeps } from "../router";
import type { Received } from "./receive-form";
import { watchedBody } from "./watched-body";

/** Receives a body that is the audio itself. The fields of the call are in the query. */
export async function receiveBody(
  deps: Pick<ApiDeps, "bucket" | "db" | "now">,
  uploader: Uploader,
  request: { stream: ReadableStream<Uint8Array>; mediaType: string; length: number },
  given: UploadFields,
): Promise<Result<Received, UploadFailure>> {
  const { file_name: fileName = null, ...rest } = Object.fromEntries(given);
  const checked = await checkUploadedCall(deps.db, uploader, new Map(Object.entries(rest)));
  if (!checked.ok) return checked;
  if (request.length > MAX_RECORDING_BYTES)
    return { ok: false, error: { kind: "too_large", message: `A file may have ${MAX_RECORDING_BYTES} bytes.` } };
  const head = { fileName, mediaType: request.mediaType };
  const body = watchedBody(request.stream, deps.now);
  const stored = await storeFile(deps.bucket, uploader.organizationId, head, body, deps.now());
  return stored.ok ? ok({ checked: checked.value, files: [stored.value] }) : stored;
}
