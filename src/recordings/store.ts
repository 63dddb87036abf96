import { toHex } from "../lib/hmac";
import { newId } from "../lib/id";
import { err, ok, type Result } from "../lib/result";
import { turnsEach } from "../lib/turns";
import { notReady, refused, type AudioFailure } from "./failure";
import type { OpenedAudio } from "./open-audio";
import { partsSink, putSink, type Sink } from "./sink";

/**
 * 4 GiB, the most that a WAV can declare: 37 hours of 16-bit stereo at 8 kHz, or six hours at 48 kHz. One limit, however
 * a recording comes.
 */
export const MAX_RECORDING_BYTES = 4 * 1024 ** 3;

/** After so many bytes everybody else has a turn. */
export const TURN_BYTES = 1024 * 1024;

/** The prefix of all recordings in R2. */
export const RECORDINGS_PREFIX = "recordings/";

export type StoredAudio = { key: string; size: number; sha256: string; mediaType: string };

/** The recording of an object under the prefix; "" for a key that no attempt makes. */
export function recordingIdOfKey(key: string): string {
  return key.split("/")[2] ?? "";
}

/**
 * A key unique to this attempt. Two attempts never write one object: registering a key decides which attempt succeeds,
 * and R2 allows one write per second and key.
 */
export function attemptKey(recording: { organizationId: string; id: string }, now: number): string {
  return `${RECORDINGS_PREFIX}${recording.organizationId}/${recording.id}/${newId("att", now)}`;
}

/**
 * Streams a body to R2 under `key` and hashes it; buffers at most one part of 8 MiB. A body that breaks, exceeds
 * `maxBytes` (or `laterAbove`, when this try has no time for more) or differs from its declared length leaves nothing
 * behind. Throws only when R2 fails.
 */
export async function storeAudio(
  bucket: R2Bucket,
  key: string,
  audio: OpenedAudio,
  maxBytes: number,
  laterAbove = Number.POSITIVE_INFINITY,
): Promise<Result<StoredAudio, AudioFailure>> {
  const options = { httpMetadata: { contentType: audio.mediaType } };
  const sink = audio.length === null ? partsSink(bucket, key, options) : putSink(bucket, key, audio.length, options);
  const hash = new crypto.DigestStream("SHA-256");
  try {
    const size = await pump(audio, sink, hash, { maxBytes, laterAbove });
    if (size.ok) {
      await sink.close();
      const sha256 = toHex(new Uint8Array(await hash.digest));
      return ok({ key, size: size.value, sha256, mediaType: audio.mediaType });
    }
    await Promise.all([sink.abort(), audio.body.cancel()]);
    return size;
  } catch (error) {
    await Promise.all([sink.abort(), audio.body.cancel()]);
    throw error;
  }
}

async function pump(
  audio: OpenedAudio,
  sink: Sink,
  hash: DigestStream,
  { maxBytes, laterAbove }: { maxBytes: number; laterAbove: number },
): Promise<Result<number, AudioFailure>> {
  const hasher = hash.getWriter();
  const turn = turnsEach(TURN_BYTES);
  let size = 0;
  let spent: Uint8Array | undefined;
  for (;;) {
    const step = await audio.body.next(spent);
    if (step.kind === "broken") return err(step.failure);
    if (step.kind === "end") break;
    size += step.bytes.length;
    if (size > maxBytes) return err(refused("too_large", `the file is larger than the ${maxBytes} bytes allowed`));
    if (audio.inflated && size > audio.inflated.bytes) return err(refused("too_large", audio.inflated.why));
    if (size > laterAbove) return err(notReady("large", `the file is larger than ${laterAbove} bytes`));
    if (audio.length !== null && size > audio.length) return err(mismatch(size, audio.length));
    await hasher.write(step.bytes);
    await sink.write(step.bytes);
    spent = step.bytes;
    await turn(spent.length);
  }
  if (audio.length !== null && size !== audio.length) return err(mismatch(size, audio.length));
  await hasher.close();
  return ok(size);
}

function mismatch(size: number, declared: number): AudioFailure {
  const received = size < declared ? `${size}` : "more";
  return notReady("truncated", `${declared} bytes were announced and ${received} came`);
}
