/** Arriving bytes, buffered until they are taken. */
export type Lookahead = {
  held(): Uint8Array;
  /** Waits for more bytes; false at the end and when the sender disconnects. */
  more(): Promise<boolean>;
  /** Takes the first `count` buffered bytes. Their content does not change afterwards. */
  take(count: number): Uint8Array;
};

export function lookahead(stream: ReadableStream<Uint8Array>, first: Uint8Array): Lookahead {
  const reader = stream.getReader();
  let held = first;
  let ended = false;
  return {
    held: () => held,
    more: async () => {
      if (ended) return false;
      try {
        const { done, value } = await reader.read();
        if (!done) held = held.length === 0 ? value : join(held, value);
        ended = done;
      } catch {
        ended = true;
      }
      return !ended;
    },
    take: (count) => {
      const taken = held.subarray(0, count);
      held = held.subarray(count);
      return taken;
    },
  };
}

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(left.length + right.length);
  bytes.set(left);
  bytes.set(right, left.length);
  return bytes;
}
