import { z } from "zod";
import { condition } from "../../analysis";

// How engines answer a criterion of a scorecard before, or after, a person does.

const MOST_CONDITIONS = 5;
const answered = z.union([z.string().max(40), z.number().int().min(0).max(1_000)]);

const byConditions = z.strictObject({
  by: z.literal("conditions"),
  conditions: z
    .array(condition)
    .min(1)
    .max(MOST_CONDITIONS)
    .refine((all) => all.every(({ kind }) => kind !== "number" && kind !== "repeat"), {
      message: "must be phrases, measures and scores",
    })
    .describe("As those of a rule: phrases, measures and scores. All of them have to hold."),
  met: answered.describe("The answer where they hold."),
  unmet: answered.nullable().default(null).describe("The answer where they do not; null: none."),
});

const byScore = z.strictObject({
  by: z.literal("score"),
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .describe("Of an engine's score, in any case: its part of 100 is that of `max`."),
  speaker: z.enum(["operator", "customer", "any"]).default("any"),
});

const byQuestion = z.strictObject({
  by: z.literal("question"),
  action: z.string().trim().min(1).max(100).describe("The name of a post-call action that asks a language model."),
  field: z.string().trim().min(1).max(100).describe("What of its answer is the answer to this."),
  quote_field: z.string().trim().min(1).max(100).optional().describe("What of its answer says by which words."),
});

/** What an engine answers a criterion by. */
export const engineLink = z.discriminatedUnion("by", [byConditions, byScore, byQuestion]);
export type EngineLink = z.output<typeof engineLink>;
