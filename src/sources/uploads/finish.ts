import { and, eq, sql } from "drizzle-orm";
import { uploads } from "../../db/schema";
import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import type { OpenUploadExtras } from "./begin";
import type { UploadedCall } from "./call-fields";
import { forgetDoubles, announceUpload, isAnnounced, type UploadDeps } from "./announce";
import { forgetTail, tailKey } from "./parts";
import { readUploadRow, recordingNameOf, type UploadFailure, type UploadRow } from "./upload";

/** R2's answers to parts that are not those it has (10025), and to an upload it has not (10024). */
const LOST_PARTS = /\b(10024|10025)\b/;

/**
 * Makes the call of an upload that has all its bytes. Every step can be done again: a crash between two of them is
 * repaired by the next request for the upload, or by the sweep.
 */
export async function finishUpload(
  deps: UploadDeps,
  row: UploadRow,
  headers: Headers,
  _act: Act,
): Promise<Result<UploadRow, UploadFailure>> {
  if (row.state !== "open" || row.callId === null) return ok(row);
  const object = (await deps.bucket.head(row.key)) ?? (await assemble(deps.bucket, row));
  if (!object) {
    // Another writer may have announced the upload, and its file may be a recording by now; after a crash the row
    // does not show it.
    const now = await readUploadRow(deps.db, { organizationId: row.organizationId, campaignLimit: null, id: row.id });
    if (now.ok && now.value.state === "completed") return now;
    if (await isAnnounced(deps.db, row)) return ok(await setState(deps, row, "completed"));
    await setState(deps, row, "aborted");
    return err({ kind: "conflict", message: "The parts of this upload do not fit together: begin it anew." });
  }
  const { campaign_limit: campaignLimit, metadata: _, ...call } = row.call as UploadedCall & OpenUploadExtras;
  const announced = await announceUpload(deps, {
    organizationId: row.organizationId,
    campaignLimit,
    source: { id: row.sourceId, kind: row.sourceKind },
    call,
    files: [
      {
        id: row.id,
        fileName: row.fileName,
        mediaType: row.mediaType ?? "",
        size: object.size,
        name: recordingNameOf(object),
      },
    ],
    headers,
  });
  const completed = await setState(deps, row, "completed", recordingNameOf(object));
  await forgetTail(deps.bucket, row);
  await forgetDoubles(deps, row.organizationId, announced);
  return ok(completed);
}

/**
 * Puts the file at its key. Every writer does the same: only bytes that the row counts are in it. Null when they are gone.
 */
export async function assemble(bucket: R2Bucket, row: UploadRow): Promise<R2Object | null> {
  if (row.r2UploadId === null) {
    const tail = await bucket.get(tailKey(row));
    if (!tail) return null;
    const options = { httpMetadata: { contentType: row.mediaType ?? "" } };
    return bucket.put(row.key, await tail.arrayBuffer(), options);
  }
  try {
    return await bucket.resumeMultipartUpload(row.key, row.r2UploadId).complete(row.parts);
  } catch (cause) {
    // Another writer may have put it together just now.
    const object = await bucket.head(row.key);
    if (object) return object;
    if (LOST_PARTS.test(String(cause))) return null;
    throw cause;
  }
}

async function setState(
  { db }: UploadDeps,
  row: UploadRow,
  state: "completed" | "aborted",
  recordingName?: string,
): Promise<UploadRow> {
  // The call has its fields by now. Kept are the campaign, which decides who may see the upload, and what its sender may
  // ask for again: the metadata and the file.
  const call = {
    campaign_id: row.call["campaign_id"],
    metadata: row.call["metadata"] ?? null,
    ...(recordingName !== undefined && { recording_name: recordingName }),
  };
  await db
    .update(uploads)
    .set({ state, call, ...(state === "aborted" && { callId: null }) })
    .where(and(eq(uploads.organizationId, row.organizationId), eq(uploads.id, row.id), sql`${uploads.state} = 'open'`));
  return { ...row, state, call };
}
