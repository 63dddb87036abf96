import type { InboundOutcome } from "../../db/schema";
import { HOUR } from "../../lib/time";
import { adviceOn } from "./advice";
import { hourOf } from "./count";
import { byReason, isNotice, judgeHealth, total, type Verdict } from "./judge";
import type { HourlyCount } from "./read-counts";

/** Requests by what became of them. */
export type OutcomeCounts = Record<InboundOutcome, number>;

export type HealthReport = Verdict & {
  /** Start of the first hour counted, in milliseconds. */
  from: number;
  counts: OutcomeCounts;
  /** Handshakes. These are in no other number. */
  handshakes: number;
  /** Accepted and ignored, of all that came: between 0 and 1, null when nothing did. */
  successRate: number | null;
  /**
   * Why requests were refused, given up or put in quarantine, and what those taken carry a warning of; the most first.
   */
  reasons: {
    outcome: "refused" | "dead" | "quarantined" | "accepted";
    reason: string;
    requests: number;
    lastAt: number;
    advice: string | null;
  }[];
  /** Each hour, empty ones too; the last one is under way. */
  series: ({ hour: number } & OutcomeCounts)[];
};

const NONE: OutcomeCounts = { accepted: 0, ignored: 0, refused: 0, quarantined: 0, dead: 0 };

/**
 * Sums up the last `hours` hours, the one under way among them. `counts` as for `judgeHealth`, and over all those
 * hours.
 */
export function reportHealth(
  state: "active" | "paused",
  counts: readonly HourlyCount[],
  hours: number,
  now: number,
): HealthReport {
  const from = firstHour(hours, now);
  const within = counts.filter(({ hour }) => hour >= from);
  const notices = within.filter(isNotice);
  const sums = countOutcomes(notices);
  const all = total(notices);
  return {
    ...judgeHealth(state, counts, now),
    from,
    counts: sums,
    handshakes: total(within) - all,
    successRate: all === 0 ? null : (sums.accepted + sums.ignored) / all,
    reasons: (["refused", "dead", "quarantined", "accepted"] as const).flatMap((outcome) =>
      byReason(
        notices.filter((count) => count.outcome === outcome && (outcome !== "accepted" || count.reason !== "")),
      ).map((count) => ({
        outcome,
        ...count,
        advice: adviceOn(count.reason)?.text ?? null,
      })),
    ),
    series: Array.from({ length: hours }, (_, index) => {
      const hour = from + index * HOUR;
      return { hour, ...countOutcomes(notices.filter((count) => count.hour === hour)) };
    }),
  };
}

/** The start of the first of the last `hours` hours, of which the one under way is the last. */
export function firstHour(hours: number, now: number): number {
  return hourOf(now) - (hours - 1) * HOUR;
}

function countOutcomes(counts: readonly HourlyCount[]): OutcomeCounts {
  const sums = { ...NONE };
  for (const { outcome, requests } of counts) sums[outcome] += requests;
  return sums;
}
