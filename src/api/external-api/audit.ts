import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { callIdOfTask, taskIdOf } from "../../calls";
import { readCampaign } from "../../campaigns";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import {
  criteriaOf,
  definitionOf,
  listReviews,
  readTask,
  sharesOfScore,
  type ReviewRow,
  type ScorecardDefinition,
} from "../../quality";
import { withinOf } from "../authenticate";
import { failures } from "../problem";
import type { ApiEnv } from "../router";
import { SECURED } from "../security";
import { json } from "../shapes";

const request = z.strictObject({
  task_uuid: z.string().max(200).describe("The id of a task or of a call."),
  is_call: z.boolean().optional().describe("As in the original; it has no effect: every task is of a call."),
});

const exampleAudit = {
  task_uuid: "task_7h2j9k4m1n6p3q8r5s0t2v7w4x",
  campaign_id: 7,
  score: 86.67,
  is_audit_failure: false,
  audit: [
    { id: "greeting", criterion: "Greets and gives their name", target_score: 66.67, score: 66.67, observations: "" },
    { id: "tone", criterion: "How friendly was it?", target_score: 33.33, score: 20, observations: "Cut in twice." },
  ],
};

const audit = z
  .object({
    task_uuid: z.string().describe("The id of the call's task."),
    campaign_id: z.number().int().nullable().describe("The number of the campaign."),
    score: z.number().nullable().describe("In percent; null while nobody has reviewed the call."),
    is_audit_failure: z
      .boolean()
      .nullable()
      .describe("Whether the call did not pass; null while nobody has reviewed it."),
    audit: z
      .array(
        z.object({
          id: z.string().describe("The id of the criterion."),
          criterion: z.string().describe("What was asked."),
          target_score: z.number().nullable().describe("The most points of it, of 100; null where it does not count."),
          score: z.number().nullable().describe("Its points; null where it does not count."),
          observations: z.string().describe("The remark of the reviewer."),
        }),
      )
      .describe("Criterion by criterion; empty while nobody has reviewed the call."),
  })
  .openapi("ExternalAudit", { example: exampleAudit });

export const generateAudit = createRoute({
  tags: ["External API"],
  security: SECURED,
  method: "post",
  path: "/audit/generate",
  summary: "Read the audit of a call in the form of AuditorIA's External API",
  description:
    "What the newest completed review of the call says. Nothing is generated: where nobody has reviewed the call yet, score and audit are empty. `/audit/generate/` is the same.",
  request: { body: { required: true, ...json(request, { task_uuid: exampleAudit.task_uuid, is_call: true }) } },
  responses: { 200: { description: "The audit", ...json(audit) }, ...failures(400, 401, 403, 404, 415, 422) },
});

/** The audit of a task, from its newest completed review. */
export async function auditOf(c: Context<ApiEnv>, uuid: string): Promise<Result<z.infer<typeof audit>, DomainError>> {
  const { db } = c.var.deps;
  const within = withinOf(c);
  const part = /^(?:task|call)_([0-9a-z]{26})$/.exec(uuid)?.[1];
  const found = part === undefined ? err(notFound("task")) : await readTask(db, { ...within, id: `task_${part}` });
  if (!found.ok) return found;
  const { id, campaignId } = found.value;
  const nobody = { id: "", seesAll: false };
  const filter = { callId: callIdOfTask(id), state: "completed" as const };
  const [{ rows }, campaign] = await Promise.all([
    listReviews(db, nobody, { ...within, filter, limit: 1 }),
    campaignId === null ? undefined : readCampaign(db, { ...within, id: campaignId }),
  ]);
  const [review] = rows;
  return ok({
    task_uuid: taskIdOf(filter.callId),
    campaign_id: campaign?.ok ? campaign.value.number : null,
    score: review?.score ?? null,
    is_audit_failure: review?.passed === undefined || review.passed === null ? null : !review.passed,
    audit: review ? viewCriteria(await definitionOf(db, review), review) : [],
  });
}

function viewCriteria(definition: ScorecardDefinition, { answers, result }: ReviewRow): z.infer<typeof audit>["audit"] {
  const shares = result ? sharesOfScore(definition, result) : new Map<string, number>();
  const percents = new Map(result?.criteria.map(({ id, percent }) => [id, percent]));
  return criteriaOf(definition).map(({ id, text }) => {
    const share = shares.get(id);
    const percent = percents.get(id) ?? null;
    return {
      id,
      criterion: text,
      target_score: share === undefined ? null : round(share),
      score: share === undefined || percent === null ? null : round((share * percent) / 100),
      observations: answers?.[id]?.comment ?? "",
    };
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
