import { describe, it } from "vitest";
import { csvStream } from "../../src/lib/csv";

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

describe("a table as CSV", () => {
  it("begins with the mark of UTF-8 only where it is asked for", async ({ expect }) => {
    const marked = await bytesOf(csvStream(["Ñ"], [["ü"]], { bom: true }));
    expect(Array.from(marked.subarray(0, 3))).toEqual([0xef, 0xbb, 0xbf]);
    const plain = await bytesOf(csvStream(["Ñ"], [["ü"]], { bom: false }));
    expect(new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(plain)).toBe("Ñ\r\nü\r\n");
  });

  it("has formulas and numbers with their country code as text, and quotes what it must", async ({ expect }) => {
    const cells = ["=1+1", "+541147781234", "-2", "@SUM(A1)", "\tx", 'a "b", c', "line\r\nbreak"];
    const text = new TextDecoder().decode(await bytesOf(csvStream(["a"], [cells], { bom: false })));
    expect(text).toBe(`a\r\n'=1+1,'+541147781234,'-2,'@SUM(A1),'\tx,"a ""b"", c","line\r\nbreak"\r\n`);
  });

  it("gives every line of many, in order, as they are taken", async ({ expect }) => {
    let made = 0;
    const lines = (function* () {
      for (let at = 0; at < 1_234; at += 1) {
        made = at;
        yield [String(at)];
      }
    })();
    const stream = csvStream(["n"], lines, { bom: false });
    const reader = stream.getReader();
    await reader.read();
    await reader.read();
    expect(made).toBeLessThan(1_000);
    const decoder = new TextDecoder();
    let text = "";
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) text += decoder.decode(piece.value);
    const rest = text.trim().split("\r\n").map(Number);
    expect(rest.at(-1)).toBe(1_233);
    expect(rest).toEqual(rest.toSorted((one, other) => one - other));
  });
});
