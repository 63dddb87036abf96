import { z } from "zod";
import { MAX_EXPRESSION, parseExpression } from "./expression";

const MAX_WORDS = 200;
const MAX_CUSTOM = 50;
const MAX_PARTS = 10;

const expression = z
  .string()
  .min(1)
  .max(MAX_EXPRESSION)
  .superRefine((text, issues) => {
    const parsed = parseExpression(text);
    if (!parsed.ok) issues.addIssue({ code: "custom", message: parsed.error });
  })
  .describe("A JMESPath expression over the notice.");

const words = z
  .record(z.string().max(200), z.string().max(200))
  .refine((map) => Object.keys(map).length <= MAX_WORDS, `may have at most ${MAX_WORDS} words`)
  .describe("Their word to ours, whatever its case; `*` for every other.");

const detailed = z.strictObject({
  path: expression,
  values: words.optional(),
  unit: z.enum(["s", "ms", "us", "min"]).optional().describe("Of a number: a time of the epoch or a length of time."),
  format: z
    .enum(["dmy", "mdy"])
    .optional()
    .describe("Order of a date written with slashes, dots or dashes. AM and PM are understood."),
});

const constant = z.strictObject({ const: z.union([z.string().max(500), z.number(), z.boolean()]) });

const fact = z.union([expression, detailed, constant], {
  error: "must be an expression, or { path, values?, unit?, format? }, or { const }",
});

const listed = z.strictObject({
  list: expression.describe("The list of recordings."),
  id: expression.optional().describe("Within an entry: identifies the recording among those of its call."),
  url: expression.optional().describe("Within an entry: the link."),
});

/** Where a notice has each fact: a JMESPath expression, or a constant. */
export const mappingSchema = z.strictObject({
  only_if: expression.optional().describe("Where this is false, null or empty, the notice is ignored."),
  external_id: z
    .union([fact, z.array(expression).min(1).max(MAX_PARTS)], {
      error: "must be an expression, a list of expressions, or { path, … }",
    })
    .describe("Identifies the call; the same in every notice of a call. Several are joined by `:`."),
  outcome: fact.optional().describe("completed, failed or in_progress. Left out: completed."),
  direction: fact.optional(),
  from: fact.optional(),
  to: fact.optional(),
  started_at: fact.optional(),
  answered_at: fact.optional(),
  ended_at: fact.optional(),
  duration: fact.optional(),
  talk: fact.optional(),
  status: fact.optional(),
  error: fact.optional(),
  operator: fact.optional(),
  operator_reference: fact.optional(),
  account: fact.optional(),
  campaign_number: fact.optional(),
  recordings: z
    .union([expression, listed], { error: "must be an expression, or { list, id?, url? }" })
    .optional()
    .describe("A link, a list of links, or a list of objects that hold one."),
  summary: fact.optional(),
  transcript: fact.optional(),
  custom: z
    .union(
      [
        z.literal("*"),
        z
          .record(z.string().min(1).max(100), expression)
          .refine((names) => Object.keys(names).length <= MAX_CUSTOM, `may have at most ${MAX_CUSTOM} names`),
      ],
      { error: 'must be "*" or an object of names and expressions' },
    )
    .optional()
    .describe("What else to keep: `*` for every field at the top that nothing else uses."),
});

export type Mapping = z.infer<typeof mappingSchema>;
export type Fact = z.infer<typeof fact>;

/** The setting of sources whose user writes the mapping. */
export const mappingSetting = mappingSchema
  .optional()
  .describe("Where a notice says what. Left out: Trunkline's own notice format.");
