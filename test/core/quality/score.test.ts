import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  effectsOf,
  scorecardDefinition,
  scoreOf,
  type Answer,
  type Answers,
  type Criterion,
} from "../../../src/quality/scorecards";

type Drawn = { one: Criterion; answered: Answer };

const EMPTY: Answer = { value: null, na: false, comment: "", at_seconds: null };
const PLAIN = { na_allowed: true, critical: false, auto_fail: false, text: "Is it so?" };

/** A criterion and an answer to it that fits. */
function drawn(id: string): fc.Arbitrary<Drawn> {
  const weight = fc.integer({ min: 1, max: 1_000 });
  const na = fc.boolean();
  const yesNo = fc.record({ weight, na, value: fc.constantFrom("yes", "no") }).map((given) => ({
    one: { ...PLAIN, id, kind: "yes_no" as const, weight: given.weight },
    answered: { ...EMPTY, ...(given.na ? { na: true } : { value: given.value }) },
  }));
  const scale = fc
    .record({ weight, na, max: fc.integer({ min: 1, max: 100 }), part: fc.nat() })
    .map(({ max, part, ...given }) => ({
      one: { ...PLAIN, id, kind: "scale" as const, weight: given.weight, max },
      answered: { ...EMPTY, ...(given.na ? { na: true } : { value: part % (max + 1) }) },
    }));
  return fc.oneof(yesNo, scale);
}

