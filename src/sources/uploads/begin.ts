import { and, eq, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { uploads } from "../../db/schema";
import { invalid } from "../../errors";
import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { DAY } from "../../lib/time";
import { MAX_RECORDING_BYTES } from "../../recordings";
import type { CheckedCall, Uploader } from "./check-call";
import { tooLarge, type FileHead } from "./store-file";
import {
  EMPTY_FILE,
  cleanFileName,
  newUploadId,
  readUploadRow,
  uploadKey,
  type UploadFailure,
  type UploadRow,
} from "./upload";

/** How long an upload may be resumed, in milliseconds. */
export const UPLOAD_LIFETIME = DAY;

/** Open uploads of one organization at a time: what is begun and never ended costs storage, and belongs to no call. */
export const MAX_OPEN_UPLOADS = 200;

const TOO_MANY: UploadFailure = {
  kind: "conflict",
  message: `${MAX_OPEN_UPLOADS} uploads are open: end one of them, or give one up.`,
};

/** What is kept with an open upload beside its call: whose it is, and the metadata as its sender wrote it. */
export type OpenUploadExtras = { campaign_limit: string | null; metadata: string | null };

/**
 * What is known of a file before it comes. `size` null: its sender gives it later. `concat`: see the column. `id`: for an
 * upload that gets the same one however often it is begun, or of which R2 knows already, under `r2UploadId`.
 */
export type ComingFile = FileHead & {
  size: number | null;
  metadata: string | null;
  concat: string | null;
  id?: string;
  r2UploadId?: string;
};

/** Opens an upload that comes in pieces. One that is there already under the id is given as it is. */
export async function beginUpload(
  { db }: { db: Database },
  uploader: Uploader,
  { source, call }: CheckedCall,
  file: ComingFile,
  { now }: Act,
): Promise<Result<UploadRow, UploadFailure>> {
  const refused = file.size === null ? undefined : refuseSize(file.size);
  if (refused) return err(refused);
  const { organizationId, campaignLimit } = uploader;
  const id = file.id ?? newUploadId(now);
  const extras: OpenUploadExtras = { campaign_limit: campaignLimit, metadata: file.metadata };
  const row: UploadRow = {
    organizationId,
    id,
    sourceId: source.id,
    sourceKind: source.kind,
    fileName: cleanFileName(file.fileName),
    mediaType: file.mediaType,
    size: file.size,
    received: 0,
    key: uploadKey({ organizationId, id }),
    r2UploadId: file.r2UploadId ?? null,
    parts: [],
    partNumbers: 0,
    tail: null,
    concat: file.concat,
    call: { ...call, ...extras },
    state: "open",
    callId: null,
    createdAt: now,
    expiresAt: now + UPLOAD_LIFETIME,
  };
  // Counted after it is in, in one transaction: many at once cannot all find the last place free.
  const insert = db.insert(uploads).values(row).onConflictDoNothing();
  const [inserted, undone] = await runBatch(db, [insert, undoneBeyondLimit(db, row, now)]);
  if (changesOf(undone) > 0) return err(TOO_MANY);
  return changesOf(inserted) > 0 ? ok(row) : readUploadRow(db, { organizationId, campaignLimit, id });
}

/** Why a file of so many bytes cannot come; undefined when it can. */
export function refuseSize(size: number): UploadFailure | undefined {
  if (size > MAX_RECORDING_BYTES) return tooLarge(MAX_RECORDING_BYTES);
  return size === 0 ? invalid("size", EMPTY_FILE) : undefined;
}

function undoneBeyondLimit(db: Database, { organizationId, id }: UploadRow, now: number) {
  // The plus keeps SQLite on the index of open uploads, of which there are few, and off all that the organization ever
  // had.
  const open = sql`(SELECT count(*) FROM ${uploads} AS others
    WHERE others.state = 'open' AND others.expires_at > ${now} AND +others.organization_id = ${organizationId})`;
  return db
    .delete(uploads)
    .where(and(eq(uploads.organizationId, organizationId), eq(uploads.id, id), sql`${open} > ${MAX_OPEN_UPLOADS}`));
}
