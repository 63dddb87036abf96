import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { chunksOf, type ByteReader } from "../../src/lib/byte-reader";
import { openObject } from "../../src/lib/large-object";

const MB = 1024 * 1024;
const bucket = env.BUCKET;

/** Bytes of which each place has another neighbourhood. */
function patterned(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 7 + (at >> 12)) & 255);
}

describe("an object in storage", () => {
  it.each([0, 1, 4 * MB, 4 * MB + 1, 9 * MB])("of %d bytes is read whole and in order", async (size) => {
    const bytes = patterned(size);
    const gets: unknown[] = [];
    await bucket.put(`large-${size}`, bytes);
    const counted = {
      head: (key: string) => bucket.head(key),
      get: (key: string, options: R2GetOptions) => {
        gets.push(options);
        return bucket.get(key, options);
      },
    } as unknown as R2Bucket;
    const opened = await openObject(counted, `large-${size}`, size);
    const read = await whole(opened!.bytes);
    if (read.length !== size || read.some((byte, at) => byte !== bytes[at])) throw new Error("other bytes");
    if (gets.length !== Math.max(1, Math.ceil(size / (4 * MB)))) throw new Error(`${gets.length} reads`);
  });

  it("is not there, or is replaced while it is read", async ({ expect }) => {
    expect(await openObject(bucket, "large-none", 1)).toBeNull();
    expect(await openObject(bucket, "large-none", 9 * MB)).toBeNull();
    await bucket.put("large-replaced", patterned(5 * MB));
    const { bytes } = (await openObject(bucket, "large-replaced", 5 * MB))!;
    expect(await bytes.read()).toBeDefined();
    await bucket.put("large-replaced", patterned(5 * MB + 1));
    await expect(whole(bytes)).rejects.toThrow("no longer in storage");
  });

  it("is read into one buffer that is given back, and let go of in the middle", async ({ expect }) => {
    const all = patterned(5 * MB);
    await bucket.put("large-own", all);
    const { bytes } = (await openObject(bucket, "large-own", 5 * MB))!;
    let [at, spent]: [number, Uint8Array | undefined] = [0, undefined];
    while (at < 4.5 * MB) {
      const given: Uint8Array | undefined = spent;
      spent = await bytes.read(given);
      if (!spent || spent.some((byte, index) => byte !== all[at + index])) throw new Error(`other bytes at ${at}`);
      // Its buffer was taken over: it holds nothing any more.
      expect(given?.length ?? 0).toBe(0);
      at += spent.length;
    }
    await bytes.cancel();
  });
});

async function whole(reader: ByteReader): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(reader)) chunks.push(chunk.slice());
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
