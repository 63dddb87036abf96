import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { uploads } from "../../db/schema";
import { PART_BYTES } from "../../recordings";
import type { UploadRow } from "./upload";

// An open upload is whole parts of 8 MiB in an R2 multipart upload, and what goes beyond them as an object of its own,
// named after how much there is: so two writers never write one object, and the row says which of them counts.

/** Where the bytes beyond the whole parts lie. */
export function tailKey(row: Pick<UploadRow, "key" | "received">): string {
  return `${row.key}.tail-${row.received}`;
}

/** How many bytes lie beyond the whole parts. */
export function tailLength(row: Pick<UploadRow, "parts" | "received">): number {
  return row.received - row.parts.length * PART_BYTES;
}

/** Moves an open upload on from what it was when it was read; undefined when somebody else has done so since. */
export async function advance(
  db: Database,
  row: UploadRow,
  change: Partial<Pick<UploadRow, "received" | "parts" | "r2UploadId" | "mediaType" | "callId" | "expiresAt">>,
): Promise<UploadRow | undefined> {
  return db
    .update(uploads)
    .set(change)
    .where(
      and(
        eq(uploads.organizationId, row.organizationId),
        eq(uploads.id, row.id),
        sql`${uploads.state} = 'open'`,
        eq(uploads.received, row.received),
      ),
    )
    .returning()
    .get();
}

/** Sends one part to R2 and notes it in the row. Undefined when another writer was faster. */
export async function addPart(
  db: Database,
  bucket: R2Bucket,
  row: UploadRow,
  bytes: Uint8Array,
  more: Partial<Pick<UploadRow, "callId" | "expiresAt">> = {},
): Promise<UploadRow | undefined> {
  const options = { httpMetadata: { contentType: row.mediaType ?? "application/octet-stream" } };
  const upload =
    row.r2UploadId === null
      ? await bucket.createMultipartUpload(row.key, options)
      : bucket.resumeMultipartUpload(row.key, row.r2UploadId);
  const part = await upload.uploadPart(row.parts.length + 1, bytes);
  const received = row.parts.length * PART_BYTES + bytes.length;
  const parts = [...row.parts, { partNumber: part.partNumber, etag: part.etag }];
  const moved = await advance(db, row, {
    received,
    parts,
    r2UploadId: upload.uploadId,
    mediaType: row.mediaType,
    ...more,
  });
  // Nobody will ever ask for an upload whose id was not noted.
  if (!moved && row.r2UploadId === null) await upload.abort().catch(() => undefined);
  return moved;
}
