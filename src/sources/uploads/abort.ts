import { and, eq, sql, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import { uploads } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { isUnmoved, tailKey } from "./parts";
import { forgetParts } from "./part-rows";
import { IN_PARTS, readUploadRow, type UploadName, type UploadRow } from "./upload";

type Place = { db: Database; bucket: R2Bucket };

/** Ends an open upload and forgets what is kept of it. */
export async function abortUpload(deps: Place, name: UploadName, _act: Act): Promise<Result<void, DomainError>> {
  const found = await readUploadRow(deps.db, name);
  if (!found.ok) return found;
  const row = found.value;
  if (row.callId !== null)
    return err({ kind: "conflict", message: `The upload is complete: it became the call ${row.callId}.` });
  return row.state === "open" && (await dropUpload(deps, row)) ? ok(undefined) : err(notFound("upload"));
}

/**
 * Forgets an upload that has become its call, which stays: its sender can no longer ask for it. False when it was
 * forgotten before.
 */
export async function forgetUpload(db: Database, row: UploadRow): Promise<boolean> {
  const call = { campaign_id: row.call["campaign_id"] };
  const isCompleted = and(
    eq(uploads.organizationId, row.organizationId),
    eq(uploads.id, row.id),
    eq(uploads.state, "completed"),
  );
  return (await db.update(uploads).set({ state: "aborted", call }).where(isCompleted).returning().get()) !== undefined;
}

/** Forgets an upload that is to become no call. False when it has become one, or is gone. */
export function dropUpload(place: Place, row: UploadRow): Promise<boolean> {
  const isOpen = and(
    eq(uploads.organizationId, row.organizationId),
    eq(uploads.id, row.id),
    sql`${uploads.state} = 'open'`,
  );
  return drop(place, row, isOpen);
}

/** Ends an upload that is no audio, unless something was added to it since the row was read. The row keeps why. */
export function refuseUnmoved(place: Place, row: UploadRow): Promise<boolean> {
  return drop(place, row, isUnmoved(row), { refused: "not_audio" });
}

/** Whether an upload ended because its file is no audio. */
export function isRefused({ state, call }: Pick<UploadRow, "state" | "call">): boolean {
  return state === "aborted" && call["refused"] === "not_audio";
}

async function drop(
  { db, bucket }: Place,
  row: UploadRow,
  condition: SQL | undefined,
  why: Record<string, string> = {},
): Promise<boolean> {
  const dropped = await db
    .update(uploads)
    // The call's fields are of no use any more.
    .set({ state: "aborted", call: { campaign_id: row.call["campaign_id"], ...why } })
    .where(and(condition, sql`${uploads.callId} IS NULL`))
    .returning()
    .get();
  if (!dropped) return false;
  const { key, r2UploadId } = dropped;
  // R2 drops unfinished uploads by itself after seven days, and the sweep deletes what is left.
  if (r2UploadId !== null)
    await bucket
      .resumeMultipartUpload(key, r2UploadId)
      .abort()
      .catch(() => undefined);
  await bucket.delete([key, tailKey(dropped)]).catch(() => undefined);
  if (dropped.concat === IN_PARTS) await forgetParts(db, dropped);
  return true;
}
