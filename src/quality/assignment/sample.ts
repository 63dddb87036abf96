import type { ReviewSample } from "../../db/schema";
import { hashOf } from "../../lib/fnv";
import { DAY } from "../../lib/time";

/** What engines found of a call that a sample may ask for. */
export type Found = { risk: number | null; scores: readonly { name: string; value: number }[] };

/**
 * Whether a sample takes a call. What its findings call for is taken in any case and uses nothing up; otherwise it goes by
 * the percentage, which is the same for the same call whenever it is asked, and by what the operator's week has left.
 */
export function takes(
  sample: ReviewSample,
  { taskId, found, ofOperator }: { taskId: string; found: Found; ofOperator: number },
): "found" | "drawn" | null {
  if (isCalledFor(sample, found)) return "found";
  const { percent, perOperatorWeek } = sample;
  if (percent === undefined && perOperatorWeek === undefined) return null;
  if (perOperatorWeek !== undefined && ofOperator >= perOperatorWeek) return null;
  return isDrawn(taskId, percent ?? 100) ? "drawn" : null;
}

/** Whether an id is among so many of a hundred. */
export function isDrawn(id: string, percent: number): boolean {
  return hashOf(`sample ${id}`) % 10_000 < percent * 100;
}

function isCalledFor({ riskFrom, scores = [] }: ReviewSample, found: Found): boolean {
  if (riskFrom !== undefined && found.risk !== null && found.risk >= riskFrom) return true;
  return scores.some(({ name, from = -Infinity, to = Infinity }) =>
    found.scores.some((one) => one.name === name && one.value >= from && one.value <= to),
  );
}

/** Whether it takes findings to say which calls a sample takes. */
export function needsFindings({ riskFrom, scores = [] }: ReviewSample): boolean {
  return riskFrom !== undefined || scores.length > 0;
}

/** The Monday, in UTC, with which the week of a moment begins. */
export function weekOf(moment: number): number {
  const day = Math.floor(moment / DAY);
  // The first of January 1970 was a Thursday.
  return (day - ((day + 3) % 7)) * DAY;
}
