import { z } from "@hono/zod-openapi";
import { may, type Caller, type Within } from "../../identity";
import type { DomainError } from "../../errors";
import type { Database } from "../../db/client";
import { readVerdicts, VERDICTS, type Verdict, type VerdictFilter } from "../../quality";

/** What the reviews of a call came to, in the API's spelling. */
export const verdict = z
  .object({
    score: z.number().nullable().describe("Percent with two decimals; null where nothing of the scorecard counted."),
    passed: z.boolean().nullable(),
    reviewer_ids: z.array(z.string()).describe("Who reviewed it, the first review first: people and keys."),
    failed_criteria: z
      .array(z.string())
      .describe("Criteria that failed it at once, and critical ones that were failed, as the scorecard words them."),
  })
  .nullable()
  .describe(
    "What its reviews came to: what several came to or was decided, else what the last one found. Null until it is " +
      "reviewed, while it waits for one more review, and for whoever lacks `reviews:read`.",
  )
  .openapi("Verdict");

export const exampleVerdict: z.infer<typeof verdict> = {
  score: 62.5,
  passed: false,
  reviewer_ids: ["usr_01k3a7w8q0m4x2c9v5b6n7p8r1"],
  failed_criteria: ["Names the recording at the beginning"],
};

export const NEEDS_REVIEWS: DomainError = {
  kind: "forbidden",
  message: "What reviews of calls came to needs the permission reviews:read.",
};

/** The query parameters that find calls by it. */
export const verdictQuery = {
  verdict: z
    .enum(VERDICTS)
    .optional()
    .describe("How calls were judged; needs `reviews:read`. `not_reviewed`: as long as it waits for a review, too."),
  reviewer_id: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("Who reviewed them: a person or a key. Needs `reviews:read`."),
};

/** The same as core takes it; undefined where nothing is asked. */
export function verdictFilterOf(asked: {
  verdict?: VerdictFilter["is"];
  reviewer_id?: string | undefined;
}): VerdictFilter | undefined {
  const { verdict: is, reviewer_id: reviewerId } = asked;
  return is === undefined && reviewerId === undefined ? undefined : { is, reviewerId };
}

/** The verdicts on calls, as far as the caller may read what reviews came to. */
export async function verdictsFor(
  db: Database,
  caller: Caller,
  within: Within,
  callIds: readonly string[],
): Promise<ReadonlyMap<string, Verdict>> {
  return may(caller, "reviews:read") ? readVerdicts(db, { ...within, callIds }) : new Map();
}

export function viewVerdict(found: Verdict | undefined): z.infer<typeof verdict> {
  if (!found) return null;
  const { score, passed, reviewerIds, failed } = found;
  return { score, passed, reviewer_ids: [...reviewerIds], failed_criteria: [...failed] };
}
