import { and, eq, sql } from "drizzle-orm";
import { uploads } from "../../db/schema";
import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { PART_BYTES, SNIFF_BYTES, type AudioBody } from "../../recordings";
import { dropUpload } from "./abort";
import { callOfUpload, type UploadDeps } from "./announce";
import { FINISH_WITHIN, LOST } from "./append";
import { beginUpload, refuseSize } from "./begin";
import type { UploadedCall } from "./call-fields";
import type { CheckedCall, Uploader } from "./check-call";
import { finishUpload } from "./finish";
import { judge } from "./judge";
import { arrivedParts, forgetParts, keepPart, partsOf, reservePart, type FilePart } from "./part-rows";
import { advance, forgetTail, putTail } from "./parts";
import { uploadFailureOf, type FileHead } from "./store-file";
import { IN_PARTS, newUploadId, readUploadRow, uploadKey, type UploadFailure, type UploadRow } from "./upload";

/** Opens an upload whose parts come by links, each in a request of its own. */
export async function beginInParts(
  deps: Pick<UploadDeps, "db" | "bucket">,
  uploader: Uploader,
  call: CheckedCall,
  file: FileHead & { size: number },
  act: Act,
): Promise<Result<UploadRow, UploadFailure>> {
  const refused = refuseSize(file.size);
  if (refused) return err(refused);
  const coming = { ...file, metadata: null, concat: IN_PARTS };
  // A file of less than a part is kept as one object, as it is however else it comes.
  if (file.size < PART_BYTES) return beginUpload(deps, uploader, call, coming, act);
  const id = newUploadId(act.now);
  const key = uploadKey({ organizationId: uploader.organizationId, id });
  const upload = await deps.bucket.createMultipartUpload(key, {
    httpMetadata: { contentType: file.mediaType ?? "application/octet-stream" },
  });
  try {
    const begun = await beginUpload(deps, uploader, call, { ...coming, id, r2UploadId: upload.uploadId }, act);
    if (!begun.ok) await upload.abort().catch(() => undefined);
    return begun;
  } catch (cause) {
    await upload.abort().catch(() => undefined);
    throw cause;
  }
}

/**
 * Keeps one part of an upload, whole or not at all. Sent again it takes the place of what was there. A first part that
 * is not audio ends the upload.
 */
export async function putFilePart(
  deps: UploadDeps,
  row: UploadRow,
  number: number,
  body: AudioBody,
): Promise<Result<FilePart, UploadFailure>> {
  const part = row.concat === IN_PARTS && row.state === "open" ? partsOf(row.size ?? 0)[number - 1] : undefined;
  if (!part) {
    await body.cancel();
    return err({ kind: "not_found", what: "part" });
  }
  const read = await readWhole(body, part.size);
  if (!read.ok) return read;
  const bytes = read.value;
  const judged = number === 1 ? await judge(bytes.subarray(0, SNIFF_BYTES), row.mediaType) : undefined;
  if (judged && !judged.ok) {
    await dropUpload(deps, row);
    return judged;
  }
  const kept = row.r2UploadId === null ? putOnly : putOneOf;
  return (await kept(deps, row, part, bytes, judged?.value)) ? ok(part) : err(LOST);
}

/** Makes the call of a file whose parts are all here. Asked again, it is the same call. */
export async function completeInParts(
  deps: UploadDeps,
  row: UploadRow,
  headers: Headers,
  act: Act,
): Promise<Result<UploadRow, UploadFailure>> {
  if (row.state === "aborted") return err({ kind: "not_found", what: "upload" });
  const whole = row.callId === null ? await layOut(deps, row) : ok(row);
  if (!whole.ok) return whole;
  const finished = await finishUpload(deps, whole.value, headers, act);
  await forgetParts(deps.db, row).catch(() => undefined);
  return finished;
}

/** From here on the parts of the upload are those that are here now. */
async function layOut(deps: UploadDeps, row: UploadRow): Promise<Result<UploadRow, UploadFailure>> {
  const isOnly = row.r2UploadId === null;
  const arrived = isOnly ? [] : await arrivedParts(deps.db, row);
  const here = new Set(arrived.map(({ number }) => number));
  const missing = partsOf(row.size ?? 0).filter(({ number }) => (isOnly ? row.tail === null : !here.has(number)));
  if (missing.length > 0) {
    const names = missing.slice(0, 10).map(({ number }) => number);
    const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : "";
    return err({ kind: "conflict", message: `These parts are not here yet: ${names.join(", ")}${more}.` });
  }
  const moved = await deps.db
    .update(uploads)
    .set({
      parts: arrived.map(({ r2Part, etag }) => ({ partNumber: r2Part, etag: etag ?? "" })),
      received: row.size ?? 0,
      callId: await callOfUpload(row, row.call as UploadedCall),
      expiresAt: deps.now() + FINISH_WITHIN,
    })
    .where(
      and(
        eq(uploads.organizationId, row.organizationId),
        eq(uploads.id, row.id),
        sql`${uploads.state} = 'open' AND ${uploads.callId} IS NULL AND ${uploads.tail} IS ${row.tail}`,
      ),
    )
    .returning()
    .get();
  if (moved) return ok(moved);
  const now = await readUploadRow(deps.db, { organizationId: row.organizationId, campaignLimit: null, id: row.id });
  return now.ok && now.value.callId === null ? err(LOST) : now;
}

/** The bytes of a part, no more than it has. */
async function readWhole(body: AudioBody, size: number): Promise<Result<Uint8Array<ArrayBuffer>, UploadFailure>> {
  const bytes = new Uint8Array(size);
  let used = 0;
  for (let step = await body.next(); step.kind !== "end"; step = await body.next(step.bytes)) {
    if (step.kind === "broken") return err(uploadFailureOf(step.failure));
    if (used + step.bytes.length > size) {
      await body.cancel();
      return err({ kind: "too_large", message: `This part has ${size} bytes.` });
    }
    bytes.set(step.bytes, used);
    used += step.bytes.length;
  }
  return used === size
    ? ok(bytes)
    : err({ kind: "unreadable", message: `This part has ${size} bytes, and ${used} came.` });
}

type Put = (
  deps: UploadDeps,
  row: UploadRow,
  part: FilePart,
  bytes: Uint8Array,
  mediaType: string | undefined,
) => Promise<boolean>;

const putOneOf: Put = async ({ db, bucket }, row, part, bytes, mediaType) => {
  const r2Part = await reservePart(db, row, part);
  if (r2Part === undefined || row.r2UploadId === null) return false;
  const { etag } = await bucket.resumeMultipartUpload(row.key, row.r2UploadId).uploadPart(r2Part, bytes);
  return keepPart(db, row, part, { r2Part, etag, ...(mediaType !== undefined && { mediaType }) });
};

const putOnly: Put = async (deps, row, _part, bytes, mediaType = row.mediaType ?? "") => {
  const { received, tail } = await putTail(deps, row, bytes);
  const moved = row.callId === null && (await advance(deps.db, row, { received, tail, mediaType }));
  if (moved) {
    if (row.tail !== null) await forgetTail(deps.bucket, row);
    return true;
  }
  if (tail !== null) await deps.bucket.delete(tail).catch(() => undefined);
  return false;
};
