/** What of a large object is read at once, in bytes. */
const RANGE_BYTES = 4 * 1024 * 1024;

/** An object in storage with its bytes. */
export type OpenedObject = { object: R2Object; body: ReadableStream<Uint8Array> };

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
    return object && { object, body: object.body };
  }
  const object = await bucket.head(key);
  return object && { object, body: inRanges(bucket, object) };
}

/** The bytes of an object. It fails where the object is deleted or replaced meanwhile. */
function inRanges(
  bucket: Pick<R2Bucket, "get">,
  { key, size, etag }: Pick<R2Object, "key" | "size" | "etag">,
): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (at >= size) {
          controller.close();
          return;
        }
        const range = { offset: at, length: Math.min(RANGE_BYTES, size - at) };
        const part = await bucket.get(key, { range, onlyIf: { etagMatches: etag } });
        if (!part || !("body" in part)) throw new Error("the object is no longer in storage");
        at += range.length;
        controller.enqueue(new Uint8Array(await part.arrayBuffer()));
      },
    },
    { highWaterMark: 0 },
  );
}
