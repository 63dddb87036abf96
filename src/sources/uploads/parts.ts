import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { uploads } from "../../db/schema";
import { newId } from "../../lib/id";
import { PART_BYTES } from "../../recordings";
import type { UploadDeps } from "./announce";
import type { UploadRow } from "./upload";

// An open upload is whole parts of 8 MiB in an R2 multipart upload, and what goes beyond them as an object of its own.
// Two requests may write at one place at the same time, so every part gets a number and every tail a name that no other
// writer has: what the loser of the compare-and-set wrote is never part of the file.

/** R2 takes no higher part number. */
const MAX_PART_NUMBER = 10_000;

/** Where the bytes beyond the whole parts lie. A row written before tails had names of their own has none. */
export function tailKey(row: Pick<UploadRow, "key" | "received" | "tail">): string {
  return row.tail ?? `${row.key}.tail-${row.received}`;
}

/** How many bytes lie beyond the whole parts. */
export function tailLength(row: Pick<UploadRow, "parts" | "received">): number {
  return row.received - row.parts.length * PART_BYTES;
}

/** What a writer changes in the row of an open upload. */
export type Advance = Partial<
  Pick<UploadRow, "received" | "parts" | "r2UploadId" | "tail" | "mediaType" | "callId" | "expiresAt" | "size">
>;

/** Moves an open upload on from what it was when it was read; undefined when another writer has done so since. */
export async function advance(db: Database, row: UploadRow, change: Advance): Promise<UploadRow | undefined> {
  return db.update(uploads).set(change).where(isUnmoved(row)).returning().get();
}

/**
 * Holds while the upload is open and nothing was added to it since the row was read. A tail's name is never used twice.
 */
export function isUnmoved(row: UploadRow) {
  return and(
    eq(uploads.organizationId, row.organizationId),
    eq(uploads.id, row.id),
    sql`${uploads.state} = 'open' AND ${uploads.received} = ${row.received} AND ${uploads.tail} IS ${row.tail}`,
  );
}

/**
 * Sends one part to R2 and gives the row as it would be with it; nothing counts before `advance`. Undefined when the
 * upload is open no more, or has no part number left.
 */
export async function putPart(
  { db, bucket }: Pick<UploadDeps, "db" | "bucket">,
  row: UploadRow,
  bytes: Uint8Array,
): Promise<UploadRow | undefined> {
  const partNumber = await reservePartNumber(db, row);
  if (partNumber === undefined) return undefined;
  const options = { httpMetadata: { contentType: row.mediaType ?? "application/octet-stream" } };
  const upload =
    row.r2UploadId === null
      ? await bucket.createMultipartUpload(row.key, options)
      : bucket.resumeMultipartUpload(row.key, row.r2UploadId);
  const { etag } = await upload.uploadPart(partNumber, bytes);
  return {
    ...row,
    received: row.parts.length * PART_BYTES + bytes.length,
    parts: [...row.parts, { partNumber, etag }],
    r2UploadId: upload.uploadId,
    tail: null,
  };
}

/** Keeps bytes that fill no part beside the parts; nothing counts before `advance`. */
export async function putTail(
  { bucket, now }: Pick<UploadDeps, "bucket" | "now">,
  row: UploadRow,
  bytes: Uint8Array,
): Promise<UploadRow> {
  const tail = `${row.key}.${newId("tail", now())}`;
  await bucket.put(tail, bytes);
  return { ...row, received: row.parts.length * PART_BYTES + bytes.length, tail };
}

/** Forgets what was written on top of `kept` and does not count. What cannot be deleted now falls to the sweep. */
export async function forgetDraft(bucket: R2Bucket, kept: UploadRow, draft: UploadRow): Promise<void> {
  if (draft.tail !== null && draft.tail !== kept.tail) await bucket.delete(draft.tail).catch(() => undefined);
  if (draft.r2UploadId === null || draft.r2UploadId === kept.r2UploadId) return;
  await bucket
    .resumeMultipartUpload(draft.key, draft.r2UploadId)
    .abort()
    .catch(() => undefined);
}

/** Forgets a tail that parts, or a longer tail, have taken the place of. */
export async function forgetTail(bucket: R2Bucket, row: UploadRow): Promise<void> {
  if (tailLength(row) > 0) await bucket.delete(tailKey(row)).catch(() => undefined);
}

async function reservePartNumber(db: Database, row: UploadRow): Promise<number | undefined> {
  // An upload begun before numbers were given out counts its parts.
  const last = sql`max(${uploads.partNumbers}, json_array_length(${uploads.parts}))`;
  const given = await db
    .update(uploads)
    .set({ partNumbers: sql`${last} + 1` })
    .where(
      and(
        eq(uploads.organizationId, row.organizationId),
        eq(uploads.id, row.id),
        sql`${uploads.state} = 'open' AND ${last} < ${MAX_PART_NUMBER}`,
      ),
    )
    .returning({ partNumber: uploads.partNumbers })
    .get();
  return given?.partNumber;
}
