import { DAY } from "../../lib/time";
import { hourOf, type HourlyCount } from "./counts";
import { isUnproven } from "./unproven";

/**
 * `active`: notices arrive. `paused`: they are kept and make no calls. `quiet`: none in the last 24 hours. `failing`:
 * most of the latest were refused. `never`: none at all, as far back as is counted.
 */
export type HealthStatus = "active" | "paused" | "quiet" | "failing" | "never";

/**
 * What is wrong with a source: the reason that most of the requests had, what came of them, how many they were, and
 * since when (the start of an hour, in milliseconds).
 */
export type SourceTrouble = {
  reason: string;
  event: "refused" | "dead" | "quarantined";
  requests: number;
  since: number;
};

/**
 * What pages say of a source, which its status alone does not tell: `troubled` is one that takes notices and turned some of
 * the last 24 hours away, or has calls that wait for a campaign.
 */
export type SourceStanding = HealthStatus | "troubled";

/** The one verdict that every page shows and counts by. */
export function standingOf({ status, trouble }: Pick<Verdict, "status" | "trouble">): SourceStanding {
  return status === "active" && trouble !== null ? "troubled" : status;
}

/** Whether a person has to do something: not where they chose it, not before anything came, and not where nothing comes. */
export function sourceNeedsSomeone(standing: SourceStanding): boolean {
  return standing === "failing" || standing === "troubled";
}

/** The health of a source. `arrived`: notices of the last 24 hours that were not turned away. */
export type Verdict = {
  status: HealthStatus;
  trouble: SourceTrouble | null;
  arrived: number;
  lastNoticeAt: number | null;
};

/** What a status is judged by. */
export const STATUS_SPAN = DAY;
/** The latest hours with traffic that decide whether a source is failing. */
const LATEST_HOURS = 2;

/** Whether a count is of notices: a handshake is about no call. */
export function isNotice(count: Pick<HourlyCount, "reason">): boolean {
  return count.reason !== "handshake";
}

/** Whether what was counted came to nothing: refused, or given up by us. */
export function isFailure({ outcome }: Pick<HourlyCount, "outcome">): boolean {
  return outcome === "refused" || outcome === "dead";
}

/** The most requests first, reasons that are the same added up. */
export function byReason(counts: readonly HourlyCount[]): { reason: string; requests: number; lastAt: number }[] {
  const reasons = new Map<string, { reason: string; requests: number; lastAt: number }>();
  for (const { reason, requests, lastAt } of counts) {
    const known = reasons.get(reason) ?? { reason, requests: 0, lastAt: 0 };
    reasons.set(reason, { reason, requests: known.requests + requests, lastAt: Math.max(known.lastAt, lastAt) });
  }
  return [...reasons.values()].toSorted((one, other) => other.requests - one.requests);
}

export function total(counts: readonly HourlyCount[]): number {
  return counts.reduce((sum, { requests }) => sum + requests, 0);
}

/**
 * Judges a source by its counts of at least the last 24 hours, oldest first (`readCounts`). Failing: more than half of
 * what came in the latest two hours with traffic was refused or given up. A source that gets good notices is not made
 * failing by refusals of unproven senders: anyone can send those.
 */
export function judgeHealth(state: "active" | "paused", counts: readonly HourlyCount[], now: number): Verdict {
  const notices = counts.filter(isNotice);
  const last = notices.reduce((latest, { lastAt }) => Math.max(latest, lastAt), 0);
  const lastNoticeAt = last === 0 ? null : last;
  const current = notices.filter(({ hour }) => hour > hourOf(now - STATUS_SPAN));
  const arrived = total(current) - total(current.filter(isFailure));
  const verdict = (status: HealthStatus, counted: readonly HourlyCount[] = []): Verdict => ({
    status,
    trouble: troubleIn(counted),
    arrived,
    lastNoticeAt,
  });
  if (state === "paused") return verdict("paused");
  if (lastNoticeAt === null) return verdict("never");
  if (current.length === 0) return verdict("quiet");
  const hours = [...new Set(current.map(({ hour }) => hour))].slice(-LATEST_HOURS);
  const latest = current.filter(({ hour }) => hours.includes(hour));
  const failures = latest.filter(isFailure);
  const good = total(latest) - total(failures);
  const blamed = good > 0 ? failures.filter(({ reason }) => !isUnproven(reason)) : failures;
  if (total(blamed) > good) return verdict("failing", blamed);
  return verdict(
    "active",
    current.filter((count) => isFailure(count) || count.outcome === "quarantined"),
  );
}

/** The most frequent reason of these, with what came of its latest request. */
function troubleIn(counts: readonly HourlyCount[]): SourceTrouble | null {
  const [worst] = byReason(counts);
  if (!worst) return null;
  const own = counts.filter(({ reason }) => reason === worst.reason);
  const { outcome } = own.reduce((last, one) => (one.lastAt > last.lastAt ? one : last));
  const event = outcome === "dead" || outcome === "quarantined" ? outcome : "refused";
  return { reason: worst.reason, event, requests: worst.requests, since: Math.min(...own.map(({ hour }) => hour)) };
}
