import { z } from "zod";

const ms = z.number().int().nonnegative();
const quote = z.object({ text: z.string(), start: ms, end: ms });

export const SENTIMENTS = ["positive", "neutral", "negative"] as const;

/** What a language model says of a whole call, as a set of scores holds it. */
export const storedAbout = z.object({
  /** Why there is less than was asked for; null where nothing is wanting. */
  reason: z.string().nullable(),
  /** The sentences of the summary. None where there is no summary, or it has run out. */
  statements: z.array(z.object({ text: z.string(), quote })),
  /** Without its quote once the words of the call have run out. */
  topics: z.array(z.object({ name: z.string(), quote: quote.optional() })),
  /** By channel; `value` null: nothing that was said bears one out. */
  sentiments: z.array(
    z.object({
      channel: z.number().int().nonnegative(),
      value: z.enum(SENTIMENTS).nullable(),
      why: z.string().optional(),
      quote: quote.optional(),
    }),
  ),
});

export type AboutCall = z.infer<typeof storedAbout>;

/** What is asked for: topics among these, or any where there are none. */
export type AboutWanted = { topics: readonly string[] };

/** The summary as one text; null where there is none. */
export function summaryOf({ statements }: Pick<AboutCall, "statements">): string | null {
  return statements.length === 0 ? null : statements.map(({ text }) => text).join(" ");
}

/** What is left of it once the words of the call have run out. */
export function aboutWithoutWords({ reason, topics, sentiments }: AboutCall): AboutCall {
  return {
    reason,
    statements: [],
    topics: topics.map(({ name }) => ({ name })),
    sentiments: sentiments.map(({ channel, value }) => ({ channel, value })),
  };
}
