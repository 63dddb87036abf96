import { afterAnswer } from "../../lib/http/after-answer";
import { err, type Result } from "../../lib/result";
import { MAX_RECORDING_BYTES } from "../../recordings";
import {
  beginUpload,
  checkUploadedCall,
  concatenateUploads,
  type CheckedCall,
  type UploadFailure,
  type UploadRow,
} from "../../sources";
import { actOf } from "../authenticate";
import { answer } from "../problem";
import { uploadProblem } from "./failure";
import { describeUpload, readConcat, readLength, readTusMetadata, type TusMetadata } from "./tus-headers";
import {
  bodyLength,
  BYTES,
  checksumOf,
  isBytes,
  NO_BYTES,
  UNREADABLE_CHECKSUM,
  UNREADABLE_LENGTH,
  writeBytes,
  type C,
} from "./tus-request";
import { uploaderOf } from "./uploader";

/** Creates an upload: of a whole file, of a piece of one, or of a file whose pieces are here. */
export async function createUpload(c: C): Promise<Response> {
  const lengthHeader = c.req.header("upload-length");
  const length = readLength(lengthHeader);
  // First, so that a file which can never come is named as such whatever else is wrong.
  if (length !== undefined && length > MAX_RECORDING_BYTES)
    return answer(c, 413, `A file may have ${MAX_RECORDING_BYTES} bytes.`);
  const metadata = c.req.header("upload-metadata") ?? null;
  const given = readTusMetadata(metadata ?? "");
  if (!given) return answer(c, 400, "Upload-Metadata is not a list of names and base64 values.");
  const concatHeader = c.req.header("upload-concat");
  const concat = concatHeader === undefined ? null : readConcat(concatHeader);
  if (concat === undefined)
    return answer(c, 400, "Upload-Concat must be partial, or final; and the addresses of the pieces.");
  if (concat !== null && concat !== "partial") {
    if (lengthHeader !== undefined) return answer(c, 400, "The pieces give the length: send no Upload-Length.");
    if (isBytes(c) || bodyLength(c) > 0) return answer(c, 403, NO_BYTES);
    const { pieces } = concat;
    return createOf(c, given, { pieces, metadata, concat: concatHeader?.trim() ?? "" });
  }
  const size = sizeToCome(c, length);
  if (typeof size === "string") return answer(c, 400, size);
  const withBytes = isBytes(c) && c.req.raw.body !== null;
  if (!withBytes && bodyLength(c) > 0) return answer(c, 415, `Send the bytes as ${BYTES}.`);
  const checksum = checksumOf(c);
  if (checksum === "unreadable") return answer(c, 400, UNREADABLE_CHECKSUM);
  // A piece is of no call: what its file is comes with the whole.
  const checked = await checkCall(c, concat === null ? given : { ...given, fields: new Map() });
  if (!checked.ok) return uploadProblem(c, checked.error);
  const file = { fileName: given.fileName, mediaType: given.mediaType, size, metadata, concat };
  const begun = await beginUpload(c.var.deps, uploaderOf(c), checked.value, file, actOf(c));
  if (!begun.ok) return uploadProblem(c, begun.error);
  c.header("location", addressOf(c, begun.value));
  if (!withBytes) return c.body(null, 201, describeUpload(begun.value));
  return writeBytes(c, begun.value, 0, checksum, 201);
}

async function createOf(
  c: C,
  given: TusMetadata,
  file: { pieces: string[]; metadata: string | null; concat: string },
): Promise<Response> {
  const work = (async (): Promise<Result<UploadRow, UploadFailure>> => {
    const checked = await checkCall(c, given);
    if (!checked.ok) return err(checked.error);
    const { fileName, mediaType } = given;
    const pieced = { ...file, fileName, mediaType };
    return concatenateUploads(c.var.deps, uploaderOf(c), checked.value, pieced, c.req.raw.headers, actOf(c));
  })();
  afterAnswer(c, work);
  const made = await work;
  if (!made.ok) return uploadProblem(c, made.error);
  c.header("location", addressOf(c, made.value));
  return c.body(null, 201, describeUpload(made.value));
}

/** The length of the coming file; null when it is given later. A text says what is wrong. */
function sizeToCome(c: C, length: number | undefined): number | null | string {
  const deferred = c.req.header("upload-defer-length");
  if (deferred === undefined) return length ?? UNREADABLE_LENGTH;
  if (deferred.trim() !== "1") return "Upload-Defer-Length must be 1.";
  return c.req.header("upload-length") === undefined ? null : "Send Upload-Length or Upload-Defer-Length, not both.";
}

function checkCall(c: C, { fields }: TusMetadata): Promise<Result<CheckedCall, UploadFailure>> {
  return checkUploadedCall(c.var.deps.db, uploaderOf(c), fields);
}

/** Whole, as clients like it best, where the request came to the public address; a path behind any other name. */
function addressOf(c: C, { id }: UploadRow): string {
  const { publicUrl } = c.var.deps.config;
  const isPublic = new URL(c.req.url).host === new URL(publicUrl).host;
  return `${isPublic ? publicUrl : ""}/v1/uploads/tus/${id}`;
}
