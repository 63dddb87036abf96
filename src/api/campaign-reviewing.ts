import { createRoute, z } from "@hono/zod-openapi";
import { readCampaign, type CampaignRow } from "../campaigns";
import { reviewingOf, reviewingRules, writeReviewing } from "../quality";
import { wordsOf } from "../ui/strings/define";
import { reviewingWords, sentenceOfReviewing } from "../ui/strings/reviewing";
import { actOf, withinOf } from "./authenticate";
import { failures, problem } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { idParam, json } from "./shapes";

const EXAMPLE = {
  assign: "round_robin" as const,
  reviewers: [{ reviewer_id: "usr_01k3a7w8q0m4x2c9v5b6n7p8r1", expertise: [] }],
  sample: { percent: 20, per_operator_a_week: 5, risk_from: 70, others: "close" as const },
  due_hours: 48,
};

const reviewing = z
  .object({
    campaign_id: z.string(),
    rules: reviewingRules,
    sentence: z.string().describe("The rules in words."),
  })
  .openapi("Reviewing", {
    example: {
      campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
      rules: EXAMPLE,
      sentence:
        "20% of calls are reviewed, at most 5 of an operator in a week, any with a risk from 70, by each reviewer in turn, within 48 hours.",
    },
  });

const common = { tags: ["Reviews"], security: SECURED };

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}/reviewing",
  summary: "Read how the calls of a campaign come to reviewers",
  request: { params: idParam },
  responses: { 200: { description: "The rules", ...json(reviewing) }, ...failures(401, 403, 404) },
});

const write = createRoute({
  ...common,
  method: "put",
  path: "/{id}/reviewing",
  summary: "Replace how the calls of a campaign come to reviewers",
  description:
    "A rule that is left out is the usual one: everybody takes every call from the queue, and nothing is due. They hold for tasks that are made from then on, and are applied within a minute.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(
        reviewingRules.extend({
          include_waiting: z
            .boolean()
            .default(false)
            .describe("Also for the first thousand tasks that wait in the queue now."),
        }),
        EXAMPLE,
      ),
    },
  },
  responses: {
    200: { description: "The rules", ...json(reviewing) },
    ...failures(400, 401, 403, 404, 415, 422),
  },
});

/** `/v1/campaigns/{id}/reviewing` */
export function reviewingRoutes() {
  return newRouter()
    .openapi(read, async (c) => {
      const found = await readCampaign(c.var.deps.db, { ...withinOf(c), id: c.req.valid("param").id });
      return found.ok ? c.json(viewReviewing(found.value), 200) : problem(c, found.error);
    })
    .openapi(write, async (c) => {
      const { include_waiting: includeWaiting, ...rules } = c.req.valid("json");
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const written = await writeReviewing(c.var.deps, target, { rules, includeWaiting }, actOf(c));
      return written.ok ? c.json(viewReviewing(written.value), 200) : problem(c, written.error);
    });
}

function viewReviewing(campaign: CampaignRow): z.infer<typeof reviewing> {
  const rules = reviewingOf(campaign);
  const sentence = sentenceOfReviewing(wordsOf(reviewingWords, "en"), rules, String);
  return { campaign_id: campaign.id, rules, sentence };
}
