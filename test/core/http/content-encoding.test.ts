import { describe, expect, it } from "vitest";
import { decodeBody } from "../../../src/lib/http/content-encoding";

const CAP = 1_000_000;

async function gzip(body: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([Uint8Array.from(body)]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const together = (pieces: readonly Uint8Array[]) => Uint8Array.from(pieces.flatMap((piece) => [...piece]));

describe("a gzip of several members", () => {
  it("is their contents, one behind the other", async () => {
    const members = await Promise.all(
      ["one, ", "", "two, ", "three"].map((text) => gzip(new TextEncoder().encode(text))),
    );
    const decoded = await decodeBody(together(members), ["gzip"], CAP);
    expect(decoded.ok && new TextDecoder().decode(decoded.value)).toBe("one, two, three");
  });

  it("is cut where a member ends, not where bytes within one look like the next", async () => {
    // Without compression, the marks of a member's beginning stay as they are.
    const marks = Uint8Array.from([0x1f, 0x8b, 0x08, 0, 0x1f, 0x8b, 0x08]);
    const stored = storedMember(marks);
    const decoded = await decodeBody(together([stored, stored]), ["gzip"], CAP);
    expect(decoded.ok && [...decoded.value]).toEqual([...marks, ...marks]);
  });

  it.each([
    ["swells beyond the cap only with its last member", "too_large", (one: Uint8Array) => [one, one, one]],
    ["ends in the middle of its last member", "broken", (one: Uint8Array) => [one, one.slice(0, -9)]],
    ["has something else behind a member", "broken", (one: Uint8Array) => [one, Uint8Array.from([1, 2, 3])]],
    ["has more members than are looked for", "broken", () => Array.from({ length: 40 }, () => storedMember(NOTHING))],
  ])("is refused where it %s", async (_, error, members) => {
    const one = await gzip(new Uint8Array(Math.ceil(CAP / 2.5)));
    expect(await decodeBody(together(members(one)), ["gzip"], CAP)).toEqual({ ok: false, error });
  });
});

const NOTHING = new Uint8Array(0);

/** A member whose bytes stand in it as they are (RFC 1951 §3.2.4). */
function storedMember(bytes: Uint8Array): Uint8Array {
  const length = bytes.length;
  const head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, length, 0, ~length & 255, 255];
  const checksum = crc32(bytes);
  const little = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
  return Uint8Array.from([...head, ...bytes, ...little(checksum), ...little(length)]);
}

function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return (rest ^ 0xffffffff) >>> 0;
}
