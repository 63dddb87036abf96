import { callIdOf, recordingIdOf, taskIdOf } from "../../calls";
import type { Database } from "../../db/client";
import { inbound } from "../../db/schema";
import { FULL_REACH } from "../../identity";
import type { Clock } from "../../lib/time";
import type { Inbox } from "../../queues/senders";
import { findRecording } from "../../recordings";
import { INBOUND_PREFIX, keepInbound, redactHeaders } from "../inbound";
import { whereInbound } from "../inbound/request";
import type { UploadedCall } from "./call-fields";
import type { UploadNotice } from "../../platforms";
import type { StoredFile } from "./store-file";
import { uploadKey, type UploadRow } from "./upload";

/** The deps of uploads. */
export type UploadDeps = { db: Database; bucket: R2Bucket; inbox: Inbox; now: Clock };

/** A call that somebody sends in. `headers`: of the request that ended the upload. */
export type SentCall = {
  organizationId: string;
  campaignLimit: string | null;
  source: { id: string; kind: string };
  call: UploadedCall;
  /** Tags that the call gets. */
  tags?: readonly string[];
  headers: Headers;
};

/** Files that are here, and the call they are of. */
export type UploadedFiles = SentCall & { files: readonly StoredFile[] };

/** What an upload became. The ids are derived: the call itself comes a moment later. */
export type AnnouncedUpload = {
  id: string;
  callId: string;
  taskId: string;
  inboundId: string;
  files: { id: string; fileName: string | null; mediaType: string; size: number; recordingId: string }[];
};

/** The id of an upload's call: from the sender's own id, else from the upload's. */
export async function callOfUpload(
  upload: { organizationId: string; sourceId: string; id: string },
  call: Pick<UploadedCall, "external_id">,
): Promise<string> {
  const { organizationId, sourceId } = upload;
  return callIdOf({ organizationId, sourceId, externalId: call.external_id ?? upload.id });
}

/**
 * Stores the call of uploaded files durably, as a notice of its source. Done twice, it is the same notice. The rows of
 * the uploads must name the call already: the consumer of the notice relies on them.
 */
export async function announceUpload(deps: UploadDeps, uploaded: UploadedFiles): Promise<AnnouncedUpload> {
  const { organizationId, source, call, files, tags = [] } = uploaded;
  const id = files[0]?.id ?? "";
  const callId = await callOfUpload({ organizationId, sourceId: source.id, id }, call);
  const inboundId = await keepNotice(deps, uploaded, id, {
    ...call,
    external_id: call.external_id ?? id,
    custom: withFileName(call.custom, files[0]?.fileName ?? null),
    ...(tags.length > 0 && { tags: [...tags] }),
    recordings: files.map((file) => ({ external_id: file.name, upload_id: file.id })),
  });
  const announced = await Promise.all(
    files.map(async ({ name, ...file }) => ({ ...file, recordingId: await recordingIdOf(callId, name) })),
  );
  return { id, callId, taskId: taskIdOf(callId), inboundId, files: announced };
}

/** Puts a call that was sent in on its way, and gives the id of its notice in the log. */
export async function keepNotice(
  deps: UploadDeps,
  { organizationId, campaignLimit, source, headers }: Omit<SentCall, "call" | "tags">,
  id: string,
  notice: UploadNotice,
): Promise<string> {
  return keepInbound(deps, {
    id: inboundIdOf(id),
    organizationId,
    sourceId: source.id,
    sourceKind: source.kind,
    receivedAt: deps.now(),
    path: `/v1/uploads/${id}`,
    form: "upload",
    // The log shows the notice and not the file it came with.
    headers: { ...redactHeaders(headers), "content-type": "application/json" },
    body: Uint8Array.from(new TextEncoder().encode(JSON.stringify(notice))),
    verdict: "accepted",
    status: 201,
    campaignLimit,
  });
}

/** The same part as in the upload's id: however often the notice is made, the log has it once. */
export function inboundIdOf(uploadId: string): string {
  return `${INBOUND_PREFIX}${uploadId.slice(uploadId.indexOf("_"))}`;
}

/** The id of the upload that belongs to an entry of the log: the other way round. */
export function uploadIdOfEntry(inboundId: string): string {
  return `upl${inboundId.slice(INBOUND_PREFIX.length)}`;
}

/** Whether the notice of an upload is in the log already: then its file belongs to the recording. */
export async function isAnnounced(db: Database, { organizationId, id }: UploadRow): Promise<boolean> {
  const logged = await db
    .select({ id: inbound.id })
    .from(inbound)
    .where(whereInbound({ organizationId, id: inboundIdOf(id) }))
    .get();
  return logged !== undefined;
}

/**
 * Deletes files that the call has already, or that came twice. This must come last: while its row is open, an upload
 * still needs its file.
 */
export async function forgetDoubles(
  { db, bucket }: UploadDeps,
  organizationId: string,
  { callId, files }: Pick<AnnouncedUpload, "callId" | "files">,
): Promise<void> {
  const known = await Promise.all(
    files.map(({ recordingId }) => findRecording(db, { organizationId, reach: FULL_REACH, callId, recordingId })),
  );
  const isDouble = (index: number) => {
    const earlier = files.slice(0, index).some(({ recordingId }) => recordingId === files[index]?.recordingId);
    return earlier || known[index]?.state === "completed";
  };
  const doubles = files.filter((_, index) => isDouble(index));
  if (doubles.length > 0) await bucket.delete(doubles.map(({ id }) => uploadKey({ organizationId, id })));
}

function withFileName(custom: Record<string, unknown>, fileName: string | null): Record<string, unknown> {
  return fileName === null || "file_name" in custom ? custom : { ...custom, file_name: fileName };
}
