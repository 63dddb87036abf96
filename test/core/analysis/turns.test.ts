import { describe, expect, it } from "vitest";
import { readPieces } from "../../../src/analysis/decode/read-pieces";
import { turnsEach } from "../../../src/lib/turns";

const KB = 1024;

/** What others did meanwhile: a timer that is set again each time it comes to its turn. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const next = () => {
    if (isOver) return;
    turns += 1;
    setTimeout(next, 0);
  };
  setTimeout(next, 0);
  await work();
  isOver = true;
  return turns;
}

describe("long work", () => {
  it("gives a turn after each so many bytes, however they come", async () => {
    const turn = turnsEach(10);
    expect(await turnsDuring(() => turn(9))).toBe(0);
    expect(await turnsDuring(() => turn(1))).toBeGreaterThan(0);
    expect(await turnsDuring(() => turn(9))).toBe(0);
    expect(await turnsDuring(() => turn(100))).toBeGreaterThan(0);
  });

  it("on a recording lets others have their turn, though its bytes are always there", async () => {
    const count = 64;
    let read = 0;
    async function* chunks() {
      for (let at = 0; at < count; at += 1) yield new Uint8Array(64 * KB);
    }
    const turns = await turnsDuring(async () => {
      for await (const piece of readPieces(chunks(), 16)) read += piece.ok ? piece.value.length : 0;
    });
    expect(read).toBe(count * 64 * KB);
    expect(turns).toBeGreaterThanOrEqual((count * 64) / 256 - 1);
  });
});