const sections = fc
  .array(fc.record({ weight: fc.integer({ min: 1, max: 1_000 }), size: fc.integer({ min: 1, max: 6 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((shapes) =>
    fc.tuple(
      ...shapes.map(({ weight, size }, at) =>
        fc
          .tuple(...Array.from({ length: size }, (_, place) => drawn(`c${at}_${place}`)))
          .map((criteria) => ({ id: `s${at}`, title: "Section", weight, criteria })),
      ),
    ),
  );

type Sections = { id: string; title: string; weight: number; criteria: Drawn[] }[];

function scorecardOf(drawnSections: Sections, pass = 80) {
  const definition = scorecardDefinition.parse({
    pass_percent: pass,
    sections: drawnSections.map((each) => ({ ...each, criteria: each.criteria.map(({ one }) => one) })),
  });
  const all = drawnSections.flatMap(({ criteria }) => criteria);
  const answers: Answers = Object.fromEntries(all.map(({ one, answered }) => [one.id, answered]));
  return { definition, answers, all };
}

/** The score in floating point, by the formula: the mean of sections, each the mean of what counts in it. */
function expected(drawnSections: Sections): number | null {
  const parts = drawnSections.flatMap(({ weight, criteria }) => {
    const counted = criteria.filter(({ answered }) => !answered.na);
    if (counted.length === 0) return [];
    const weights = counted.reduce((sum, { one }) => sum + one.weight, 0);
    const sum = counted.reduce((total, { one, answered }) => {
      const share = one.kind === "scale" ? Number(answered.value) / (one.max ?? 1) : answered.value === "yes" ? 1 : 0;
      return total + one.weight * share;
    }, 0);
    return [{ weight, share: sum / weights }];
  });
  if (parts.length === 0) return null;
  const weights = parts.reduce((sum, { weight }) => sum + weight, 0);
  return (100 * parts.reduce((sum, { weight, share }) => sum + weight * share, 0)) / weights;
}

describe("the score of a scorecard", () => {
  it("is the mean by weight of what counts, rounded to two decimals", () => {
    fc.assert(
      fc.property(sections, (given) => {
        const { definition, answers } = scorecardOf(given);
        const { score, uncapped } = scoreOf(definition, answers);
        const exact = expected(given);
        expect(score).toBe(uncapped);
        if (exact === null) {
          expect(score).toBeNull();
          return;
        }
        expect(Math.abs((score ?? Infinity) - exact)).toBeLessThanOrEqual(0.005 + 1e-9);
        expect(Number((score ?? 0).toFixed(2))).toBe(score);
      }),
    );
  });

  it("gives the weight of what does not apply to the others: it is as if it were not asked", () => {
    fc.assert(
      fc.property(sections, (given) => {
        const { definition, answers } = scorecardOf(given);
        const kept = given
          .map((each) => ({ ...each, criteria: each.criteria.filter(({ answered }) => !answered.na) }))
          .filter(({ criteria }) => criteria.length > 0);
        if (kept.length === 0) return;
        const fewer = scorecardOf(kept);
        expect(scoreOf(definition, answers).score).toBe(scoreOf(fewer.definition, fewer.answers).score);
      }),
    );
  });

  it("does not change with the unit of the weights, nor with the order", () => {
    fc.assert(
      fc.property(sections, fc.integer({ min: 2, max: 9 }), (given, by) => {
        const { definition, answers } = scorecardOf(given);
        const scaled = {
          ...definition,
          sections: definition.sections.toReversed().map((each) => ({
            ...each,
            weight: each.weight * by,
            criteria: each.criteria.toReversed().map((one) => ({ ...one, weight: one.weight * by })),
          })),
        };
        expect(scoreOf(scaled, answers).score).toBe(scoreOf(definition, answers).score);
      }),
    );
  });

  it("is 0 and not passed exactly where a criterion that fails at once is failed, and keeps the score without it", () => {
    fc.assert(
      fc.property(sections, fc.nat(), (given, seed) => {
        const { definition, answers, all } = scorecardOf(given, 0);
        const fatal = all[seed % all.length]!;
        const marked = withCriterion(definition, fatal.one.id, { auto_fail: true });
        const plain = scoreOf(definition, answers);
        const result = scoreOf(marked, answers);
        const failed = !fatal.answered.na && (fatal.answered.value === "no" || fatal.answered.value === 0);
        expect(result.uncapped).toBe(plain.score);
        expect(result.score).toBe(failed ? 0 : plain.score);
        expect(result.autoFailed).toEqual(failed ? [fatal.one.id] : []);
        expect(result.passed).toBe(failed ? false : plain.passed);
      }),
    );
  });

  it("keeps its value where a critical criterion is failed, and the call does not pass", () => {
    fc.assert(
      fc.property(sections, fc.nat(), (given, seed) => {
        const { definition, answers, all } = scorecardOf(given, 0);
        const critical = all[seed % all.length]!;
        const result = scoreOf(withCriterion(definition, critical.one.id, { critical: true }), answers);
        const plain = scoreOf(definition, answers);
        const failed = result.criticalFailed.length > 0;
        expect(result.score).toBe(plain.score);
        expect(result.passed).toBe(failed ? false : plain.passed);
        expect(failed).toBe(
          !critical.answered.na && (critical.answered.value === "no" || critical.answered.value === 0),
        );
      }),
    );
  });

  it("never falls by a better answer", () => {
    fc.assert(
      fc.property(sections, fc.nat(), (given, seed) => {
        const { definition, answers, all } = scorecardOf(given);
        const { one, answered } = all[seed % all.length]!;
        if (answered.na) return;
        const best = { ...answered, value: one.kind === "scale" ? (one.max ?? 1) : "yes" };
        const better = scoreOf(definition, { ...answers, [one.id]: best }).score ?? 0;
        expect(better).toBeGreaterThanOrEqual(scoreOf(definition, answers).score ?? 0);
      }),
    );
  });

  it.for([
    [[1, 2], 66.67],
    [[2, 1], 33.33],
    [[1, 1], 50],
    [[199, 1], 0.5],
    [[7, 1], 12.5],
  ] as const)("rounds a half up: weights %j", ([weights, score]) => {
    const definition = scorecardDefinition.parse({
      sections: [
        {
          id: "s",
          title: "S",
          criteria: weights.map((weight, at) => ({ id: `c${at}`, text: "?", kind: "yes_no", weight })),
        },
      ],
    });
    const answers = { c0: { ...EMPTY, value: "no" }, c1: { ...EMPTY, value: "yes" } };
    expect(scoreOf(definition, answers).score).toBe(score);
  });

  it("rounds 0.005 up: 1 of 800 with weight 1 of 25 is 0.005 %", () => {
    const definition = scorecardDefinition.parse({
      sections: [
        {
          id: "s",
          title: "S",
          criteria: [
            { id: "a", text: "?", kind: "scale", max: 800, weight: 1 },
            { id: "b", text: "?", kind: "yes_no", weight: 24 },
          ],
        },
      ],
    });
    const answers = { a: { ...EMPTY, value: 1 }, b: { ...EMPTY, value: "no" } };
    expect(scoreOf(definition, answers).score).toBe(0.01);
  });
});

function withCriterion(
  definition: ReturnType<typeof scorecardDefinition.parse>,
  id: string,
  changes: Partial<Criterion>,
) {
  const change = (one: Criterion) => (one.id === id ? { ...one, ...changes } : one);
  return {
    ...definition,
    sections: definition.sections.map((each) => ({ ...each, criteria: each.criteria.map(change) })),
  };
}

describe("a criterion with a condition", () => {
  const definition = scorecardDefinition.parse({
    sections: [
      {
        id: "offer",
        title: "Offer",
        criteria: [
          { id: "offered", text: "Was there an offer?", kind: "yes_no", weight: 0, na_allowed: true },
          { id: "good", text: "A good one?", kind: "yes_no", only_if: { criterion: "offered", is: ["yes"] } },
          { id: "why", text: "Why not?", kind: "yes_no", only_if: { criterion: "good", is: ["no"] } },
          { id: "polite", text: "Polite?", kind: "yes_no" },
        ],
      },
    ],
  });
  const given = (values: Record<string, string>): Answers =>
    Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { ...EMPTY, value }]));

  it("is open only once its condition is met, and so is what depends on it", () => {
    expect(scoreOf(definition, given({ polite: "yes" })).open).toEqual(["offered"]);
    expect(scoreOf(definition, given({ polite: "yes", offered: "no" })).open).toEqual([]);
    expect(scoreOf(definition, given({ polite: "yes", offered: "yes" })).open).toEqual(["good"]);
    expect(scoreOf(definition, given({ polite: "yes", offered: "yes", good: "no" })).open).toEqual(["why"]);
  });

  it("counts nothing while it is not asked, even with an answer from before", () => {
    const before = given({ polite: "yes", offered: "no", good: "no", why: "no" });
    expect(scoreOf(definition, before).score).toBe(100);
    expect(scoreOf(definition, { ...before, offered: { ...EMPTY, value: "yes" } }).score).toBe(33.33);
    expect(scoreOf(definition, { ...before, offered: { ...EMPTY, value: "yes", na: true } }).score).toBe(100);
  });
});

describe("a scorecard that is refused", () => {
  const first = { id: "a", text: "?", kind: "yes_no" };
  it.for([
    ["two criteria of one id", [first, first], "sections.0.criteria.1.id"],
    ["a scale without points", [{ ...first, kind: "scale" }], "sections.0.criteria.0.max"],
    ["a choice without options", [{ ...first, kind: "choice" }], "sections.0.criteria.0.options"],
    [
      "a remark that can be failed",
      [first, { ...first, id: "b", kind: "text", critical: true }],
      "sections.0.criteria.1.kind",
    ],
    ["nothing that counts", [{ ...first, weight: 0 }], "sections"],
    [
      "a condition on what comes later",
      [
        { ...first, only_if: { criterion: "b", is: ["yes"] } },
        { ...first, id: "b" },
      ],
      "sections.0.criteria.0.only_if",
    ],
    [
      "a condition on no answer",
      [first, { ...first, id: "b", only_if: { criterion: "a", is: ["maybe"] } }],
      "sections.0.criteria.1.only_if",
    ],
  ] as const)("has %s", ([, criteria, path]) => {
    const parsed = scorecardDefinition.safeParse({ sections: [{ id: "s", title: "S", criteria }] });
    expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toContain(path);
  });
});

describe("what each criterion does to the score", () => {
  const card = scorecardDefinition.parse({
    pass_percent: 80,
    sections: [
      {
        id: "opening",
        title: "Opening",
        weight: 1,
        criteria: [
          { id: "greeting", text: "Greets", kind: "yes_no", weight: 3 },
          { id: "tone", text: "Friendly", kind: "scale", max: 5, weight: 1, critical: true },
          { id: "why", text: "Why not?", kind: "yes_no", weight: 4, only_if: { criterion: "greeting", is: ["no"] } },
        ],
      },
      {
        id: "law",
        title: "Law",
        weight: 3,
        criteria: [
          { id: "told", text: "Recorded", kind: "yes_no", auto_fail: true },
          { id: "note", text: "Else", kind: "text" },
        ],
      },
    ],
  });

  it("is its share, and the score where it alone is failed, as the arithmetic has it", () => {
    const shown = effectsOf(card).map(({ one, share, alone }) => [one.id, share, alone?.score, alone?.passed]);
    expect(shown).toEqual([
      // Failed, it has the one asked that depends on it, which has its points.
      ["greeting", 9.375, 90.63, true],
      ["tone", 3.125, 93.75, false],
      ["why", 12.5, undefined, undefined],
      ["told", 75, 0, false],
      ["note", null, undefined, undefined],
    ]);
  });

  it("adds up to the whole, and takes from the score what its share is, of any scorecard without conditions", () => {
    fc.assert(
      fc.property(sections, (given) => {
        const { definition } = scorecardOf(given);
        const effects = effectsOf(definition);
        const sum = effects.reduce((total, { share }) => total + (share ?? 0), 0);
        expect(sum).toBeCloseTo(100, 6);
        for (const { share, alone } of effects) expect(alone?.score).toBeCloseTo(100 - (share ?? 0), 1);
      }),
    );
  });
});
