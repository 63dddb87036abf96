import { z } from "zod";
import { describe, it } from "vitest";
import { decodeCursor, encodeCursor } from "../../../src/api/cursor";

const position = z.object({ startedAt: z.number(), id: z.string() });

describe("cursor", () => {
  it("gives the position back", ({ expect }) => {
    const at = { startedAt: 1_755_698_400_000, id: "call_é" };
    const cursor = encodeCursor(at);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(decodeCursor(position, cursor)).toEqual(at);
  });

  it.for([
    ["nothing", ""],
    ["no base64", "%%%"],
    ["no JSON", btoa("{oops")],
    ["bytes that are no text", "____"],
    ["another list's position", encodeCursor({ number: 7 })],
    ["a value of another type", encodeCursor({ startedAt: "yesterday", id: "call_1" })],
    ["an endless one", "A".repeat(10_000)],
  ] as const)("is undefined for %s", ([, cursor], { expect }) => {
    expect(decodeCursor(position, cursor)).toBeUndefined();
  });

  it("survives every single changed character without throwing", ({ expect }) => {
    const cursor = encodeCursor({ startedAt: 1, id: "call_1" });
    for (let index = 0; index < cursor.length; index += 1) {
      const tampered = `${cursor.slice(0, index)}A${cursor.slice(index + 1)}`;
      expect(() => decodeCursor(position, tampered)).not.toThrow();
    }
  });
});
