import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
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
    const read = new Uint8Array(await new Response(opened?.body).arrayBuffer());
    if (read.length !== size || read.some((byte, at) => byte !== bytes[at])) throw new Error("other bytes");
    if (gets.length !== Math.max(1, Math.ceil(size / (4 * MB)))) throw new Error(`${gets.length} reads`);
  });

  it("is not there, or is replaced while it is read", async ({ expect }) => {
    expect(await openObject(bucket, "large-none", 1)).toBeNull();
    expect(await openObject(bucket, "large-none", 9 * MB)).toBeNull();
    await bucket.put("large-replaced", patterned(5 * MB));
    const opened = await openObject(bucket, "large-replaced", 5 * MB);
    const reader = opened!.body.getReader();
    expect((await reader.read()).value).toHaveLength(4 * MB);
    await bucket.put("large-replaced", patterned(5 * MB + 1));
    await expect(reader.read()).rejects.toThrow("no longer in storage");
  });
});
