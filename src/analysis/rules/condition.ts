import { z } from "zod";
import { phraseWords } from "./phrase";

/** Measures of the whole conversation, and of one speaker, by their names in the API. */
export const CALL_MEASURES = [
  "duration_seconds",
  "silence_seconds",
  "overlap_seconds",
  "switches_per_minute",
  "interruptions",
  "long_silences",
  "longest_silence_seconds",
  "hold_seconds",
] as const;
export const SPEAKER_MEASURES = [
  "talk_share",
  "turns",
  "interruptions",
  "longest_monologue_seconds",
  "response_seconds",
  "syllables_per_second",
  "pitch_hz",
  "pitch_spread_semitones",
  "level_spread_db",
  "loudness_lufs",
] as const;

export type CallMeasure = (typeof CALL_MEASURES)[number];
export type SpeakerMeasure = (typeof SPEAKER_MEASURES)[number];

const MOST_PHRASES = 50;
const MOST_NUMBERS = 200;
/** A week: the calls of that time are read for every analysis that rules with repeats look at, once for all of them. */
export const LONGEST_REPEAT_MINUTES = 7 * 24 * 60;
export const MOST_CONDITIONS = 5;
/** Of them the newest, so that a large organization's week is not read for each of its calls. */
export const MOST_LOOKED_AT = 20_000;
/** Nobody counts further. */
export const MOST_REPEATS = 100;

const bound = z.number().min(-1_000).max(1_000_000);
const range = {
  at_least: bound.nullable().default(null).describe("This or more; null for no limit."),
  at_most: bound.nullable().default(null).describe("This or less; null for no limit."),
};

const phrase = z.strictObject({
  kind: z.literal("phrase"),
  phrases: z
    .array(
      z
        .string()
        .trim()
        .max(200)
        .refine((text) => phraseWords(text).some((word) => word !== "*"), "must have a word"),
    )
    .min(1)
    .max(MOST_PHRASES)
    .describe("Any of them. Case and accents do not matter, and `*` stands for any one word."),
  said: z.boolean().default(true).describe("`false`: none of them is said. That needs a transcript without gaps."),
  speaker: z.enum(["operator", "customer", "bot", "any"]).default("any"),
  first_seconds: z
    .number()
    .positive()
    .max(36_000)
    .nullable()
    .default(null)
    .describe("Within so many seconds from the beginning; null for the whole call."),
  unless_negated: z
    .boolean()
    .default(true)
    .describe("Whether a phrase does not count where `not`, `never`, `nunca` or the like is up to three words before."),
});

const number = z.strictObject({
  kind: z.literal("number"),
  party: z.enum(["caller", "called", "either"]).default("either"),
  numbers: z
    .array(
      z
        .string()
        .trim()
        .max(40)
        .regex(/^\+?\d{3,20}\*?$/, "must be digits, with + before and * behind at most"),
    )
    .min(1)
    .max(MOST_NUMBERS)
    .describe("As the platform writes it or in E.164; `*` at the end stands for any digits."),
});

const measure = z
  .strictObject({
    kind: z.literal("measure"),
    name: z.enum([...new Set([...CALL_MEASURES, ...SPEAKER_MEASURES])]),
    speaker: z
      .enum(["operator", "customer", "call"])
      .default("call")
      .describe("`call`: a measure of the whole conversation."),
    ...range,
  })
  .refine(({ name, speaker }) => {
    const known: readonly string[] = speaker === "call" ? CALL_MEASURES : SPEAKER_MEASURES;
    return known.includes(name);
  }, "is no measure of this speaker");

const repeat = z.strictObject({
  kind: z.literal("repeat"),
  party: z.enum(["caller", "called"]).default("caller"),
  calls: z.number().int().min(2).max(MOST_REPEATS).describe("So many calls of one number, this one included."),
  within_minutes: z.number().int().min(1).max(LONGEST_REPEAT_MINUTES).describe("Before this call began."),
});

const score = z.strictObject({
  kind: z.literal("score"),
  name: z.string().trim().min(1).max(100).describe("As the engine names it, in any case."),
  speaker: z.enum(["operator", "customer", "any"]).default("any"),
  ...range,
});

const hasLimit = (one: z.infer<typeof measure> | z.infer<typeof score>) =>
  one.at_least !== null || one.at_most !== null;

/** Something that a call has or has not. */
export const condition = z
  .discriminatedUnion("kind", [phrase, number, measure, repeat, score])
  .refine((one) => (one.kind !== "measure" && one.kind !== "score") || hasLimit(one), "needs a limit");

export const conditions = z.array(condition).min(1).max(MOST_CONDITIONS);

export type Condition = z.infer<typeof condition>;
export type ConditionKind = Condition["kind"];

/** What a rule is made of. */
export type RuleContent = {
  name: string;
  campaignId: string | null;
  enabled: boolean;
  weight: number;
  script: string | null;
  conditions: Condition[];
};
