import { and, asc, eq, isNotNull, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database, type Statement } from "../../db/client";
import { uploadParts, uploads } from "../../db/schema";
import { MAX_RECORDING_BYTES, PART_BYTES } from "../../recordings";
import type { UploadRow } from "./upload";

// A file that comes by part links is cut like any other, so that the same file is the same recording however it came.
// Its parts may come in any order and more than once; each writer writes under a number of its own, and what counts is
// what the rows say.

/** R2 takes 10,000 part numbers, and puts a file together by them: so many writers may begin one part. */
export const ATTEMPTS = Math.floor(10_000 / Math.ceil(MAX_RECORDING_BYTES / PART_BYTES));

/** One part of a file: `number` from 1, and where it lies in it. */
export type FilePart = { number: number; offset: number; size: number };

type Upload = Pick<UploadRow, "organizationId" | "id">;

/** How a file of this size is cut. */
export function partsOf(size: number): FilePart[] {
  return Array.from({ length: Math.ceil(size / PART_BYTES) }, (_, index) => {
    const offset = index * PART_BYTES;
    return { number: index + 1, offset, size: Math.min(PART_BYTES, size - offset) };
  });
}

/** The parts that are here, in order. */
export function arrivedParts(db: Database, { organizationId, id }: Upload) {
  return db
    .select()
    .from(uploadParts)
    .where(
      and(eq(uploadParts.organizationId, organizationId), eq(uploadParts.uploadId, id), isNotNull(uploadParts.etag)),
    )
    .orderBy(asc(uploadParts.number));
}

/** A part number of R2's that no other writer has; undefined when the upload is open no more, or none is left. */
export async function reservePart(db: Database, upload: Upload, part: FilePart): Promise<number | undefined> {
  const [reserved] = await db.all<{ attempts: number }>(sql`
    INSERT INTO ${uploadParts} (organization_id, upload_id, number, size, attempts)
    SELECT organization_id, id, ${part.number}, ${part.size}, 1 FROM ${uploads}
    WHERE organization_id = ${upload.organizationId} AND id = ${upload.id} AND state = 'open' AND call_id IS NULL
    ON CONFLICT DO UPDATE SET attempts = attempts + 1 WHERE attempts < ${ATTEMPTS}
    RETURNING attempts`);
  return reserved && (part.number - 1) * ATTEMPTS + reserved.attempts;
}

/** Makes a part count that R2 has. False when one that was begun later does, or the upload is open no more. */
export async function keepPart(
  db: Database,
  { organizationId, id }: Upload,
  { number }: FilePart,
  kept: { r2Part: number; etag: string; mediaType?: string },
): Promise<boolean> {
  const isOpen = sql`${uploads.organizationId} = ${organizationId} AND ${uploads.id} = ${id}
    AND ${uploads.state} = 'open' AND ${uploads.callId} IS NULL`;
  const [placed] = await runBatch(db, [
    db
      .update(uploadParts)
      .set({ r2Part: kept.r2Part, etag: kept.etag })
      .where(
        and(
          eq(uploadParts.organizationId, organizationId),
          eq(uploadParts.uploadId, id),
          eq(uploadParts.number, number),
          sql`${uploadParts.r2Part} < ${kept.r2Part} AND EXISTS (SELECT 1 FROM ${uploads} WHERE ${isOpen})`,
        ),
      ),
    db
      .update(uploads)
      .set({
        received: sql`(SELECT coalesce(sum(size), 0) FROM ${uploadParts}
          WHERE organization_id = ${organizationId} AND upload_id = ${id} AND etag IS NOT NULL)`,
        ...(kept.mediaType !== undefined && { mediaType: kept.mediaType }),
      })
      .where(isOpen),
  ]);
  return changesOf(placed) > 0;
}

/** Forgets the rows of an upload that is open no more. */
export async function forgetParts(db: Database, { organizationId, id }: Upload): Promise<void> {
  await db.delete(uploadParts).where(and(eq(uploadParts.organizationId, organizationId), eq(uploadParts.uploadId, id)));
}

/** A statement that forgets the rows that a crash left of uploads that are open no more, `limit` at most. */
export function forgetLeftParts(db: Database, _now: number, limit: number): Statement {
  return db.run(sql`
    DELETE FROM ${uploadParts}
    WHERE (organization_id, upload_id, number) IN (
      SELECT part.organization_id, part.upload_id, part.number FROM ${uploadParts} AS part
      WHERE NOT EXISTS (SELECT 1 FROM ${uploads} AS whole
        WHERE whole.organization_id = part.organization_id AND whole.id = part.upload_id AND whole.state = 'open')
      LIMIT ${limit})`);
}
