import { and, eq } from "drizzle-orm";
import type { Database } from "../../db/client";
import { uploads } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";

export type UploadRow = typeof uploads.$inferSelect;

/** Whose upload it is, and which. A key for one campaign sees that campaign's uploads only. */
export type UploadName = { organizationId: string; campaignLimit: string | null; id: string };

/** Why an upload is refused. `not_audio`: its content is no audio we know. */
export type UploadFailure =
  | DomainError
  | { kind: "not_audio" | "too_large" | "unreadable" | "checksum"; message: string };

/** What is uploaded lies under this prefix until the recordings job has taken it over. */
export const UPLOADS_PREFIX = "uploads/";

export function newUploadId(now: number): string {
  return newId("upl", now);
}

/** Where the file lies. */
export function uploadKey(upload: { organizationId: string; id: string }): string {
  return `${UPLOADS_PREFIX}${upload.organizationId}/${upload.id}`;
}

/**
 * The name of an uploaded recording comes from its content. R2's tag of an object is the MD5 of its
 * bytes, or of those of its parts, which are cut alike however a file comes; the same file again is the same recording.
 */
export function recordingNameOf(object: Pick<R2Object, "etag">): string {
  return `file-${object.etag}`;
}

export async function readUploadRow(db: Database, name: UploadName): Promise<Result<UploadRow, DomainError>> {
  const row = await db
    .select()
    .from(uploads)
    .where(and(eq(uploads.organizationId, name.organizationId), eq(uploads.id, name.id)))
    .get();
  const isTheirs = name.campaignLimit === null || row?.call["campaign_id"] === name.campaignLimit;
  return row && isTheirs ? ok(row) : err(notFound("upload"));
}

const MAX_NAME = 255;

/** The name of a file as it is shown: without the folders it lay in, control characters and excess. */
export function cleanFileName(name: string | null | undefined): string | null {
  const last = (name ?? "")
    .toWellFormed()
    .replace(/\p{Cc}+/gu, " ")
    .split(/[/\\]/)
    .at(-1)
    ?.trim();
  return last ? last.slice(0, MAX_NAME).toWellFormed() : null;
}
