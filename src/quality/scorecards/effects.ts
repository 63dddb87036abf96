import type { Answer, Answers } from "./answers";
import { criteriaOf, isCounted } from "./asked";
import type { Criterion, ScorecardDefinition } from "./shape";
import { scoreOf } from "./score";

// What each criterion of a scorecard does to the score. No values are imported but those of the arithmetic: the editor's
// page runs this too.

/** The part of the score that each criterion has where everything applies, in percent; null where it has none. */
export function sharesOf({ sections }: ScorecardDefinition): { one: Criterion; percent: number | null }[] {
  const weights = sections.map(({ criteria }) =>
    criteria.reduce((sum, one) => sum + (isCounted(one) ? one.weight : 0), 0),
  );
  const whole = sections.reduce((sum, { weight }, at) => sum + (weights[at] ? weight : 0), 0);
  return sections.flatMap(({ weight, criteria }, at) =>
    criteria.map((one) => {
      const share = isCounted(one) && weight > 0 ? (weight * one.weight) / (whole * (weights[at] ?? 1)) : null;
      return { one, percent: share === null ? null : 100 * share };
    }),
  );
}

/** `share`: as above. `alone`: the score where it has no points and all others have theirs; null where it has no answer. */
export type Effect = {
  one: Criterion;
  share: number | null;
  alone: { score: number | null; passed: boolean | null } | null;
};

/** What each criterion does, in their order. One that is asked only after a bad answer is not asked where all are good. */
export function effectsOf(definition: ScorecardDefinition): Effect[] {
  const best: Answers = Object.fromEntries(criteriaOf(definition).map((one) => [one.id, answerOf(one, true)]));
  const good = new Set(scoreOf(definition, best).criteria.flatMap(({ id, percent }) => (percent === null ? [] : [id])));
  return sharesOf(definition).map(({ one, percent: share }) => {
    if (!good.has(one.id)) return { one, share, alone: null };
    const { score, passed } = scoreOf(definition, { ...best, [one.id]: answerOf(one, false) });
    return { one, share, alone: { score, passed } };
  });
}

/** The answer with most points, or with fewest. */
function answerOf({ kind, max = 0, options = [] }: Criterion, isBest: boolean): Answer {
  const sorted = options.toSorted((one, other) => one.points - other.points);
  const values = {
    yes_no: isBest ? "yes" : "no",
    scale: isBest ? max : 0,
    choice: (isBest ? sorted.at(-1) : sorted[0])?.id ?? null,
    text: null,
  };
  return { value: values[kind], na: false, comment: "", at_seconds: null };
}
