import { DAY, toIso } from "../../lib/time";
import { adviceOn } from "./advice";
import { hourOf, type HourlyCount } from "./counts";

/**
 * `active`: notices arrive. `paused`: they are kept and make no calls. `quiet`: none in the last 24 hours. `failing`:
 * most of the latest were refused. `never`: none at all, as far back as is counted.
 */
export type HealthStatus = "active" | "paused" | "quiet" | "failing" | "never";

/** The health of a source, in a word, and in a sentence with the reason and what to do. */
export type Verdict = { status: HealthStatus; message: string; lastNoticeAt: number | null };

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
  if (state === "paused") return { status: "paused", message: PAUSED, lastNoticeAt };
  if (lastNoticeAt === null) return { status: "never", message: NEVER, lastNoticeAt };
  const current = notices.filter(({ hour }) => hour > hourOf(now - STATUS_SPAN));
  if (current.length === 0) return { status: "quiet", message: quiet(lastNoticeAt), lastNoticeAt };
  const hours = [...new Set(current.map(({ hour }) => hour))].slice(-LATEST_HOURS);
  const latest = current.filter(({ hour }) => hours.includes(hour));
  const failures = latest.filter(isFailure);
  const good = total(latest) - total(failures);
  const blamed = good > 0 ? failures.filter(({ reason }) => !adviceOn(reason)?.unproven) : failures;
  if (total(blamed) > good) return { status: "failing", message: failing(blamed), lastNoticeAt };
  return { status: "active", message: active(current), lastNoticeAt };
}

const NEVER =
  "Nothing has come yet. Set the platform up as this source's guide says (`GET /v1/sources/{id}/guide`), then make a call.";
const PAUSED =
  "The source is paused: what comes is kept and makes no calls. Resume it, then replay what came meanwhile (reason `source_paused`).";

function quiet(lastNoticeAt: number): string {
  return `Nothing has come since ${toIso(lastNoticeAt)}. If there were calls since, look whether the platform still sends to this source's address, and what it was answered.`;
}

function failing(blamed: readonly HourlyCount[]): string {
  const [worst] = byReason(blamed);
  if (!worst) return "";
  const advice = adviceOn(worst.reason)?.text ?? "The inbound log says what was sent (`GET /v1/inbound`).";
  return `Most of what came lately was turned away: \`${worst.reason}\`, ${times(worst.requests)}, last at ${toIso(worst.lastAt)}. ${advice}`;
}

function active(current: readonly HourlyCount[]): string {
  const failures = current.filter(isFailure);
  const waiting = current.filter(({ outcome }) => outcome === "quarantined");
  const [worst] = byReason([...failures, ...waiting]);
  const arrived = `Notices arrive: ${total(current) - total(failures)} in the last 24 hours.`;
  if (!worst) return arrived;
  const kind = failures.some(({ reason }) => reason === worst.reason) ? "turned away" : "in quarantine";
  return `${arrived} Some were ${kind}: \`${worst.reason}\`, ${times(worst.requests)}. ${adviceOn(worst.reason)?.text ?? ""}`.trim();
}

function times(requests: number): string {
  return requests === 1 ? "once" : `${requests} times`;
}
