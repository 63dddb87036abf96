import { platformAnalysisIdOf, type CallKey, type Notice, type PlatformFindings } from "../../calls";
import { sql, type SQL } from "drizzle-orm";
import { insertRow, type RowWrite } from "../../db/rows";
import { analyses } from "../../db/schema";
import { PLATFORM_ENGINE } from "../transcription/of-call";
import { keptRiskOf, scoreSetsOf, type KeptReview, type RiskClaim, type ScoreSet } from "./score-set";

type AnalysisRow = typeof analyses.$inferSelect;

/** What the row of an analysis without a recording of ours has for its id. */
export const NO_RECORDING = "";

/** Versions of a platform's engine that are kept beside each other, and kinds of its claims and reviews. */
const MOST_KEPT = 5;

/**
 * The analysis that holds what the platform of a call found itself, with what these notices say folded in; the known
 * one, or undefined, where they say nothing. The order of the notices does not matter: of what is said twice the later
 * counts, by the platform's own clock where it gives one, and a result outranks a failure of the same version.
 */
export function foldPlatformFindings(
  key: CallKey,
  known: AnalysisRow | undefined,
  notices: readonly Pick<Notice, "facts" | "receivedAt" | "replay">[],
  now: number,
): AnalysisRow | undefined {
  const reported = notices.flatMap(({ facts, receivedAt, replay }) =>
    facts.findings ? [{ findings: facts.findings, at: facts.findings.at ?? receivedAt, replay }] : [],
  );
  if (reported.length === 0) return known;
  const named = { id: platformAnalysisIdOf(key.id), engine: PLATFORM_ENGINE, engineVersion: key.sourceKind };
  const before = known ?? unheardAnalysis(key, named, now);
  let sets = scoreSetsOf(before);
  const { judged } = keptRiskOf(before);
  let { claims, reviews } = keptRiskOf(before);
  for (const { findings, at, replay } of reported) {
    sets = take(
      sets,
      setOf(findings, at),
      replay,
      ({ version }) => version ?? "",
      ({ reason }) => (reason === null ? 1 : 0),
    );
    claims = take(claims, claimOf(findings, at), replay, ({ version, level }) => `${level} ${version}`);
    reviews = take(reviews, reviewOf(findings, at), replay, ({ event }) => event);
  }
  const newest = sets.toSorted((one, other) => one.at - other.at).at(-1);
  const failed = sets.length > 0 && claims.length + reviews.length === 0 && sets.every(({ reason }) => reason !== null);
  return {
    ...before,
    engineVersion: newest?.version ?? claims.at(-1)?.version ?? key.sourceKind,
    state: failed ? "failed" : "completed",
    reason: failed ? `not_scored: ${newest?.reason ?? "no reason given"}` : null,
    scores: sets.length > 0 ? sets : null,
    risk: claims.length + reviews.length > 0 ? { claims, reviews, judged } : null,
  };
}

/** An analysis that has ended and rests on no recording of ours, before anything is in it. */
export function unheardAnalysis(
  { id: callId, organizationId }: Pick<CallKey, "id" | "organizationId">,
  named: Pick<AnalysisRow, "id" | "engine" | "engineVersion">,
  now: number,
): AnalysisRow {
  return {
    callId,
    ...named,
    organizationId,
    recordingId: NO_RECORDING,
    state: "completed",
    reason: null,
    dueAt: now,
    attempts: 0,
    leaseUntil: 0,
    claims: 0,
    nudgeAfter: 0,
    giveUpAt: now,
    engines: null,
    findings: null,
    findingsKey: null,
    scores: null,
    risk: null,
    createdAt: now,
    completedAt: now,
  };
}

/** The write that keeps it, in place of what was kept before, where `guard` is true. */
export function keepPlatformAnalysis(row: AnalysisRow, guard: SQL): RowWrite {
  return insertRow(
    analyses,
    row,
    guard,
    sql`ON CONFLICT DO UPDATE SET engine_version = excluded.engine_version, state = excluded.state,
      reason = excluded.reason, scores = excluded.scores, risk = excluded.risk`,
  );
}

function setOf({ version, error, channels }: PlatformFindings, at: number): ScoreSet | null {
  if (channels === null && error === null) return null;
  return {
    engine: PLATFORM_ENGINE,
    version,
    at,
    reason: error,
    indicator: false,
    channels: (channels ?? []).map(({ scores, talkSeconds }, channel) => ({
      channel,
      talkSeconds,
      scores: Object.entries(scores).map(([name, value]) => ({ name, value })),
    })),
  };
}

function claimOf({ version, risk }: PlatformFindings, at: number): RiskClaim | null {
  return risk && { engine: PLATFORM_ENGINE, version, at, ...risk };
}

function reviewOf({ review }: PlatformFindings, at: number): KeptReview | null {
  if (review === null) return null;
  const { event, ...rest } = review;
  return { event, at, ...rest };
}

/** The list with this one in the place of what it outdates, in an order that does not depend on who came first. */
function take<T extends { at: number }>(
  list: readonly T[],
  one: T | null,
  replay: boolean,
  nameOf: (one: T) => string,
  rankOf: (one: T) => number = () => 0,
): T[] {
  if (one === null) return [...list];
  const name = nameOf(one);
  const known = list.find((other) => nameOf(other) === name);
  if (known && !isLater(one, known, replay, rankOf)) return [...list];
  return [...list.filter((other) => other !== known), one]
    .toSorted((left, right) => right.at - left.at || (nameOf(left) < nameOf(right) ? -1 : 1))
    .slice(0, MOST_KEPT)
    .toReversed();
}

function isLater<T extends { at: number }>(one: T, known: T, replay: boolean, rankOf: (one: T) => number): boolean {
  const ranks = rankOf(one) - rankOf(known);
  if (ranks !== 0) return ranks > 0;
  if (one.at !== known.at) return one.at > known.at;
  const [text, knownText] = [JSON.stringify(one), JSON.stringify(known)];
  return replay ? text !== knownText : text > knownText;
}
