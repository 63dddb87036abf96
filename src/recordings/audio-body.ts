import { readerOf, type ByteReader } from "../lib/byte-reader";
import { within } from "../lib/deadline";
import { err, ok, type Result } from "../lib/result";
import type { Clock } from "../lib/time";
import { notReady, type AudioFailure } from "./failure";

export type BodyStep =
  | { kind: "chunk"; bytes: Uint8Array }
  | { kind: "end" }
  | { kind: "broken"; failure: AudioFailure };

/**
 * A body that is arriving, read one chunk at a time. A source that stops or breaks is a step like any other, so that an
 * exception while a recording is stored always means a failure of our own storage.
 */
export type AudioBody = {
  /** `spent`: the bytes of a chunk before that nobody needs any more. Their buffer may be written over from here on. */
  next(spent?: Uint8Array): Promise<BodyStep>;
  /** Releases the connection. For bodies that are not read to their end. */
  cancel(): Promise<void>;
};

export type BodyLimits = {
  /** The longest wait between two chunks, in milliseconds. */
  stallTimeout: number;
  /** When the whole body must have arrived, in milliseconds since the epoch. */
  deadline: number;
};

/** Reads a stream under these limits. One that stalls or never ends ends with a broken step. */
export function readBody(stream: ReadableStream<Uint8Array>, limits: BodyLimits, now: Clock): AudioBody {
  return readBytes(readerOf(stream), limits, now);
}

/** The same of bytes that are read already. */
export function readBytes(reader: ByteReader, limits: BodyLimits, now: Clock): AudioBody {
  async function cancel(): Promise<void> {
    // Cancelling a failed stream rejects with its failure, which was already reported.
    await reader.cancel().catch(() => undefined);
  }
  async function next(spent?: Uint8Array): Promise<BodyStep> {
    const left = limits.deadline - now();
    if (left <= 0)
      return broken(cancel, notReady("timeout", "the file had not arrived whole in the time there is for it"));
    try {
      const patience = Math.min(limits.stallTimeout, left);
      const step = await within(patience, reader.read(spent));
      if (step.expired) return broken(cancel, notReady("timeout", `no data for ${Math.ceil(patience / 1000)} seconds`));
      return step.value === undefined ? { kind: "end" } : { kind: "chunk", bytes: step.value };
    } catch (error) {
      return { kind: "broken", failure: notReady("interrupted", messageOf(error)) };
    }
  }
  return { next, cancel };
}

/**
 * Reads at least `count` bytes, or all there are. Gives them with a body that starts again from the first byte. `total`
 * is the complete length when the body ended within them.
 */
export async function peek(
  body: AudioBody,
  count: number,
): Promise<Result<{ head: Uint8Array; total: number | null; body: AudioBody }, AudioFailure>> {
  const taken: BodyStep[] = [];
  const chunks: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  while (size < count && !ended) {
    const step = await body.next();
    if (step.kind === "broken") return err(step.failure);
    taken.push(step);
    if (step.kind === "end") {
      ended = true;
    } else {
      chunks.push(step.bytes);
      size += step.bytes.length;
    }
  }
  const again = { next: async (spent?: Uint8Array) => taken.shift() ?? body.next(spent), cancel: () => body.cancel() };
  return ok({ head: join(chunks, size), total: ended ? size : null, body: again });
}

/** The text of an exception. */
export function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message : "the connection was lost";
}

async function broken(cancel: () => Promise<void>, failure: AudioFailure): Promise<BodyStep> {
  await cancel();
  return { kind: "broken", failure };
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
