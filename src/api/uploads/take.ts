import type { Context } from "hono";
import { readContentLength } from "../../lib/http/content-length";
import { readContentType } from "../../lib/http/content-type";
import { boundaryOf } from "../../lib/multipart";
import type { Result } from "../../lib/result";
import { completeUpload, type AnnouncedUpload, type UploadFailure, type Uploader } from "../../sources";
import { actOf } from "../authenticate";
import { answer } from "../problem";
import type { ApiEnv } from "../router";
import { notKept, uploadProblem } from "./failure";
import { receiveBody } from "./receive-body";
import { AS_UPLOADED, receiveForm, type Received, type Taking } from "./receive-form";
import { uploaderOf } from "./uploader";

const AUDIO = /^(?:audio\/[\w.+-]+|video\/(?:mp4|webm|ogg)|application\/(?:octet-stream|ogg))$/;

/** Stores the files of one request and creates their call. `show` builds the answer once it is stored. */
export async function takeUpload(
  c: Context<ApiEnv>,
  show: (completed: AnnouncedUpload, externalId: string) => Response | Promise<Response>,
  taking: Taking = AS_UPLOADED,
): Promise<Response> {
  const { deps } = c.var;
  const uploader = uploaderOf(c);
  try {
    const received = await receive(c, uploader, taking);
    if (received instanceof Response) return received;
    if (!received.ok) return uploadProblem(c, received.error);
    const { checked, files } = received.value;
    const uploaded = { ...uploader, ...checked, files, headers: c.req.raw.headers };
    const completed = await completeUpload(deps, uploaded, actOf(c));
    return await show(completed, uploaded.call.external_id ?? completed.id);
  } catch (cause) {
    return notKept(c, cause);
  }
}

async function receive(
  c: Context<ApiEnv>,
  uploader: Uploader,
  taking: Taking,
): Promise<Result<Received, UploadFailure> | Response> {
  const length = readContentLength(c.req.header("content-length")) ?? 0;
  const most = c.var.deps.config.uploadRequestBytes;
  if (length > most)
    return answer(c, 413, `One request may have ${most} bytes. Send larger files resumably: POST /v1/uploads/tus.`);
  const contentType = c.req.header("content-type") ?? "";
  const { type } = readContentType(contentType);
  const stream: ReadableStream<Uint8Array> = c.req.raw.body ?? new Blob([]).stream();
  const query = new URL(c.req.url).searchParams;
  if (query.size !== new Set(query.keys()).size) return answer(c, 422, "A query parameter is given twice.");
  const given = new Map(query);
  if (type === "multipart/form-data") {
    const boundary = boundaryOf(contentType);
    if (boundary === undefined) return answer(c, 400, "The content type names no boundary.");
    return receiveForm(c.var.deps, uploader, { stream, boundary }, given, taking);
  }
  if (!taking.onlyForms && AUDIO.test(type)) {
    return receiveBody(c.var.deps, uploader, { stream, mediaType: contentType }, given, taking);
  }
  return answer(c, 415, "Send multipart/form-data with the recording as `file`, or the audio itself as audio/….");
}
