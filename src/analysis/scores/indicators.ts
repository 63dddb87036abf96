import type { Findings } from "../contract";
import type { ScorePolicy } from "../engine-work";
import type { ScoreSet } from "./score-set";

/** The engine of these figures. A changed formula is a new version. */
export const INDICATORS_ENGINE = "indicators";
const VERSION = "1";

type Channel = Findings["channels"][number];
type Measured = NonNullable<Channel["measures"]>;

/** A measure as a part of an indicator: at `low` it gives nothing, at `high` all. Which may be the smaller number. */
type Part = { what: string; of: (measured: Measured, minutes: number) => number | null; low: number; high: number };

/**
 * Means of measures, each between two anchors. The anchors are ours, set by what is usual in the labelled conversations of
 * the benchmark; nobody has compared the figures with people's judgement.
 */
export const INDICATORS: readonly { name: string; parts: readonly Part[] }[] = [
  {
    name: "EnergyLevel",
    parts: [
      { what: "pitch varies by semitones", of: (one) => one.pitchSpreadSemitones, low: 1, high: 5 },
      { what: "loudness varies by dB", of: (one) => one.levelSpreadDb, low: 3, high: 10 },
      { what: "syllables a second", of: (one) => one.syllablesPerSecond, low: 2.5, high: 6 },
    ],
  },
  {
    name: "Engaged",
    parts: [
      { what: "turns a minute", of: (one, minutes) => perMinute(one.turns, minutes), low: 1, high: 10 },
      { what: "answers after seconds", of: (one) => one.responseSeconds, low: 3, high: 0.3 },
      { what: "share of the talk", of: (one) => one.talkShare, low: 0.1, high: 0.5 },
    ],
  },
  {
    name: "Attentive",
    parts: [
      {
        what: "short words while listening a minute",
        of: (one, minutes) => perMinute(one.backchannels, minutes),
        low: 0,
        high: 4,
      },
      { what: "interruptions a minute", of: (one, minutes) => perMinute(one.interruptions, minutes), low: 2, high: 0 },
    ],
  },
];

const HIGHEST = 10;

/** The indicators of a recording by channel. Under `eu` none of the operator's, nor of one that carries everyone. */
export function indicatorsOf(
  findings: Findings,
  { operatorChannel, policy }: { operatorChannel: number | null; policy: ScorePolicy },
  at: number,
): ScoreSet {
  const minutes = findings.durationSeconds / 60;
  const shown = findings.channels.filter(
    ({ channel }) => policy !== "eu" || (operatorChannel !== null && channel !== operatorChannel),
  );
  const channels = shown.map(({ channel, talkSeconds, measures }) => ({
    channel,
    talkSeconds,
    scores: measures && talkSeconds > 0 ? INDICATORS.flatMap((one) => indicatorOf(one, measures, minutes)) : [],
  }));
  return { engine: INDICATORS_ENGINE, version: VERSION, at, reason: null, indicator: true, channels };
}

type Scored = ScoreSet["channels"][number]["scores"][number];

/** The mean of the parts that were measured, with each of them; none where a part was not. */
function indicatorOf({ name, parts }: (typeof INDICATORS)[number], measured: Measured, minutes: number): Scored[] {
  const known = parts.map(({ what, of, low, high }) => {
    const value = of(measured, minutes);
    return value === null ? null : { what, value, share: Math.min(1, Math.max(0, (value - low) / (high - low))) };
  });
  if (known.some((part) => part === null)) return [];
  const found = known.filter((part) => part !== null);
  const mean = found.reduce((sum, { share }) => sum + share, 0) / found.length;
  const why = found
    .map(({ what, value, share }) => `${what}: ${rounded(value)} (${rounded(share * HIGHEST)})`)
    .join("; ");
  return [{ name, value: rounded(mean * HIGHEST), scale: [0, HIGHEST], why }];
}

function perMinute(count: number | null, minutes: number): number | null {
  return count === null || minutes <= 0 ? null : count / minutes;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
