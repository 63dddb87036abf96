import type { Context } from "hono";
import { afterAnswer } from "../../lib/http/after-answer";
import { readContentLength } from "../../lib/http/content-length";
import { readContentType } from "../../lib/http/content-type";
import {
  appendToUpload,
  CHECKSUM_ALGORITHMS,
  finishUpload,
  type Checksum,
  type UploadName,
  type UploadRow,
} from "../../sources";
import { actOf } from "../authenticate";
import type { ApiEnv } from "../router";
import { uploadProblem } from "./failure";
import { describeUpload, readChecksum } from "./tus-headers";
import { uploaderOf } from "./uploader";
import { watchedBody } from "./watched-body";

// What creation and PATCH have in common: both may bring bytes.

export type C = Context<ApiEnv>;

export const ALGORITHMS = Object.keys(CHECKSUM_ALGORITHMS).join(",");
export const UNREADABLE_CHECKSUM = `Upload-Checksum must be one of ${ALGORITHMS}, a space, and the checksum in base64.`;
export const UNREADABLE_LENGTH = "Upload-Length must say how many bytes the file has.";
export const NO_BYTES = "This upload is made of its pieces: no bytes are added to it.";
export const BYTES = "application/offset+octet-stream";

/** A charset after the type does not change the bytes. */
export function isBytes(c: C): boolean {
  return readContentType(c.req.header("content-type")).type === BYTES;
}

/** The declared length of the body in bytes; 0 where none is declared. */
export function bodyLength(c: C): number {
  return readContentLength(c.req.header("content-length")) ?? 0;
}

export function checksumOf(c: C): Checksum | undefined | "unreadable" {
  const header = c.req.header("upload-checksum");
  return header === undefined ? undefined : (readChecksum(header) ?? "unreadable");
}

export function nameOf(c: C): UploadName {
  return { ...uploaderOf(c), id: c.req.param("id") ?? "" };
}

/** Adds the body to the upload, and answers with `status` where that went well. */
export async function writeBytes(
  c: C,
  row: UploadRow,
  offset: number,
  checksum: Checksum | undefined,
  status: 201 | 204,
): Promise<Response> {
  const { deps } = c.var;
  const stream: ReadableStream<Uint8Array> = c.req.raw.body ?? new Blob([]).stream();
  const writing = (async () => {
    const appended = await appendToUpload(deps, row, offset, watchedBody(stream, deps.now), checksum);
    return appended.ok ? finish(c, appended.value, status) : uploadProblem(c, appended.error);
  })();
  // What had arrived must be stored although the client disconnects.
  afterAnswer(c, writing);
  return writing;
}

/** Makes the call of an upload that has all its bytes, and answers. */
export async function finish(c: C, row: UploadRow, status: 201 | 204): Promise<Response> {
  const finished = await finishUpload(c.var.deps, row, c.req.raw.headers, actOf(c));
  return finished.ok ? c.body(null, status, describeUpload(finished.value)) : uploadProblem(c, finished.error);
}
