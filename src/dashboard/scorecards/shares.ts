import { isCounted, type Criterion, type ScorecardDefinition } from "../../quality";

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
