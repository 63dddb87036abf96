import type { AnalysisFailure, AnalysisInput } from "../contract";
import { decodeRecording } from "../decode/decode-recording";
import { err, ok, type Result } from "../../lib/result";
import type { Span } from "./muted";
import { MOST_WAV_BYTES, sample16, WAV_HEADER, wavHeader, type WavShape } from "./wav-file";

/** The least that R2 takes for a part, but for the last. */
const PART_BYTES = 5 * 1024 * 1024;
/** As long as any recording that is analysed. */
const MAX_SECONDS = 4 * 60 * 60;
/** What is read of the file at once, in bytes: a minute of Opus, which is 12 MB of samples until they are written. */
const MOST_READ = 128 * 1024;

export type RenditionFailure = AnalysisFailure | { kind: "too_large"; detail: string };

/** Like `AnalysisInput` without what analyses alone need. */
type Input = Pick<AnalysisInput, "chunks" | "file" | "mediaType">;

/**
 * Writes the sound of a recording to R2 with these stretches silent on all channels, as WAV with 16 bits and the rate and
 * the channels of the recording. Everything else is the decoded sound, sample by sample. Holds some 30 MB, however long the
 * recording is: the decoder waits for what is being written. Leaves no object behind where it fails.
 */
export async function writeRendition(
  bucket: R2Bucket,
  key: string,
  input: Input,
  muted: readonly Span[],
): Promise<Result<WavShape, RenditionFailure>> {
  const writer = partsWriter(bucket, key);
  const file = {
    ...input.file,
    read: async (from: number, length: number) => {
      await writer.settled();
      return input.file.read(from, Math.min(length, MOST_READ));
    },
  };
  async function* paced(): AsyncGenerator<Uint8Array> {
    for await (const chunk of input.chunks) {
      for (let at = 0; at < chunk.length; at += MOST_READ) {
        await writer.settled();
        yield chunk.subarray(at, at + MOST_READ);
      }
    }
  }
  try {
    const shape: WavShape = { channels: 0, sampleRate: 0, frames: 0 };
    // Of each block in turn: blocks are many, and what is left of them is not cleared away at once.
    let room = new Int16Array(0);
    const decoded = await decodeRecording(
      { ...input, file, chunks: paced() },
      MAX_SECONDS,
      (planes, length, format) => {
        shape.channels = format.channels;
        shape.sampleRate = format.sampleRate;
        const needed = length * format.channels;
        if (room.length < needed) room = new Int16Array(needed);
        writer.push(interleaved(planes, length, shape, muted, room.subarray(0, needed)));
        shape.frames += length;
      },
    );
    const isTooLarge = WAV_HEADER + shape.frames * shape.channels * 2 > MOST_WAV_BYTES;
    if (!decoded.ok || isTooLarge) {
      await writer.abort();
      return decoded.ok ? err({ kind: "too_large", detail: "the muted file would be over 4 GiB" }) : decoded;
    }
    await writer.close(wavHeader(shape));
    return ok(shape);
  } catch (cause) {
    await writer.abort();
    throw cause;
  }
}

/** Into `samples`, and as bytes: all channels in turn, as 16 bits, with the silence put in. `frames` is the place of the first one. */
function interleaved(
  planes: readonly Float32Array[],
  length: number,
  { channels, sampleRate, frames: first }: WavShape,
  muted: readonly Span[],
  samples: Int16Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  for (let channel = 0; channel < channels; channel += 1) {
    const plane = planes[channel] ?? planes[0];
    for (let at = 0; at < length; at += 1) samples[at * channels + channel] = sample16(plane?.[at] ?? 0);
  }
  for (const [start, end] of muted) {
    const from = Math.max(0, Math.floor((start * sampleRate) / 1000) - first);
    const to = Math.min(length, Math.ceil((end * sampleRate) / 1000) - first);
    if (from < to) samples.fill(0, from * channels, to * channels);
  }
  // WAV is little endian, and so is every machine that workerd runs on.
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** Writes parts of an object as they come; the first is kept until its head is known, which is the last thing to be. */
function partsWriter(bucket: R2Bucket, key: string) {
  const options = { httpMetadata: { contentType: "audio/wav" } };
  let upload: R2MultipartUpload | undefined;
  let first: Uint8Array<ArrayBuffer> | undefined;
  let part = new Uint8Array(PART_BYTES);
  let used = WAV_HEADER;
  let number = 1;
  const waiting: { number: number; bytes: Uint8Array<ArrayBuffer> }[] = [];
  // Those that were sent, to be filled anew: an hour of stereo has twenty.
  const spare: Uint8Array<ArrayBuffer>[] = [];
  const done: R2UploadedPart[] = [];

  function take(bytes: Uint8Array<ArrayBuffer>): void {
    if (first === undefined) first = bytes;
    else waiting.push({ number, bytes });
    number += 1;
  }
  async function send(one: { number: number; bytes: Uint8Array<ArrayBuffer> }): Promise<void> {
    upload ??= await bucket.createMultipartUpload(key, options);
    done.push(await upload.uploadPart(one.number, one.bytes));
    if (one.bytes.length === PART_BYTES) spare.push(one.bytes);
  }
  return {
    push(bytes: Uint8Array<ArrayBuffer>): void {
      for (let at = 0; at < bytes.length;) {
        const taken = Math.min(bytes.length - at, PART_BYTES - used);
        part.set(bytes.subarray(at, at + taken), used);
        used += taken;
        at += taken;
        if (used < PART_BYTES) continue;
        take(part);
        part = spare.pop() ?? new Uint8Array(PART_BYTES);
        used = 0;
      }
    },
    /** Waits until everything that is whole has been written. */
    async settled(): Promise<void> {
      for (let next = waiting.shift(); next; next = waiting.shift()) await send(next);
    },
    async close(head: Uint8Array<ArrayBuffer>): Promise<void> {
      const last = part.subarray(0, used);
      if (first === undefined) {
        last.set(head);
        await bucket.put(key, last, options);
        return;
      }
      if (used > 0) waiting.push({ number, bytes: last });
      await this.settled();
      first.set(head);
      await send({ number: 1, bytes: first });
      await upload?.complete(done.toSorted((one, other) => one.partNumber - other.partNumber));
    },
    async abort(): Promise<void> {
      // If this fails, R2 itself deletes unfinished uploads after seven days.
      await upload?.abort().catch(() => undefined);
    },
  };
}
