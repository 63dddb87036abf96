import { z } from "@hono/zod-openapi";

/** An answer of a review that was another one before: an engine's proposal, or the reviewer's own. */
const override = z.object({
  criterion: z.string().describe("The id of the criterion."),
  by: z.enum(["engine", "reviewer"]).describe("Whose answer it was before: a proposal, or the reviewer's own."),
  from: z.union([z.string(), z.number()]).nullable().describe("The answer before."),
  from_na: z.boolean().describe("Whether it was that it does not apply."),
  to: z.union([z.string(), z.number()]).nullable().describe("The answer that counts."),
  to_na: z.boolean(),
  reason: z.string().describe("Why."),
});

/** Those of a review. */
export const overrides = z
  .array(override)
  .optional()
  .describe(
    "Answers that are not what an engine proposed, or what the reviewer had answered before its answer was shown; left out where there are none.",
  );
