/** Bytes that are read one chunk at a time. */
export type ByteReader = {
  /**
   * The next bytes, undefined behind the last. `spent`: a chunk before that nobody needs any more; its buffer may be written
   * over from here on, so that gigabytes go through one buffer and leave no garbage.
   */
  read(spent?: Uint8Array): Promise<Uint8Array | undefined>;
  /** Lets go of what is not read. */
  cancel(): Promise<void>;
};

// In bytes. Most recordings are small, and an isolate reads several at once: the buffer grows with what comes at a time.
const FIRST_BUFFER = 16 * 1024;
const LARGEST_BUFFER = 256 * 1024;

/** Reads a stream. One of JavaScript's own gives the chunks that it is made of, and takes no buffer. */
export function readerOf(stream: ReadableStream<Uint8Array>): ByteReader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: "byob" });
  } catch {
    const plain = stream.getReader();
    return { read: async () => (await plain.read()).value, cancel: () => plain.cancel() };
  }
  return {
    async read(spent) {
      const { value, done } = await reader.read(bufferFrom(spent));
      return done ? undefined : value;
    },
    cancel: () => reader.cancel(),
  };
}

/**
 * The same bytes for whoever takes them one by one. A chunk holds until the next one is asked for: its buffer is given back then.
 * Stopped early, it lets go of the rest.
 */
export async function* chunksOf(reader: ByteReader): AsyncGenerator<Uint8Array> {
  let isOver = false;
  try {
    for (let bytes = await reader.read(); bytes !== undefined; bytes = await reader.read(bytes)) yield bytes;
    isOver = true;
  } finally {
    if (!isOver) await reader.cancel();
  }
}

function bufferFrom(spent: Uint8Array | undefined): Uint8Array {
  const size = spent?.buffer.byteLength ?? 0;
  // Nothing was given back, or what was read into another buffer since.
  if (!spent || size === 0) return new Uint8Array(FIRST_BUFFER);
  const wasFilled = spent.length === size;
  return wasFilled && size < LARGEST_BUFFER ? new Uint8Array(2 * size) : new Uint8Array(spent.buffer);
}
