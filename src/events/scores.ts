import { z } from "@hono/zod-openapi";

const time = z.iso.datetime();
const seconds = z.number().nonnegative();

/** A named number that an engine gave a channel. */
export const scoreSnapshot = z
  .object({
    name: z.string().describe("In the engine's own word; any name."),
    value: z
      .number()
      .nullable()
      .describe("Null: the engine gave none that its evidence bears out; `explanation` says so."),
    scale: z
      .object({ min: z.number(), max: z.number() })
      .nullable()
      .describe("From where to where it goes; null where the engine does not say."),
    explanation: z
      .string()
      .nullable()
      .describe("Why, in the engine's words. Null where it gives none, and in events where they are long."),
    quote: z
      .object({ text: z.string(), start_seconds: seconds, end_seconds: seconds })
      .nullable()
      .describe("The words that it rests on, as the transcript has them at that time."),
  })
  .openapi("Score");

const quoteSnapshot = z.object({ text: z.string(), start_seconds: seconds, end_seconds: seconds });

/** What a language model says of a whole call. */
export const aboutSnapshot = z
  .object({
    summary: z.string().nullable().describe("Its sentences as one text. Null where there is none, or it has run out."),
    reason: z.string().nullable().describe("Why there is less than was asked for."),
    statements: z
      .array(z.object({ text: z.string(), quote: quoteSnapshot }))
      .describe("The sentences of the summary. Each rests on words that were said; others are left out."),
    topics: z
      .array(z.object({ name: z.string(), quote: quoteSnapshot.nullable() }))
      .describe("Those of the campaign, where it names any. Each rests on words that were said."),
    sentiments: z.array(
      z.object({
        channel: z.number().int().nonnegative(),
        value: z
          .enum(["positive", "neutral", "negative"])
          .nullable()
          .describe("Null: nothing that was said bears one out."),
        explanation: z.string().nullable(),
        quote: quoteSnapshot.nullable(),
      }),
    ),
  })
  .openapi("AboutCall");

/** What one engine, in one version, gave. */
export const scoreSet = z
  .object({
    engine: z.string().describe("`platform`: the platform that the call came from."),
    version: z.string().nullable().describe("Null where the engine does not say."),
    indicator: z
      .boolean()
      .describe("Whether it is a formula of Trunkline's over what was measured: an indicator, not validated."),
    state: z.enum(["completed", "failed"]),
    reason: z.string().nullable().describe("Why there are none."),
    completed_at: time,
    channels: z.array(
      z.object({
        channel: z.number().int().nonnegative().describe("Its place in the recording: 0 is left."),
        talk_seconds: seconds.nullable().describe("Speech, by the engine's own count; null where it gives none."),
        scores: z.array(scoreSnapshot).describe("None where nobody spoke."),
      }),
    ),
    about: aboutSnapshot
      .nullable()
      .describe(
        "Summary, topics and sentiment from the words; null where the engine was not asked. Older events have none.",
      ),
  })
  .openapi("ScoreSet");

export const riskLevel = z.enum(["high", "critical"]);

/** How likely a call needs a person's eye, with who said so and why. */
export const riskSnapshot = z
  .object({
    score: z.number().min(0).max(100).nullable().describe("Null where only a level was given."),
    level: riskLevel.nullable().describe("The highest that was reached."),
    engine: z.string().describe("`platform`: the platform that the call came from; `rules`: your own rules."),
    version: z.string().nullable(),
    evidence: z.array(z.string()).describe("What it rests on, in the words of who said so."),
  })
  .openapi("Risk");

/** What came of a review on the platform that a call came from. */
export const platformReview = z
  .object({
    event: z.string().describe("In the platform's own word, as `review.completed`."),
    at: time,
    by: z.string().nullable(),
    result: z.string().nullable(),
    note: z.string().nullable(),
  })
  .openapi("PlatformReview");

export type ScoreSnapshot = z.infer<typeof scoreSnapshot>;
export type AboutSnapshot = z.infer<typeof aboutSnapshot>;
export type ScoreSetSnapshot = z.infer<typeof scoreSet>;
export type RiskSnapshot = z.infer<typeof riskSnapshot>;
export type RiskLevel = z.infer<typeof riskLevel>;
export type PlatformReviewSnapshot = z.infer<typeof platformReview>;

export const exampleScoreSet: ScoreSetSnapshot = {
  engine: "platform",
  version: "5.2",
  indicator: false,
  state: "completed",
  reason: null,
  completed_at: "2026-08-20T14:03:34.000Z",
  channels: [
    {
      channel: 0,
      talk_seconds: 84,
      scores: [
        {
          name: "Engaged",
          value: 4,
          scale: null,
          explanation: null,
          quote: null,
        },
      ],
    },
    { channel: 1, talk_seconds: 0, scores: [] },
  ],
  about: null,
};

export const exampleRisk: RiskSnapshot = {
  score: 93,
  level: "critical",
  engine: "platform",
  version: "5.2",
  evidence: ["The caller asked for the one-time code twice."],
};
