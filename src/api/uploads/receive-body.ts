import { ok, type Result } from "../../lib/result";
import { storeFile, type UploadFailure, type UploadFields, type Uploader } from "../../sources";
import type { ApiDeps } from "../router";
import type { Received, Taking } from "./receive-form";
import { watchedBody } from "./watched-body";

/** Receives a body that is the audio itself. The fields of the call are in the query. */
export async function receiveBody(
  deps: Pick<ApiDeps, "bucket" | "config" | "db" | "now">,
  uploader: Uploader,
  request: { stream: ReadableStream<Uint8Array>; mediaType: string },
  given: UploadFields,
  { check }: Taking,
): Promise<Result<Received, UploadFailure>> {
  const { file_name: fileName = null, ...rest } = Object.fromEntries(given);
  const checked = await check(deps.db, uploader, new Map(Object.entries(rest)));
  if (!checked.ok) return checked;
  const head = { fileName, mediaType: request.mediaType };
  const body = watchedBody(request.stream, deps.now);
  const stored = await storeFile(
    deps.bucket,
    uploader.organizationId,
    head,
    body,
    deps.now(),
    deps.config.uploadRequestBytes,
  );
  return stored.ok ? ok({ checked: checked.value, files: [stored.value] }) : stored;
}
