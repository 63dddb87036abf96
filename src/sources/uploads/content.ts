import { recordingIdOf } from "../../calls";
import type { Database } from "../../db/client";
import { notFound, type DomainError } from "../../errors";
import { FULL_REACH, type Reach } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import {
  findRecording,
  heldAudio,
  isUnknownHeld,
  readGate,
  recordingOfAddress,
  serveAudio,
  serveFile,
  type AudioAnswer,
  type AudioRequest,
  type RecordingRow,
} from "../../recordings";
import { uploadUrl } from "../../platforms";
import { readUploadRow, type UploadName, type UploadRow } from "./upload";

const NOT_WHOLE: DomainError = { kind: "conflict", message: "The upload is not complete: its content comes with it." };

/**
 * The file of a complete upload: that of its recording, or the uploaded one where the recording is not made yet and nothing
 * is taken out of calls. Not found where its call is beyond reach.
 */
export async function uploadContent(
  { db, bucket }: { db: Database; bucket: R2Bucket },
  { reach, ...name }: UploadName & { reach: Reach },
  request: AudioRequest,
  looks = 2,
): Promise<Result<AudioAnswer, DomainError>> {
  const found = await readUploadRow(db, name);
  if (!found.ok) return found;
  const row = found.value;
  if (row.state === "open") return err(NOT_WHOLE);
  if (row.state === "aborted" || row.callId === null) return err(notFound("upload"));
  const recording = await recordingOf(db, row, row.callId);
  const call = { callId: row.callId, organizationId: row.organizationId };
  if (recording) {
    const isReached = await findRecording(db, { ...recording, recordingId: recording.id, reach });
    if (!isReached) return err(notFound("upload"));
    if (recording.key !== null) return served(await serveAudio({ db, bucket }, recording, request));
    const gate = await readGate(db, { ...call, recordingId: recording.id });
    if (gate.kind === "held") return err(heldAudio(gate.why));
    // What was kept once and is no more has run out; a muted one may be heard in no other form.
    if (gate.kind === "muted" || recording.state === "completed") return err(notFound("audio"));
  } else if (await isUnknownHeld(db, call)) return err(heldAudio("not_redacted"));
  const object = await bucket.head(row.key);
  const { id, key, mediaType } = row;
  const file = object && { id, key, size: object.size, tag: object.etag, mediaType };
  const answer = file && (await serveFile(bucket, file, request));
  if (answer && answer.status !== 404) return served(answer);
  // Its recording may have been made since the first look, or since it was seen here: then the file is there, no longer here.
  return looks > 1 ? uploadContent({ db, bucket }, { reach, ...name }, request, 1) : err(notFound("audio"));
}

/** An upload that was completed before its recording's name was kept with it is found by its address. */
async function recordingOf(db: Database, row: UploadRow, callId: string): Promise<RecordingRow | undefined> {
  const { organizationId } = row;
  const recordingName = row.call["recording_name"];
  if (typeof recordingName !== "string")
    return recordingOfAddress(db, { organizationId, callId, url: uploadUrl(row.id) });
  const recordingId = await recordingIdOf(callId, recordingName);
  return findRecording(db, { organizationId, callId, recordingId, reach: FULL_REACH });
}

function served(answer: AudioAnswer): Result<AudioAnswer, DomainError> {
  if (answer.held) return err(heldAudio(answer.held));
  return answer.status === 404 ? err(notFound("audio")) : ok(answer);
}
