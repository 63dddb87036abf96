import { err, ok, type Result } from "../../lib/result";
import { openAudio, partsSink, type AudioBody, type AudioFailure } from "../../recordings";
import { cleanFileName, newUploadId, recordingNameOf, uploadKey, type UploadFailure } from "./upload";

/** A file that came whole and is in R2. `name` distinguishes it from other recordings of its call. */
export type StoredFile = { id: string; fileName: string | null; mediaType: string; size: number; name: string };

/** A file's name and type as its sender gave them. */
export type FileHead = { fileName: string | null; mediaType: string | null };

/**
 * Streams one file to R2, at most one part of 8 MiB held. A file that is not audio is refused at its first bytes; a
 * file that breaks or grows past `maxBytes` leaves nothing behind. Throws only when R2 does.
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
  const opened = await openAudio(body, null, head.mediaType);
  if (!opened.ok) return err(uploadFailureOf(opened.error));
  const { mediaType, body: audio } = opened.value;
  const sink = partsSink(bucket, uploadKey({ organizationId, id }), { httpMetadata: { contentType: mediaType } });
  const drop = () => Promise.all([sink.abort(), audio.cancel()]);
  try {
    let size = 0;
    for (;;) {
      const step = await audio.next();
      if (step.kind === "end") break;
      if (step.kind === "chunk") size += step.bytes.length;
      if (step.kind === "broken" || size > maxBytes) {
        await drop();
        return err(step.kind === "broken" ? uploadFailureOf(step.failure) : tooLarge(maxBytes));
      }
      await sink.write(step.bytes);
    }
    const object = await sink.close();
    return ok({ id, fileName: cleanFileName(head.fileName), mediaType, size, name: recordingNameOf(object) });
  } catch (cause) {
    await drop();
    throw cause;
  }
}

export function tooLarge(maxBytes: number): UploadFailure {
  return { kind: "too_large", message: `A file may have ${maxBytes} bytes.` };
}

/** What is wrong with a file's content or its coming, in the words of an upload. */
export function uploadFailureOf({ reason }: AudioFailure): UploadFailure {
  const [code, detail] = [reason.slice(0, reason.indexOf(":")), reason.slice(reason.indexOf(":") + 2)];
  if (code === "empty") return { kind: "not_audio", message: `This is no audio: ${detail}.` };
  if (code === "not_audio")
    return { kind: "not_audio", message: `This is no audio: ${detail.replace(/^the server sent /, "the file is ")}.` };
  return { kind: "unreadable", message: `The upload did not arrive whole: ${detail}.` };
}
