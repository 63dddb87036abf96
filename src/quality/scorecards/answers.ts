import { z } from "zod";
import type { FieldError } from "../../lib/field-issues";
import { criteriaOf } from "./asked";
import type { Criterion, ScorecardDefinition } from "./shape";

/** What a person answered to one criterion. */
export const answer = z.strictObject({
  value: z
    .union([z.string().max(4_000), z.number().int().min(0).max(1_000)])
    .nullable()
    .default(null)
    .describe("`yes` or `no`, the points of a scale, the id of an option, or a text; null while it is open."),
  na: z.boolean().default(false).describe("Whether it does not apply to this call."),
  comment: z.string().trim().max(2_000).default("").describe("A remark."),
  at_seconds: z
    .number()
    .min(0)
    .max(1_000_000)
    .nullable()
    .default(null)
    .describe("The moment of the recording that the remark is about."),
  reason: z
    .string()
    .trim()
    .max(2_000)
    .optional()
    .describe("Why it is another one than the engine proposed, or than before its answer was shown."),
});

export const answers = z
  .record(z.string().max(40), answer)
  .refine((given) => Object.keys(given).length <= 200, "must be at most 200 answers")
  .describe("The answers, by the id of the criterion.");

export type Answer = z.output<typeof answer>;
export type Answers = Readonly<Record<string, Answer>>;

/** Which answers do not fit their criteria. */
export function misfitsOf(definition: ScorecardDefinition, given: Answers): FieldError[] {
  const known = new Map(criteriaOf(definition).map((one) => [one.id, one]));
  return Object.entries(given).flatMap(([id, one]) => {
    const asked = known.get(id);
    const message = asked ? misfitOf(asked, one) : "names no criterion of the scorecard";
    return message === null ? [] : [{ field: `answers.${id}`, message }];
  });
}

function misfitOf({ kind, na_allowed: mayNot, max = 0, options = [] }: Criterion, { na, value }: Answer) {
  if (na) return mayNot ? null : "must be answered: it always applies";
  if (value === null) return null;
  switch (kind) {
    case "yes_no":
      return value === "yes" || value === "no" ? null : "must be yes or no";
    case "scale":
      return typeof value === "number" && value <= max ? null : `must be a whole number from 0 to ${max}`;
    case "choice":
      return options.some(({ id }) => id === value) ? null : "must be the id of an option";
    case "text":
      return typeof value === "string" ? null : "must be a text";
  }
}
