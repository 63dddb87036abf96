import { describe, it } from "vitest";
import { chunksOf, readerOf } from "../../src/lib/byte-reader";

const MB = 1024 * 1024;
const BYTES = Uint8Array.from({ length: 3 * MB + 17 }, (_, at) => (at * 31 + (at >> 9)) & 255);

/** The bytes through one of the runtime's own streams, as an answer's come. */
function native(): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(BYTES.length);
  const writer = writable.getWriter();
  void (async () => {
    for (let at = 0; at < BYTES.length; at += 40_000) await writer.write(BYTES.slice(at, at + 40_000));
    await writer.close();
  })().catch(() => undefined);
  return readable as ReadableStream<Uint8Array>;
}

/** The bytes through a stream of JavaScript's own. */
function scripted(): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (at >= BYTES.length) return controller.close();
      controller.enqueue(BYTES.slice(at, at + 70_000));
      at += 70_000;
    },
  });
}

describe("bytes that are read", () => {
  it.each([
    ["native", native],
    ["scripted", scripted],
  ])("of a %s stream are the same whether buffers are given back or kept", async (_name, streamed) => {
    for (const isGivenBack of [true, false]) {
      const reader = readerOf(streamed());
      let [at, spent]: [number, Uint8Array | undefined] = [0, undefined];
      for (;;) {
        spent = await reader.read(isGivenBack ? spent : undefined);
        if (spent === undefined) break;
        const from = at;
        if (spent.some((byte, index) => byte !== BYTES[from + index])) throw new Error(`other bytes behind ${from}`);
        at += spent.length;
      }
      if (at !== BYTES.length) throw new Error(`${at} bytes came`);
    }
  });

  it("go through one buffer of a bounded size, as long as it is given back", async ({ expect }) => {
    const reader = readerOf(native());
    let spent: Uint8Array | undefined;
    for (;;) {
      const before: Uint8Array | undefined = spent;
      spent = await reader.read(before);
      // What was given back is taken over: it holds nothing any more, or another had to be made that is larger.
      if (spent === undefined) break;
      if (before && before.length > 0) expect(spent.buffer.byteLength).toBeGreaterThan(before.buffer.byteLength);
      expect(spent.buffer.byteLength).toBeLessThanOrEqual(256 * 1024);
    }
  });

  it("let go of the stream where whoever takes them stops early", async ({ expect }) => {
    let isCancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => {
        isCancelled = true;
      },
    });
    for await (const chunk of chunksOf(readerOf(stream))) {
      expect(chunk).toHaveLength(10);
      break;
    }
    expect(isCancelled).toBe(true);
  });
});
