import { and, eq, gte, sql } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { inOrder, isAfter, type Order } from "../../db/order";
import { uploads } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { newId } from "../../lib/id";
import { valueList } from "../../db/value-list";
import { wholeCampaigns, type Within } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import type { Uploader } from "./check-call";
import { DAY } from "../../lib/time";

export type UploadRow = typeof uploads.$inferSelect;

/** Whose upload it is, and which. A key for one campaign sees that campaign's uploads only. */
export type UploadName = { organizationId: string; campaignLimit: string | null; id: string };

/** What is wrong with a file of no bytes, in whatever way it was to come. */
export const EMPTY_FILE = "an empty file is no recording";

/** Why an upload is refused. `not_audio`: its content is no audio we know. `empty`: it came whole, and is no byte long. */
export type UploadFailure =
  | DomainError
  | { kind: "empty" | "not_audio" | "too_large" | "unreadable" | "checksum"; message: string };

/** In the column `concat`: a piece of a file, of which no call is made. */
export const PARTIAL = "partial";

/** The same: a file that comes by part links, in any order. */
export const IN_PARTS = "parts";

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

/** Where a list goes on: after the upload with this id. */
export type UploadPosition = { id: string };

/** The organization's uploads, newest first; for a key of one campaign, that campaign's. */
export async function listUploads(
  db: Database,
  query: Uploader & { state?: UploadRow["state"]; limit: number; after?: UploadPosition; order?: Order },
): Promise<UploadRow[]> {
  const { after, campaignLimit, state, order = "descending" } = query;
  return db
    .select()
    .from(uploads)
    .where(
      and(
        eq(uploads.organizationId, query.organizationId),
        isAfter(uploads.id, order, after?.id),
        state && eq(uploads.state, state),
        campaignLimit === null ? undefined : sql`${uploads.call} ->> 'campaign_id' = ${campaignLimit}`,
      ),
    )
    .orderBy(inOrder(uploads.id, order))
    .limit(query.limit);
}

/** How much of an upload's id is its time. */
export const UPLOAD_ID_TIME = "upl_".length + 10;

/** An upload within reach, since a moment (milliseconds), that became this call: it is known before the call itself is. */
export async function uploadOfCall(
  db: Database,
  call: Within & { callId: string; since: number },
): Promise<UploadRow | undefined> {
  const campaigns = wholeCampaigns(call.reach);
  // An id begins with its time, so a moment is a place among the ids, and only what is recent is looked through.
  return db
    .select()
    .from(uploads)
    .where(
      and(
        eq(uploads.organizationId, call.organizationId),
        gte(uploads.id, newUploadId(call.since).slice(0, UPLOAD_ID_TIME)),
        eq(uploads.callId, call.callId),
        campaigns === null ? undefined : sql`${uploads.call} ->> 'campaign_id' IN ${valueList(campaigns)}`,
      ),
    )
    .limit(1)
    .get();
}

/** Deletes files that became no call. One that cannot be deleted now falls to the sweep. */
export async function discardFiles(
  bucket: R2Bucket,
  organizationId: string,
  files: readonly { id: string }[],
): Promise<void> {
  if (files.length === 0) return;
  await bucket.delete(files.map(({ id }) => uploadKey({ organizationId, id }))).catch(() => undefined);
}

/** Long after its recording was moved to where recordings are kept, and after the file itself was swept. */
const KEEP = 90 * DAY;

/** A statement that forgets uploads that were completed or aborted long ago, `limit` at most. */
export function forgetOldUploads(db: Database, now: number, limit: number): Statement {
  return db.run(sql`
    DELETE FROM ${uploads}
    WHERE (organization_id, id) IN (
      SELECT organization_id, id FROM ${uploads} WHERE state <> 'open' AND created_at < ${now - KEEP} LIMIT ${limit})`);
}
