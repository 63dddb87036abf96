import type { Answer, Answers } from "./answers";
import { askedOf, isAnswered, isCounted } from "./asked";
import type { Criterion, ScorecardDefinition } from "./shape";

// The arithmetic of a scorecard. Fractions are exact until the one rounding at the end, so no order of criteria and no
// size of weights changes a score.

/** What became of one criterion: its points, and its share of the whole score where it counts. */
export type CriterionScore = { id: string; percent: number | null; counted: boolean; failed: boolean };
export type SectionScore = { id: string; percent: number | null };

export type Score = {
  /** Percent with two decimals; null while nothing counts. 0 where a criterion that fails at once is failed. */
  score: number | null;
  /** The score without such a failure. */
  uncapped: number | null;
  passed: boolean | null;
  /** The criteria that fail at once, and the critical ones, that are failed. */
  autoFailed: string[];
  criticalFailed: string[];
  /** What is asked and not yet answered. */
  open: string[];
  sections: SectionScore[];
  criteria: CriterionScore[];
};

/** A fraction of whole numbers; the lower one is above 0. */
type Fraction = { up: bigint; low: bigint };

/**
 * The score of answers. What does not apply, is not asked or is open leaves its weight to the others of its section, and
 * a section without anything that counts leaves its weight to the other sections.
 */
export function scoreOf(definition: ScorecardDefinition, given: Answers): Score {
  const asked = askedOf(definition, given);
  const open: string[] = [];
  const autoFailed: string[] = [];
  const criticalFailed: string[] = [];
  const criteria: CriterionScore[] = [];
  const sections = definition.sections.map((section) => {
    const parts = section.criteria.flatMap((one) => {
      const answered = given[one.id];
      if (asked.has(one.id) && !isAnswered(one, answered)) open.push(one.id);
      const share = asked.has(one.id) && answered && !answered.na ? shareOf(one, answered) : null;
      const failed = share !== null && isFailed(one, share);
      if (failed && one.auto_fail) autoFailed.push(one.id);
      if (failed && one.critical) criticalFailed.push(one.id);
      const counted = share !== null && isCounted(one);
      criteria.push({ id: one.id, percent: share && percentOf(share), counted, failed });
      return counted ? [{ weight: one.weight, share }] : [];
    });
    return { id: section.id, weight: section.weight, share: meanOf(parts) };
  });
  const whole = meanOf(sections.flatMap(({ weight, share }) => (share && weight > 0 ? [{ weight, share }] : [])));
  const uncapped = whole && percentOf(whole);
  const isFatal = autoFailed.length > 0;
  const score = isFatal ? 0 : uncapped;
  const passes = score === null ? null : score >= definition.pass_percent;
  return {
    score,
    uncapped,
    passed: isFatal || criticalFailed.length > 0 ? false : passes,
    autoFailed,
    criticalFailed,
    open,
    sections: sections.map(({ id, share }) => ({ id, percent: share && percentOf(share) })),
    criteria,
  };
}

/** The part of the whole that each criterion which counts had, in percent: of what does not count, others have it. */
export function sharesOfScore({ sections }: ScorecardDefinition, { criteria, sections: scored }: Score) {
  const counted = new Set(criteria.flatMap((one) => (one.counted ? [one.id] : [])));
  const parts = sections.filter(
    ({ id, weight }) => weight > 0 && scored.some((one) => one.id === id && one.percent !== null),
  );
  const whole = parts.reduce((sum, { weight }) => sum + weight, 0);
  return new Map(
    parts.flatMap((section) => {
      const ofIt = section.criteria.filter(({ id }) => counted.has(id));
      const weights = ofIt.reduce((sum, { weight }) => sum + weight, 0);
      return ofIt.map(({ id, weight }) => [id, (100 * section.weight * weight) / (whole * weights)] as const);
    }),
  );
}

/** The part of its points that an answer has; null for one that has none to give. */
function shareOf({ kind, max = 1, options = [] }: Criterion, { value }: Answer): Fraction | null {
  if (value === null || kind === "text") return null;
  if (kind === "yes_no") return { up: value === "yes" ? 1n : 0n, low: 1n };
  if (kind === "scale")
    return typeof value === "number" ? { up: BigInt(Math.min(value, max)), low: BigInt(max) } : null;
  const most = Math.max(1, ...options.map(({ points }) => points));
  const chosen = options.find(({ id }) => id === value);
  return chosen ? { up: BigInt(chosen.points), low: BigInt(most) } : null;
}

function isFailed({ fails_below: limit }: Criterion, share: Fraction): boolean {
  return limit === undefined ? share.up === 0n : percentOf(share) < limit;
}

/** The mean by weight; null of nothing. Weights are above 0. */
function meanOf(parts: readonly { weight: number; share: Fraction }[]): Fraction | null {
  const weights = parts.reduce((sum, { weight }) => sum + BigInt(weight), 0n);
  if (weights === 0n) return null;
  const low = parts.reduce((product, { share }) => product * share.low, 1n);
  const up = parts.reduce((sum, { weight, share }) => sum + (BigInt(weight) * share.up * low) / share.low, 0n);
  return reduced({ up, low: low * weights });
}

function reduced({ up, low }: Fraction): Fraction {
  let [one, other] = [up, low];
  while (other !== 0n) [one, other] = [other, one % other];
  return one === 0n ? { up, low } : { up: up / one, low: low / one };
}

/** Percent with two decimals; a half is rounded up. */
function percentOf({ up, low }: Fraction): number {
  return Number((up * 20_000n + low) / (2n * low)) / 100;
}
