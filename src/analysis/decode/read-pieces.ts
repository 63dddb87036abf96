import { err, ok, type Result } from "../../lib/result";
import { turnsEach } from "../../lib/turns";
import type { AnalysisFailure } from "../contract";

// In bytes. A piece is decoded in one go, so its size limits the work at a time: 16 kB of 8 kbit/s MP3 are 16 s of
// sound.
const PIECE_BYTES = 16 * 1024;
const TURN_BYTES = 256 * 1024;

/**
 * Splits a stream into pieces of at most 16 kB, each good until the next is asked for. The first has at least `firstBytes`
 * bytes if the stream has them. A source that breaks gives one last piece `unreadable`: the recording is not broken and may
 * be tried again.
 */
export async function* readPieces(
  chunks: AsyncIterable<Uint8Array>,
  firstBytes: number,
): AsyncGenerator<Result<Uint8Array, AnalysisFailure>> {
  const turn = turnsEach(TURN_BYTES);
  let first: Uint8Array | null = new Uint8Array(0);
  for await (const chunk of readable(chunks)) {
    if (!chunk.ok) {
      yield chunk;
      return;
    }
    let bytes = chunk.value;
    await turn(bytes.length);
    if (first !== null) {
      bytes = joined(first, bytes);
      if (bytes.length < firstBytes) {
        first = bytes;
        continue;
      }
      first = null;
    }
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield ok(bytes.subarray(at, at + PIECE_BYTES));
  }
  if (first !== null && first.length > 0) yield ok(first);
}

async function* readable(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Result<Uint8Array, AnalysisFailure>> {
  const source = chunks[Symbol.asyncIterator]();
  let open = true;
  try {
    while (open) {
      const next = await nextOf(source);
      open = next.ok && next.value !== null;
      if (!next.ok) yield next;
      else if (next.value !== null) yield ok(next.value);
    }
  } finally {
    // Stopping early must release the source: an R2 body that is not read to its end keeps its connection.
    if (open) await source.return?.();
  }
}

async function nextOf(source: AsyncIterator<Uint8Array>): Promise<Result<Uint8Array | null, AnalysisFailure>> {
  try {
    const next = await source.next();
    return ok(next.done === true ? null : next.value);
  } catch (cause) {
    return err({ kind: "unreadable", detail: cause instanceof Error ? cause.message : String(cause) });
  }
}

// Always a copy: a chunk holds only until the next one is asked for.
function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
