import { SshFailure } from "./failure";
import { join } from "./wire";

/** Exactly so many bytes of a stream after another, however they arrive. */
export type ByteSource = {
  read(size: number): Promise<Uint8Array>;
  /** A line without its end, of at most `longest` bytes. */
  line(longest: number): Promise<string>;
};

export function bytesOf(readable: ReadableStream<Uint8Array>): ByteSource {
  const reader = readable.getReader();
  // Pieces are joined once they are enough, so that a large packet in many pieces is not copied for each of them.
  let pieces: Uint8Array[] = [];
  let size = 0;

  async function fill(): Promise<void> {
    const step = await reader.read().catch(() => undefined);
    if (!step || step.done) throw new SshFailure("lost", "the server closed the connection");
    pieces.push(step.value);
    size += step.value.length;
  }
  function take(count: number): Uint8Array {
    const [only] = pieces;
    const all = only && pieces.length === 1 ? only : join(...pieces);
    pieces = [all.subarray(count)];
    size -= count;
    return all.subarray(0, count);
  }
  return {
    read: async (count) => {
      while (size < count) await fill();
      return take(count);
    },
    line: async (longest) => {
      for (;;) {
        const all = join(...pieces);
        const end = all.indexOf(10);
        if (end >= 0) return new TextDecoder().decode(take(end + 1)).replace(/\r?\n$/, "");
        if (all.length > longest) throw new SshFailure("not_ssh", "what answers there speaks no SSH");
        await fill();
      }
    },
  };
}
