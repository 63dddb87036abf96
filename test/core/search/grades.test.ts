import { assert, double, integer, oneof, pre, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { gradesBetween, gradeTokens, MOST_GRADE, scoreKind } from "../../../src/search/grades";

const tenth = integer({ min: 0, max: MOST_GRADE * 10 }).map((steps) => steps / 10);

describe("numbers as words of the index", () => {
  it("are found by a range if and only if they are in it", () => {
    const number = double({ min: 0, max: MOST_GRADE - 0.1, noNaN: true });
    assert(
      property(oneof(number, tenth), tenth, tenth, (value, from, below) => {
        // Whoever gives a tenth means that tenth, whatever binary makes of it.
        const near = (bound: number) => Math.abs(value - bound) < 1e-6 && value !== bound;
        pre(!near(from) && !near(below) && value < MOST_GRADE);
        const words = new Set(gradesBetween("risk", { from, below }));
        expect(gradeTokens("risk", value).some((token) => words.has(token))).toBe(value >= from && value < below);
      }),
    );
  });

  it("are a bounded number of words, and those of a range are no more than seventy-two", () => {
    assert(
      property(tenth, tenth, (from, below) => {
        expect(gradesBetween("risk", { from, below }).length).toBeLessThanOrEqual(72);
      }),
    );
    expect(gradeTokens("risk", 73.25)).toEqual(["riskx0", "riskx07", "riskx073", "riskx0732"]);
  });

  it("count as the first and the last where they are beyond", () => {
    expect(gradeTokens("risk", -3)).toEqual(gradeTokens("risk", 0));
    expect(gradeTokens("risk", 5e9)).toEqual(gradeTokens("risk", 999.9));
    expect(gradesBetween("risk", {})).toHaveLength(10);
    expect(gradesBetween("risk", { from: 7, below: 7 })).toEqual([]);
  });

  it("are of a name in any case, and of no other", () => {
    expect(scoreKind(" Stress")).toBe(scoreKind("STRESS"));
    expect(scoreKind("Stress")).not.toBe(scoreKind("Stress2"));
    expect(scoreKind("Überraschung")).toMatch(/^[a-z0-9]+$/);
  });
});
