import type { OpinionSettings } from "../../db/schema";
import type { Answers, Score } from "../scorecards";

// When several reviewers of a call agree. Pure, and in hundredths of a point, so that no order of them changes the score.

/** A completed review, as far as it counts. */
export type Opinion = {
  id: string;
  score: number | null;
  passed: boolean | null;
  answers: Answers | null;
  result: Score | null;
};

export type Agreement = {
  /** Whether enough of them are within the spread. */
  isReached: boolean;
  /** The reviews that it rests on; where it is not reached, all. */
  reviewIds: string[];
  /** Points between the lowest and the highest of these; null where one of them has no score. */
  spread: number | null;
  score: number | null;
  passed: boolean | null;
  /** The criteria that these answered differently, in the order of the first of them. */
  differing: string[];
};

type Asked = Pick<OpinionSettings, "wanted" | "maxSpread" | "rule"> & {
  /** The pass mark, in percent. */
  passPercent: number;
};

/**
 * What reviews of a call by different people come to. It is reached where at least `wanted` of them, and more than half,
 * have scores within the spread of each other: of several such groups the largest counts, then the closest, then the one with
 * the lower scores. Reviews without a score agree only with each other.
 */
export function agreementOf(opinions: readonly Opinion[], asked: Asked): Agreement {
  const ordered = opinions.toSorted(
    (one, other) => (one.score ?? -1) - (other.score ?? -1) || compare(one.id, other.id),
  );
  const scoreless = ordered.filter(({ score }) => score === null);
  const scored = ordered.filter(({ score }) => score !== null);
  const groups = [scoreless, ...scored.map((_, from) => within(scored.slice(from), asked.maxSpread))];
  const [best = []] = groups.toSorted(
    (one, other) => other.length - one.length || (spreadOf(one) ?? 0) - (spreadOf(other) ?? 0),
  );
  const isReached = best.length > 0 && best.length >= asked.wanted && best.length * 2 > opinions.length;
  const counting = isReached ? best : ordered;
  const score = isReached ? scoreOfGroup(counting, asked.rule) : null;
  return {
    isReached,
    reviewIds: counting.map(({ id }) => id),
    spread: spreadOf(counting),
    score,
    passed: isReached ? passes(counting, score, asked.passPercent) : null,
    differing: differingOf(counting),
  };
}

/** The first of them, which are in order of their scores, up to the last that is within the spread of the lowest. */
function within(ordered: readonly Opinion[], maxSpread: number): Opinion[] {
  const lowest = hundredths(ordered[0]?.score ?? 0);
  return ordered.filter(({ score }) => hundredths(score ?? 0) - lowest <= Math.round(maxSpread * 100));
}

function spreadOf(group: readonly Opinion[]): number | null {
  const scores = group.flatMap(({ score }) => (score === null ? [] : [hundredths(score)]));
  if (scores.length < group.length || scores.length === 0) return null;
  return (Math.max(...scores) - Math.min(...scores)) / 100;
}

function scoreOfGroup(group: readonly Opinion[], rule: OpinionSettings["rule"]): number | null {
  const scores = group
    .flatMap(({ score }) => (score === null ? [] : [hundredths(score)]))
    .toSorted((one, other) => one - other);
  if (scores.length === 0) return null;
  const middle = scores.slice(Math.floor((scores.length - 1) / 2), Math.floor(scores.length / 2) + 1);
  const counting = { mean: scores, median: middle, lowest: scores.slice(0, 1) }[rule];
  const sum = counting.reduce((total, one) => total + one, 0);
  // A half is rounded up, as in a scorecard.
  return Math.floor((2 * sum + counting.length) / (2 * counting.length)) / 100;
}

/** It passes by its score, unless half of them or more found something with which a call does not pass whatever its score. */
function passes(group: readonly Opinion[], score: number | null, passPercent: number): boolean | null {
  const fatal = group.filter(
    ({ result }) => result !== null && (result.autoFailed.length > 0 || result.criticalFailed.length > 0),
  );
  if (fatal.length * 2 >= group.length) return false;
  return score === null ? null : score >= passPercent;
}

/** Criteria that not all of them answered alike. Texts are nobody's to compare. */
function differingOf(group: readonly Opinion[]): string[] {
  const ids = [...new Set(group.flatMap(({ answers }) => Object.keys(answers ?? {})))];
  return ids.filter((id) => {
    const given = group.map((one) => answered(one, id));
    return given.some((one) => one !== given[0]);
  });
}

/** What was answered, without the remark; the same for all answers that have no points. */
function answered({ answers, result }: Opinion, id: string): string {
  const answer = answers?.[id];
  if (!answer) return "";
  if (answer.na) return "na";
  const hasPoints = result?.criteria.some((one) => one.id === id && one.percent !== null) ?? false;
  return hasPoints ? String(answer.value) : "";
}

function hundredths(score: number): number {
  return Math.round(score * 100);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
