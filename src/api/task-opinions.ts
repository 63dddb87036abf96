import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { DomainError } from "../errors";
import { consensusSnapshot, exampleConsensus, exampleReview, reviewSnapshot } from "../events";
import { actorText, may } from "../identity";
import type { Result } from "../lib/result";
import {
  askOpinions,
  decideOpinions,
  MOST_OPINIONS,
  opinionRules,
  readOpinions,
  snapshotConsensus,
  snapshotReview,
  type Opinions,
} from "../quality";
import { actOf, withinOf } from "./authenticate";
import { failures, problem } from "./problem";
import { newRouter, type ApiEnv } from "./router";
import { SECURED } from "./security";
import { idParam, json } from "./shapes";

const EXAMPLE = {
  task_id: exampleConsensus.task_id,
  wanted: 2,
  done: 2,
  blind: true,
  withheld: false,
  consensus: exampleConsensus,
  reviews: [exampleReview, { ...exampleReview, id: "rev_01k3a7w8q0m4x2c9v5b6n7p8r2", score: 80, uncapped_score: 80 }],
};

const opinions = z
  .object({
    task_id: z.string(),
    wanted: z
      .number()
      .int()
      .describe("Reviews by different people that the call needs; one more where they were apart."),
    done: z.number().int().describe("Those that are completed."),
    blind: z.boolean().describe("Whether nobody sees what the others found before they are done themselves."),
    withheld: z.boolean().describe("Whether what was found is kept back from you for now."),
    consensus: consensusSnapshot.nullable().describe("Null before the first review, and where one is enough."),
    reviews: z.array(reviewSnapshot).describe("The completed ones, the first first."),
  })
  .openapi("Opinions", { example: EXAMPLE });

const { wanted: _, ...choices } = opinionRules.shape;
const askRequest = z.strictObject({
  wanted: z
    .number()
    .int()
    .min(1)
    .max(MOST_OPINIONS)
    .describe("People who are to review the call, with those who have. 1: one review is enough."),
  max_spread: choices.max_spread.removeDefault().optional(),
  rule: choices.rule.removeDefault().optional(),
  when_apart: choices.when_apart.removeDefault().optional(),
  blind: choices.blind.removeDefault().optional(),
});

const reason = z.string().trim().min(1).max(2_000).describe("Why it is decided so.");
const decideRequest = z
  .strictObject({
    review_id: z.string().max(200).optional().describe("The review that holds."),
    score: z.number().min(0).max(100).multipleOf(0.01).optional().describe("Or a score, in percent."),
    reason,
  })
  .refine(({ review_id: id, score }) => (id === undefined) !== (score === undefined), {
    message: "must be a review or a score",
    path: ["review_id"],
  });

const common = { tags: ["Tasks"], security: SECURED };
const one = { 200: { description: "What its reviewers came to", ...json(opinions) } };

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}/opinions",
  summary: "Read what several reviewers of a call came to",
  description:
    "While a blind call waits for more of them, what was found is kept back from whoever has not completed a review of it.",
  request: { params: idParam },
  responses: { ...one, ...failures(401, 403, 404) },
});

const ask = createRoute({
  ...common,
  method: "put",
  path: "/{id}/opinions",
  summary: "Say how many people are to review a call",
  description:
    "More than have: it waits for the next one, also where it was reviewed already. Not more: what they came to counts at once; while somebody reviews it that is refused (409). What is left out stays, or is as usual.",
  request: { params: idParam, body: { required: true, ...json(askRequest, { wanted: 2, max_spread: 10 }) } },
  responses: { ...one, ...failures(400, 401, 403, 404, 409, 415, 422) },
});

const decide = createRoute({
  ...common,
  method: "post",
  path: "/{id}/decide",
  summary: "Decide what holds of a call whose reviewers are apart",
  request: {
    params: idParam,
    body: { required: true, ...json(decideRequest, { score: 80, reason: "The greeting was said, only late." }) },
  },
  responses: { ...one, ...failures(400, 401, 403, 404, 409, 415, 422) },
});

/** `/v1/tasks/{id}/opinions`, and what is decided of them */
export function opinionRoutes() {
  return newRouter()
    .openapi(read, (c) => answer(c))
    .openapi(ask, async (c) => {
      const { max_spread: maxSpread, when_apart: whenApart, ...rest } = c.req.valid("json");
      const change = { ...rest, maxSpread, whenApart };
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      return answer(c, await askOpinions(c.var.deps, target, change, actOf(c)));
    })
    .openapi(decide, async (c) => {
      const { review_id: reviewId, score = 0, reason: why } = c.req.valid("json");
      const decision = reviewId === undefined ? { score, reason: why } : { reviewId, reason: why };
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      return answer(c, await decideOpinions(c.var.deps, target, decision, actOf(c)));
    });
}

async function answer(
  c: Context<ApiEnv, string, { out: { param: { id: string } } }>,
  outcome?: Result<unknown, DomainError>,
) {
  if (outcome && !outcome.ok) return problem(c, outcome.error);
  const { caller, deps } = c.var;
  const reader = { id: actorText(caller.actor), seesAll: may(caller, "reviews:assign") };
  const found = await readOpinions(deps.db, reader, { ...withinOf(c), id: c.req.valid("param").id });
  return found.ok ? c.json(viewOpinions(found.value), 200) : problem(c, found.error);
}

/** What its reviewers came to, in its public shape. */
export function viewOpinions({ task, consensus, reviews, isWithheld }: Opinions): z.infer<typeof opinions> {
  return {
    task_id: task.id,
    wanted: task.wanted,
    done: reviews.length,
    blind: task.blind,
    withheld: isWithheld,
    consensus: consensus && snapshotConsensus(consensus, task, isWithheld),
    reviews: reviews.map(snapshotReview),
  };
}
