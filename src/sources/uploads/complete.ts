import { inArray, and, eq } from "drizzle-orm";
import { uploads } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { FULL_REACH, type Act } from "../../identity";
import { ok, type Result } from "../../lib/result";
import { DAY } from "../../lib/time";
import type { AudioBody } from "../../recordings";
import { storeFile, type FileHead, type StoredFile } from "./store-file";
import { discardFiles, uploadKey, uploadOfCall, type UploadFailure } from "./upload";
import {
  callOfUpload,
  forgetDoubles,
  announceUpload,
  uploadIdOfEntry,
  type AnnouncedUpload,
  type UploadedFiles,
  type UploadDeps,
} from "./announce";

/**
 * Makes the call of files that came in one request, and throws if it cannot be kept. A notice that could not be sent
 * may have been sent all the same: its files stay, and fall to the sweep where it was not.
 */
export async function completeUpload(
  deps: UploadDeps,
  uploaded: UploadedFiles,
  { now }: Act,
): Promise<AnnouncedUpload> {
  const { organizationId, source, call, files } = uploaded;
  const first = { organizationId, sourceId: source.id, id: files[0]?.id ?? "" };
  const callId = await callOfUpload(first, call);
  const rows = files.map((file) => rowOf({ organizationId, source, callId, campaignId: call.campaign_id }, file, now));
  const ids = rows.map(({ id }) => id);
  try {
    for (const row of rows) await deps.db.insert(uploads).values(row);
  } catch (cause) {
    await deps.db
      .delete(uploads)
      .where(and(eq(uploads.organizationId, organizationId), inArray(uploads.id, valueList(ids))))
      .catch(() => undefined);
    await discardFiles(deps.bucket, organizationId, files);
    throw cause;
  }
  const announced = await announceUpload(deps, uploaded);
  // Kept is kept: what fails from here on must not take the files back.
  await forgetDoubles(deps, organizationId, announced).catch(() => undefined);
  return announced;
}

/** The call that a file is of, known before it is made. */
type FileOf = {
  organizationId: string;
  source: { id: string; kind: string };
  callId: string;
  campaignId: string | null;
};

/** For so long a file that was attached serves the notices of its call: it is swept after a week (sweep.ts). */
const SERVES_FOR = DAY;

/**
 * Keeps a file for a call that another notice makes, which is to name the recording and, as its address, the upload.
 * `inboundId`: of that notice, whose part that sorts by time the upload's id has. Done again on the same day it gives the
 * same file of the call. `maxBytes`: what it may have.
 */
export async function attachFile(
  { db, bucket }: Pick<UploadDeps, "db" | "bucket">,
  call: FileOf & { inboundId: string },
  file: FileHead & { body: AudioBody; maxBytes: number },
  { now }: Act,
): Promise<Result<{ uploadId: string; name: string }, UploadFailure>> {
  const { organizationId, callId } = call;
  const known = await uploadOfCall(db, { organizationId, reach: FULL_REACH, callId, since: now - SERVES_FOR });
  const name = known?.call["recording_name"];
  if (known && typeof name === "string") return ok({ uploadId: known.id, name });
  const uploadId = uploadIdOfEntry(call.inboundId);
  const stored = await storeFile(bucket, organizationId, file, file.body, now, file.maxBytes, uploadId);
  if (!stored.ok) return stored;
  await db
    .insert(uploads)
    .values(rowOf(call, stored.value, now))
    .onConflictDoNothing();
  return ok({ uploadId, name: stored.value.name });
}

function rowOf({ organizationId, source, callId, campaignId }: FileOf, file: StoredFile, now: number) {
  return {
    organizationId,
    id: file.id,
    sourceId: source.id,
    sourceKind: source.kind,
    fileName: file.fileName,
    mediaType: file.mediaType,
    size: file.size,
    received: file.size,
    key: uploadKey({ organizationId, id: file.id }),
    r2UploadId: null,
    parts: [],
    call: { campaign_id: campaignId, recording_name: file.name },
    state: "completed" as const,
    callId,
    createdAt: now,
    expiresAt: now,
  };
}
