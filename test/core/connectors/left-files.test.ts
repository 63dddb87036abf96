import { describe, expect, it } from "vitest";
import { countLeft, isAnyLeft, leftSoFar } from "../../../src/connectors/run/left-files";

const file = (name: string) => ({ name, version: "1", size: 0, modifiedAt: null });
const empty = (name: string) => ({ why: "empty" as const, name });

describe("files that a look leaves", () => {
  it("are counted on by the turns of one look, and anew by one from the beginning", () => {
    const left = leftSoFar({ leftFiles: null }, true);
    expect(isAnyLeft(left)).toBe(false);
    countLeft(left, ["a", "b"].map(file), [empty("a"), { why: "taken", name: "b" }]);
    const next = leftSoFar({ leftFiles: left }, false);
    countLeft(next, ["c"].map(file), [empty("c")]);
    expect(next).toEqual({ empty: { count: 2, names: ["a", "c"] }, taken: { count: 1, names: ["b"] } });
    expect(left.empty.names).toEqual(["a"]);
    expect(isAnyLeft(leftSoFar({ leftFiles: next }, true))).toBe(false);
  });

  it("are no more left once they are named again with content, and counted once however often they are named", () => {
    const left = leftSoFar({ leftFiles: null }, true);
    countLeft(left, ["a", "b"].map(file), [empty("a"), empty("b")]);
    countLeft(left, ["a", "b"].map(file), [empty("b")]);
    expect(left.empty).toEqual({ count: 1, names: ["b"] });
  });

  it("keep few names, none longer than may be, and none of an erased call", () => {
    const left = leftSoFar({ leftFiles: null }, true);
    const names = Array.from({ length: 1_000 }, (_, at) => `${at}-${"x".repeat(1_000)}`);
    countLeft(left, names.map(file), [{ why: "taken", name: "" }, ...names.map(empty)]);
    expect([left.empty.count, left.empty.names.length, left.taken]).toEqual([1_000, 10, { count: 1, names: [] }]);
    expect(Math.max(...left.empty.names.map(({ length }) => length))).toBe(300);
    countLeft(left, names.slice(0, 1).map(file), []);
    expect([left.empty.count, left.empty.names.length]).toEqual([999, 9]);
  });
});
