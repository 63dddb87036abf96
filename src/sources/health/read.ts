import type { Database } from "../../db/client";
import type { SourceView } from "../config";
import { judgeHealth, STATUS_SPAN, type Verdict, byReason, isNotice, total } from "./judge";
import { lastAcceptedAt, readCounts, hourOf, type HourlyCount } from "./counts";
import type { InboundOutcome } from "../../db/schema";
import { HOUR } from "../../lib/time";

type Judged = Pick<SourceView, "id" | "kind" | "state" | "organizationId">;

/** How one source did in the last `hours` hours, with when its last accepted request came (milliseconds). */
export async function readSourceHealth(
  db: Database,
  source: Judged,
  hours: number,
  now: number,
): Promise<HealthReport & { lastAcceptedAt: number | null }> {
  const since = Math.min(firstHour(hours, now), now - STATUS_SPAN);
  const counts = await readCounts(db, source.organizationId, [source], since);
  const report = reportHealth(source.state, counts.get(source.id) ?? [], hours, now);
  return { ...report, lastAcceptedAt: (await lastAcceptedAt(db, source.organizationId, source)) ?? null };
}

/** The state each of an organization's sources is in, by its id: one query for all. */
export async function judgeSources(
  db: Database,
  organizationId: string,
  sources: readonly Judged[],
  now: number,
): Promise<Map<string, Verdict>> {
  const counts = await readCounts(db, organizationId, sources, now - STATUS_SPAN);
  return new Map(sources.map(({ id, state }) => [id, judgeHealth(state, counts.get(id) ?? [], now)]));
}

/** How each of an organization's sources did in the last `hours` hours, by its id: one query for all. */
export async function reportSources(
  db: Database,
  organizationId: string,
  sources: readonly Judged[],
  hours: number,
  now: number,
): Promise<Map<string, HealthReport>> {
  const since = Math.min(firstHour(hours, now), now - STATUS_SPAN);
  const counts = await readCounts(db, organizationId, sources, since);
  return new Map(sources.map(({ id, state }) => [id, reportHealth(state, counts.get(id) ?? [], hours, now)]));
}

/** Requests by what became of them. */
export type OutcomeCounts = Record<InboundOutcome, number>;

/** Requests that made or changed a call: those whose call waits for a campaign too. */
export function takenOf({ accepted, quarantined }: Pick<OutcomeCounts, "accepted" | "quarantined">): number {
  return accepted + quarantined;
}

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
      ).map((count) => ({ outcome, ...count })),
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
