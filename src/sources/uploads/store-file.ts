import { err, ok, type Result } from "../../lib/result";
import { turnsEach } from "../../lib/turns";
import {
  cutSink,
  NO_BYTES,
  openAudio,
  partsSink,
  TURN_BYTES,
  type AudioBody,
  type AudioFailure,
  type BodyStep,
} from "../../recordings";
import { EMPTY_FILE, cleanFileName, newUploadId, recordingNameOf, uploadKey, type UploadFailure } from "./upload";

/** A file that came whole and is in R2. `name` distinguishes it from other recordings of its call. */
export type StoredFile = { id: string; fileName: string | null; mediaType: string; size: number; name: string };

/** A file's name and type as its sender gave them; `length` in bytes, where it is known before the file comes. */
export type FileHead = { fileName: string | null; mediaType: string | null; length?: number | null };

/**
 * Streams one file to R2, at most one part of 8 MiB held, and nothing of one whose length is known. A file that is not
 * audio is refused at its first bytes; one that breaks, grows past `maxBytes` or has another length than was said leaves
 * nothing behind. Throws only when R2 does.
 */
export async function storeFile(
  bucket: R2Bucket,
  organizationId: string,
  head: FileHead,
  body: AudioBody,
  now: number,
  maxBytes: number,
  id = newUploadId(now),
): Promise<Result<StoredFile, UploadFailure>> {
  const { length = null } = head;
  const opened = await openAudio(body, length, head.mediaType);
  if (!opened.ok) return err(uploadFailureOf(opened.error));
  const { mediaType, body: audio } = opened.value;
  if (length !== null && length > maxBytes) {
    await audio.cancel();
    return err(tooLarge(maxBytes));
  }
  const key = uploadKey({ organizationId, id });
  const options = { httpMetadata: { contentType: mediaType } };
  const sink = length === null ? partsSink(bucket, key, options) : cutSink(bucket, key, length, options);
  const turn = turnsEach(TURN_BYTES);
  const drop = () => Promise.all([sink.abort(), audio.cancel()]);
  try {
    let size = 0;
    let spent: Uint8Array | undefined;
    for (;;) {
      const step = await audio.next(spent);
      if (step.kind === "chunk") size += step.bytes.length;
      const failure = step.kind === "broken" ? uploadFailureOf(step.failure) : wrongSize(step, size, length, maxBytes);
      if (failure) {
        await drop();
        return err(failure);
      }
      if (step.kind !== "chunk") break;
      spent = step.bytes;
      await sink.write(spent);
      await turn(spent.length);
    }
    const object = await sink.close();
    return ok({ id, fileName: cleanFileName(head.fileName), mediaType, size, name: recordingNameOf(object) });
  } catch (cause) {
    await drop();
    throw cause;
  }
}

/** What is wrong with how many bytes have come by this step; undefined while nothing is. */
function wrongSize(
  { kind }: BodyStep,
  size: number,
  length: number | null,
  maxBytes: number,
): UploadFailure | undefined {
  if (size > maxBytes) return tooLarge(maxBytes);
  if (length === null || (kind === "end" ? size === length : size <= length)) return undefined;
  const came = size < length ? `${size}` : "more";
  return { kind: "unreadable", message: `The upload did not arrive whole: ${came} of ${length} bytes came.` };
}

export function tooLarge(maxBytes: number): UploadFailure {
  return { kind: "too_large", message: `A file may have ${maxBytes} bytes.` };
}

/** What is wrong with a file's content or its coming, in the words of an upload. */
export function uploadFailureOf({ reason }: AudioFailure): UploadFailure {
  if (reason === NO_BYTES.reason) return { kind: "empty", message: EMPTY_FILE };
  const [code, detail] = [reason.slice(0, reason.indexOf(":")), reason.slice(reason.indexOf(":") + 2)];
  if (code === "empty") return { kind: "not_audio", message: `This is no audio: ${detail}.` };
  if (code === "not_audio")
    return { kind: "not_audio", message: `This is no audio: ${detail.replace(/^the server sent /, "the file is ")}.` };
  return { kind: "unreadable", message: `The upload did not arrive whole: ${detail}.` };
}
