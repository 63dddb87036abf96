import { describe, expect, it } from "vitest";
import { recent } from "../../src/lib/recent";

describe("recent", () => {
  it("asks once for what was asked lately, and forgets what was not", () => {
    const asked: string[] = [];
    const answerTo = recent<string | null>(2);
    const ask = (name: string) =>
      answerTo(name, () => {
        asked.push(name);
        return name === "none" ? null : name.toUpperCase();
      });
    expect(["none", "a", "none", "b", "none", "a"].map(ask)).toEqual([null, "A", null, "B", null, "A"]);
    expect(asked).toEqual(["none", "a", "b", "a"]);
  });
});
