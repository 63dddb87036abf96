import { readerOf, type ByteReader } from "./byte-reader";

/** What of a large object is asked for at once, and what of that is given at a time, in bytes. */
const RANGE_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** An object in storage with its bytes. */
export type OpenedObject = { object: R2Object; bytes: ByteReader };

/**
 * Opens an object of this size, if it is there. A large one is read range by range, as it is consumed: the storage of
 * `npm start` would otherwise read it to its end at once, hold what is not consumed yet, and let nobody else have a turn.
 */
export async function openObject(
  bucket: Pick<R2Bucket, "get" | "head">,
  key: string,
  size: number | null,
): Promise<OpenedObject | null> {
  if ((size ?? 0) <= RANGE_BYTES) {
    const object = await bucket.get(key);
    return object && { object, bytes: readerOf(object.body) };
  }
  const object = await bucket.head(key);
  return object && { object, bytes: inRanges(bucket, object) };
}

/** The bytes of an object. It fails where the object is deleted or replaced meanwhile. */
function inRanges(
  bucket: Pick<R2Bucket, "get">,
  { key, size, etag }: Pick<R2Object, "key" | "size" | "etag">,
): ByteReader {
  let at = 0;
  let range: { reader: ReadableStreamBYOBReader; left: number } | undefined;

  async function open() {
    const length = Math.min(RANGE_BYTES, size - at);
    const part = await bucket.get(key, { range: { offset: at, length }, onlyIf: { etagMatches: etag } });
    if (!part || !("body" in part)) throw new Error("the object is no longer in storage");
    return { reader: part.body.getReader({ mode: "byob" }), left: length };
  }

  return {
    async read(spent) {
      if (at === size) return undefined;
      range ??= await open();
      const isOwn = spent?.buffer.byteLength === CHUNK_BYTES;
      const buffer = new Uint8Array(isOwn ? spent.buffer : new ArrayBuffer(CHUNK_BYTES));
      // A few kilobytes come at a time otherwise, and each of them costs a turn.
      const { value, done } = await range.reader.readAtLeast(Math.min(CHUNK_BYTES, range.left), buffer);
      if (done) throw new Error("the object is shorter than the storage says");
      at += value.length;
      range.left -= value.length;
      if (range.left === 0) range = undefined;
      return value;
    },
    cancel: async () => range?.reader.cancel(),
  };
}
