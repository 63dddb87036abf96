import { z } from "zod";
import type { analyses } from "../../db/schema";
import type { AboutSnapshot, PlatformReviewSnapshot, RiskLevel, RiskSnapshot, ScoreSetSnapshot } from "../../events";
import { toIso } from "../../lib/time";
import { judged } from "../rules/judge";
import { storedAbout, summaryOf, type AboutCall } from "./about-call";

type Row = Pick<typeof analyses.$inferSelect, "scores" | "risk">;

const ms = z.number().int().nonnegative();

/** A score as a row holds it: what most have not is left out. `value` null: no evidence, so it does not score. */
const storedScore = z.object({
  name: z.string(),
  value: z.number().nullable(),
  scale: z.tuple([z.number(), z.number()]).optional(),
  why: z.string().optional(),
  quote: z.object({ text: z.string(), start: ms, end: ms }).optional(),
});

export const storedSet = z.object({
  engine: z.string(),
  version: z.string().nullable(),
  /** When it was found, in milliseconds. */
  at: z.number().int(),
  reason: z.string().nullable(),
  indicator: z.boolean(),
  channels: z.array(
    z.object({
      channel: z.number().int().nonnegative(),
      talkSeconds: z.number().nullable(),
      scores: z.array(storedScore),
    }),
  ),
  /** What the engine says of the whole call; absent where it was not asked. */
  about: storedAbout.optional(),
});

const storedSets = z.array(storedSet);

/** The named numbers that one engine gave, in one version. */
export type ScoreSet = z.infer<typeof storedSet>;

const claim = z.object({
  engine: z.string(),
  version: z.string().nullable(),
  at: z.number().int(),
  score: z.number().nullable(),
  level: z.enum(["high", "critical"]).nullable(),
  evidence: z.array(z.string()),
});

const review = z.object({
  event: z.string(),
  at: z.number().int(),
  by: z.string().nullable(),
  result: z.string().nullable(),
  note: z.string().nullable(),
});

const storedRisk = z.object({
  claims: z.array(claim),
  reviews: z.array(review),
  /** The rules that hold, and the steps of scripts; absent from before there were rules. */
  judged: z.array(judged).default([]),
});

export type RiskClaim = z.infer<typeof claim>;
export type KeptReview = z.infer<typeof review>;
export type KeptRisk = z.infer<typeof storedRisk>;

/** The score sets of an analysis; none for a form that only a later version reads. */
export function scoreSetsOf({ scores }: Pick<Row, "scores">): ScoreSet[] {
  return scores === null ? [] : (storedSets.safeParse(scores).data ?? []);
}

export function keptRiskOf({ risk }: Pick<Row, "risk">): KeptRisk {
  const known = risk === null ? undefined : storedRisk.safeParse(risk).data;
  return known ?? { claims: [], reviews: [], judged: [] };
}

/** How much an analysis warns of its call; null where it does not. */
export function riskLevelOf(row: Pick<Row, "risk">): RiskLevel | null {
  return row.risk === null ? null : (riskOf(keptRiskOf(row).claims)?.level ?? null);
}

/** The public shape of the scores and the risk of an analysis. `sets`: the scores with what the row does not hold. */
export function snapshotScores(
  row: Row,
  sets: readonly ScoreSet[] = scoreSetsOf(row),
): {
  risk_score: number | null;
  scores: (Record<string, number> | null)[] | null;
  score_sets: ScoreSetSnapshot[];
  risk: RiskSnapshot | null;
  platform_reviews: PlatformReviewSnapshot[];
} {
  const { claims, reviews } = keptRiskOf(row);
  const risk = riskOf(claims);
  return {
    risk_score: risk?.score ?? null,
    scores: scoresByChannel(sets),
    score_sets: sets.map(snapshotSet),
    risk,
    platform_reviews: reviews.map(({ at, ...one }) => ({ ...one, at: toIso(at) })),
  };
}

/** The scores of all engines by channel; null where there are none. Of one name the first counts, an indicator last. */
function scoresByChannel(sets: readonly ScoreSet[]): (Record<string, number> | null)[] | null {
  const channels: Map<string, number>[] = [];
  for (const set of sets.toSorted((one, other) => Number(one.indicator) - Number(other.indicator)))
    for (const { channel, scores } of set.channels) {
      while (channels.length <= channel) channels.push(new Map());
      const known = channels[channel]!;
      for (const { name, value } of scores) if (value !== null && !known.has(name)) known.set(name, value);
    }
  const isScored = channels.some((known) => known.size > 0);
  return isScored ? channels.map((known) => (known.size === 0 ? null : Object.fromEntries(known))) : null;
}

function snapshotSet({ engine, version, at, reason, indicator, channels, about }: ScoreSet): ScoreSetSnapshot {
  return {
    engine,
    version,
    indicator,
    state: reason === null ? "completed" : "failed",
    reason,
    completed_at: toIso(at),
    channels: channels.map(({ channel, talkSeconds, scores }) => ({
      channel,
      talk_seconds: talkSeconds,
      scores: scores.map(({ name, value, scale, why, quote }) => ({
        name,
        value,
        scale: scale ? { min: scale[0], max: scale[1] } : null,
        explanation: why ?? null,
        quote: snapshotQuote(quote),
      })),
    })),
    about: about ? snapshotAbout(about) : null,
  };
}

function snapshotAbout(about: AboutCall): AboutSnapshot {
  const { reason, statements, topics, sentiments } = about;
  return {
    summary: summaryOf(about),
    reason,
    statements: statements.map(({ text, quote }) => ({ text, quote: quoted(quote) })),
    topics: topics.map(({ name, quote }) => ({ name, quote: snapshotQuote(quote) })),
    sentiments: sentiments.map(({ channel, value, why, quote }) => ({
      channel,
      value,
      explanation: why ?? null,
      quote: snapshotQuote(quote),
    })),
  };
}

type Quote = { text: string; start: number; end: number };

function snapshotQuote(quote: Quote | undefined) {
  return quote ? quoted(quote) : null;
}

function quoted({ text, start, end }: Quote) {
  return { text, start_seconds: start / 1000, end_seconds: end / 1000 };
}

/** What all claims come to: the last score, the highest level, and what they all rest on. */
export function riskOf(claims: readonly RiskClaim[]): RiskSnapshot | null {
  // Platforms write seconds: of what was said at one moment the more serious counts.
  const newestFirst = claims.toSorted((one, other) => other.at - one.at || seriousness(other) - seriousness(one));
  const [newest] = newestFirst;
  if (!newest) return null;
  return {
    score: newestFirst.find(({ score }) => score !== null)?.score ?? null,
    level: highestLevel(claims),
    engine: newest.engine,
    version: newest.version,
    evidence: [...new Set(newestFirst.flatMap(({ evidence }) => evidence))].slice(0, MOST_EVIDENCE),
  };
}

const MOST_EVIDENCE = 40;

function seriousness({ level, score }: RiskClaim): number {
  return (level === "critical" ? 2_000 : level === "high" ? 1_000 : 0) + (score ?? 0);
}

function highestLevel(claims: readonly RiskClaim[]): RiskLevel | null {
  const levels = claims.map(({ level }) => level);
  return levels.includes("critical") ? "critical" : levels.includes("high") ? "high" : null;
}
