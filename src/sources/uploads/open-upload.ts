import { uploadIdOf } from "../../platforms";
import { recordingIdOf } from "../../calls";
import type { Database } from "../../db/client";
import { openObject } from "../../lib/large-object";
import { err, type Result } from "../../lib/result";
import type { Clock } from "../../lib/time";
import {
  FETCH_TIMEOUTS,
  openAudio,
  readBytes,
  refused,
  type AudioOpener,
  type AudioFailure,
  type OpenedAudio,
  type RecordingRow,
} from "../../recordings";
import { readUploadRow, recordingNameOf, uploadKey } from "./upload";

type Uploaded = Pick<RecordingRow, "organizationId" | "sourceId" | "callId" | "id"> & { url: string };

/** Opens `upload:` addresses, and lets go of the uploaded file once its recording is kept elsewhere. */
export function uploadedAudio({ db, bucket, now }: { db: Database; bucket: R2Bucket; now: Clock }): AudioOpener {
  return {
    isOurs: true,
    open: (recording) => openUpload(db, bucket, recording, now),
    release: (recording) => forgetUpload(bucket, recording),
  };
}

/**
 * Opens the file a recording was uploaded as. A notice can name any upload as its recording's address, so the upload
 * must have become this very call of this very source, and hold this very recording.
 */
async function openUpload(
  db: Database,
  bucket: R2Bucket,
  recording: Uploaded,
  now: Clock,
): Promise<Result<OpenedAudio, AudioFailure>> {
  const { organizationId } = recording;
  const id = uploadIdOf(recording.url);
  const row = id === undefined ? undefined : await readUploadRow(db, { organizationId, campaignLimit: null, id });
  if (!row?.ok || row.value.sourceId !== recording.sourceId || row.value.callId !== recording.callId) return NO_UPLOAD;
  const opened = await openObject(bucket, row.value.key, row.value.size);
  if (!opened) return err(refused("gone", "the uploaded file was kept for a week and is no longer there"));
  const { object, bytes } = opened;
  if ((await recordingIdOf(recording.callId, recordingNameOf(object))) !== recording.id) {
    await bytes.cancel();
    return NO_UPLOAD;
  }
  const limits = { stallTimeout: FETCH_TIMEOUTS.stall, deadline: now() + FETCH_TIMEOUTS.total };
  return openAudio(readBytes(bytes, limits, now), object.size, row.value.mediaType);
}

const NO_UPLOAD = err(refused("blocked_url", "the address is not an upload of this call"));

/** Deletes the uploaded file of a recording that is kept elsewhere now. One that stays falls to the sweep. */
async function forgetUpload(bucket: R2Bucket, recording: Uploaded): Promise<void> {
  const id = uploadIdOf(recording.url);
  if (id === undefined) return;
  await bucket.delete(uploadKey({ organizationId: recording.organizationId, id })).catch(() => undefined);
}
