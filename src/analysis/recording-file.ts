import { turnsEach } from "../lib/turns";

/** An encoded recording whose bytes can be had from any place. */
export type RecordingFile = {
  /** In bytes. */
  size: number;
  /** The bytes from `at` on: `length` of them, or fewer where the file ends. A failure of the storage throws. */
  read(at: number, length: number): Promise<Uint8Array>;
};

const TURN_BYTES = 1024 * 1024;

/** A recording in R2. The object may be erased meanwhile: then the read throws. */
export function bucketFile(bucket: R2Bucket, { key, size, etag }: Pick<R2Object, "key" | "size" | "etag">) {
  const turn = turnsEach(TURN_BYTES);
  return {
    size,
    async read(at, length) {
      const range = { offset: at, length: Math.min(length, size - at) };
      const part = await bucket.get(key, { range, onlyIf: { etagMatches: etag } });
      if (!part || !("body" in part)) throw new Error("the recording is no longer in storage");
      const bytes = new Uint8Array(await part.arrayBuffer());
      await turn(bytes.length);
      return bytes;
    },
  } satisfies RecordingFile;
}
