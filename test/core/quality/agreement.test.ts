import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agreementOf, answers, scorecardDefinition, scoreOf, type Opinion } from "../../../src/quality";

const CARD = scorecardDefinition.parse({
  pass_percent: 80,
  sections: [
    {
      id: "all",
      title: "All",
      criteria: [
        { id: "tone", text: "Tone", kind: "scale", max: 1000 },
        { id: "greets", text: "Greets", kind: "yes_no", weight: 0, critical: true },
        { id: "words", text: "In words", kind: "text", weight: 0 },
      ],
    },
  ],
});

/** A review whose score is so many tenths of a percent. */
function opinion(id: string, tenths: number, more: { greets?: string; words?: string } = {}): Opinion {
  const given = answers.parse({
    tone: { value: tenths },
    greets: { value: more.greets ?? "yes" },
    words: { value: more.words ?? "" },
  });
  const result = scoreOf(CARD, given);
  return { id, score: result.score, passed: result.passed, answers: given, result };
}

const ASKED = { wanted: 2, maxSpread: 10, rule: "mean" as const, passPercent: 80 };

describe("what reviewers of a call come to", () => {
  it("is reached within the spread, by the rule that was chosen", () => {
    const three = [opinion("a", 800), opinion("b", 900), opinion("c", 811)];
    const asked = { ...ASKED, wanted: 3 };
    expect(agreementOf(three, asked)).toEqual({
      isReached: true,
      reviewIds: ["a", "c", "b"],
      spread: 10,
      // 80 + 81.1 + 90, in three, a half rounded up.
      score: 83.7,
      passed: true,
      differing: ["tone"],
    });
    expect(agreementOf(three, { ...asked, rule: "median" }).score).toBe(81.1);
    expect(agreementOf(three.slice(0, 2), { ...ASKED, rule: "median" }).score).toBe(85);
    expect(agreementOf(three, { ...asked, rule: "lowest" })).toMatchObject({ score: 80, passed: true });
    expect(agreementOf([opinion("a", 799), opinion("b", 799)], ASKED)).toMatchObject({ score: 79.9, passed: false });
  });

  it("is not reached outside of it, and then rests on nothing", () => {
    expect(agreementOf([opinion("a", 800), opinion("b", 901)], ASKED)).toEqual({
      isReached: false,
      reviewIds: ["a", "b"],
      spread: 10.1,
      score: null,
      passed: null,
      differing: ["tone"],
    });
  });

  it("rests on those who agree, of the same number on the closest, then on the lower", () => {
    const of = (...tenths: number[]) =>
      agreementOf(
        tenths.map((one, at) => opinion(`r${at}`, one)),
        ASKED,
      ).reviewIds;
    expect(of(500, 800, 850)).toEqual(["r1", "r2"]);
    expect(of(700, 780, 850)).toEqual(["r1", "r2"]);
    expect(of(700, 800, 900)).toEqual(["r0", "r1"]);
    // Two of four are no more than half.
    expect(
      agreementOf(
        [100, 150, 800, 850].map((one, at) => opinion(`r${at}`, one)),
        ASKED,
      ).isReached,
    ).toBe(false);
  });

  it("does not pass where half of them or more found what must not be, whatever the score", () => {
    const found = (count: number) =>
      agreementOf(
        ["a", "b", "c"].map((id, at) => opinion(id, 900, { greets: at < count ? "no" : "yes" })),
        { ...ASKED, wanted: 3 },
      ).passed;
    expect([found(0), found(1), found(2), found(3)]).toEqual([true, true, false, false]);
  });

  it("names criteria that were answered differently, and no texts", () => {
    const two = [opinion("a", 900, { words: "One." }), opinion("b", 900, { words: "Other.", greets: "no" })];
    expect(agreementOf(two, ASKED).differing).toEqual(["greets"]);
  });

  it("of reviews in which nothing counted is no score", () => {
    const nothing = { score: null, passed: null, answers: {}, result: null };
    expect(
      agreementOf(
        [
          { id: "a", ...nothing },
          { id: "b", ...nothing },
        ],
        ASKED,
      ),
    ).toMatchObject({
      isReached: true,
      score: null,
      passed: null,
      spread: null,
    });
    expect(agreementOf([{ id: "a", ...nothing }, opinion("b", 800)], ASKED).isReached).toBe(false);
  });

  it("does not depend on their order, and lies within their scores", () => {
    const some = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 5 });
    const rule = fc.constantFrom("mean" as const, "median" as const, "lowest" as const);
    fc.assert(
      fc.property(some, rule, fc.nat({ max: 40 }), fc.integer({ min: 1, max: 5 }), (tenths, chosen, spread, wanted) => {
        const made = tenths.map((one, at) => opinion(`r${at}`, one));
        const asked = { wanted, maxSpread: spread, rule: chosen, passPercent: 80 };
        const found = agreementOf(made, asked);
        expect(agreementOf(made.toReversed(), asked)).toEqual(found);
        const counted = made.flatMap(({ id, score }) => (found.reviewIds.includes(id) ? [score ?? 0] : []));
        expect(found.spread).toBeCloseTo(Math.max(...counted) - Math.min(...counted), 6);
        if (!found.isReached) return;
        expect(counted.length).toBeGreaterThanOrEqual(wanted);
        expect(counted.length * 2).toBeGreaterThan(made.length);
        expect(found.spread).toBeLessThanOrEqual(spread);
        expect(found.score).toBeGreaterThanOrEqual(Math.min(...counted));
        expect(found.score).toBeLessThanOrEqual(Math.max(...counted));
        if (wanted <= made.length && Math.max(...tenths) - Math.min(...tenths) <= spread * 10)
          expect(found.reviewIds).toHaveLength(made.length);
      }),
    );
  });
});
