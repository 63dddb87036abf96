import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { exampleReview, reviewSnapshot } from "../../events";
import { actorText, may } from "../../identity";
import { toIso } from "../../lib/time";
import {
  askSecondOpinion,
  escalateReview,
  keepReview,
  listReviews,
  readReview,
  resumeReview,
  returnReview,
  skipReview,
  snapshotReview,
  submitReview,
  takeCall,
  takeNext,
  undoSubmit,
  type ReadReview,
  type Viewer,
} from "../../quality";
import type { DomainError } from "../../errors";
import { invalid } from "../../errors";
import type { Result } from "../../lib/result";
import { actOf, withinOf } from "../authenticate";
import { campaignIdOf, campaignName } from "../campaign-name";
import { encodeCursor, pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { idParam, json, moment, pageOf, scannedListOf, yesOrNo } from "../shapes";
import { sortQuery } from "../sort";
import {
  draft,
  exampleReviewDetail,
  exampleTaken,
  returnRequest,
  reviewDetail,
  skipRequest,
  submission,
  takenReview,
  takeRequest,
  viewReview,
  viewTaken,
} from "./shapes";
import { exampleAttempt } from "../scorecards/shapes";

const common = { tags: ["Reviews"], security: SECURED };
const one = { 200: { description: "The review", ...json(reviewDetail, exampleReviewDetail) } };
const taken = { 200: { description: "The review and all it takes", ...json(takenReview, exampleTaken) } };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List reviews, by when they were given to their reviewers",
  description:
    "Your own, and the finished ones of others; with `reviews:assign` all. Those of a reviewer, of a call, and the completed ones of an operator are found by index; another filter is searched in at most 2,000 reviews per page, and `scanned_until` then says how far the search got.",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ id: z.string() })),
      ...sortQuery("assigned_at", "descending"),
      state: reviewSnapshot.shape.state.optional(),
      reviewer_id: z.string().max(200).optional().openapi({ description: "The person or the key." }),
      campaign_id: campaignName.optional(),
      operator_id: z.string().max(200).optional(),
      call_id: z.string().max(200).optional(),
      passed: yesOrNo.optional().openapi({ description: "Whether the call passed." }),
      failed_criterion: z
        .string()
        .max(100)
        .optional()
        .openapi({ description: "The id of a criterion that was failed." }),
      late: yesOrNo.optional().openapi({ description: "Whether it was submitted after it was due." }),
      sla_broken: yesOrNo
        .optional()
        .openapi({ description: "Whether it, or its task, was not done within a service level." }),
      from: moment.optional().openapi({ description: "It was given to its reviewer at or after this moment." }),
      to: moment.optional().openapi({ description: "It was given to its reviewer before this moment." }),
    }),
  },
  responses: {
    200: {
      description: "A page of reviews",
      ...json(scannedListOf(reviewSnapshot), { data: [exampleReview], next_cursor: null, scanned_until: null }),
    },
    ...failures(401, 403, 422),
  },
});

const take = createRoute({
  ...common,
  method: "post",
  path: "/take",
  summary: "Take the next call to review",
  description:
    "One that you have begun, else one that you were given, else the next of the queue: the oldest call of a campaign that has a published scorecard. Nobody else is given it for five minutes, and as long again with each `PATCH`. Two never have the same. With `call_id` it is that call or none: 409 where somebody else is at it, it is reviewed or closed, or no published scorecard is for its campaign.",
  request: { body: { required: true, ...json(takeRequest, {}) } },
  responses: {
    ...taken,
    204: { description: "Nothing waits for you" },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a review with its answers",
  request: { params: idParam },
  responses: { ...one, ...failures(401, 403, 404) },
});

const keep = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Keep a review, and store its answers so far",
  description: "Nobody else is given the call for five minutes more. Stored answers outlast the end of the lease.",
  request: { params: idParam, body: { required: true, ...json(draft, { answers: exampleAttempt.answers }) } },
  responses: { ...one, ...failures(400, 401, 403, 404, 409, 415, 422) },
});

const resume = createRoute({
  ...common,
  method: "post",
  path: "/{id}/resume",
  summary: "Begin a review that you were given, or go on with one",
  request: { params: idParam },
  responses: { ...taken, ...failures(401, 403, 404, 409) },
});

const submit = createRoute({
  ...common,
  method: "post",
  path: "/{id}/submit",
  summary: "Submit a review",
  description: "For ten seconds it can be taken back; then `review.completed` goes out.",
  request: { params: idParam, body: { required: true, ...json(submission, { answers: exampleAttempt.answers }) } },
  responses: { ...one, ...failures(400, 401, 403, 404, 409, 415, 422) },
});

const undo = createRoute({
  ...common,
  method: "post",
  path: "/{id}/undo",
  summary: "Take back a review that was submitted just now",
  request: { params: idParam },
  responses: { ...one, ...failures(401, 403, 404, 409) },
});

const skip = createRoute({
  ...common,
  method: "post",
  path: "/{id}/skip",
  summary: "Skip a call: it goes back into the queue, for others",
  request: { params: idParam, body: { required: true, ...json(skipRequest, { reason: "audio" }) } },
  responses: { ...one, ...failures(400, 401, 403, 404, 409, 415, 422) },
});

const escalate = createRoute({
  ...common,
  method: "post",
  path: "/{id}/escalate",
  summary: "Hand a call up",
  description:
    "Nobody is given it from the queue any more: whoever may choose reviewers gives it to somebody, or back to the queue, with `POST /v1/tasks/{id}/assign`.",
  request: { params: idParam, body: { required: true, ...json(returnRequest, { note: "A threat at the end." }) } },
  responses: { ...one, ...failures(400, 401, 403, 404, 409, 415, 422) },
});

const second = createRoute({
  ...common,
  method: "post",
  path: "/{id}/second-opinion",
  summary: "Ask for a second opinion",
  description:
    "Of a call that you review, or have reviewed: one more person reviews it, who does not see what you found. Your own review goes on. Not where several reviewers have come to something already: then `PUT /v1/tasks/{id}/opinions` asks for one more.",
  request: { params: idParam },
  responses: { ...one, ...failures(401, 403, 404, 409) },
});

const giveBack = createRoute({
  ...common,
  method: "post",
  path: "/{id}/return",
  summary: "Return a completed review to its reviewer",
  description:
    "They do it again in a review of its own, which begins with the same answers. The old one stays as it is.",
  request: {
    params: idParam,
    body: { required: true, ...json(returnRequest, { note: "Please listen to the end again." }) },
  },
  responses: { ...one, ...failures(400, 401, 403, 404, 409, 415, 422) },
});

/** `/v1/reviews` */
export function reviewRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const query = c.req.valid("query");
      const { limit, cursor, sort: order, campaign_id: named, ...rest } = query;
      const { reviewer_id: reviewerId, operator_id: operatorId, call_id: callId, ...further } = rest;
      const { failed_criterion: failed, sla_broken: slaBroken, ...others } = further;
      const campaign = await campaignIdOf(c.var.deps.db, withinOf(c), named);
      if (!campaign.ok) return problem(c, campaign.error);
      const found = { failed, slaBroken, reviewerId, operatorId, callId };
      const filter = { ...others, ...found, campaignId: campaign.value };
      const asked = { ...withinOf(c), filter, limit: limit + 1, after: cursor, order };
      const { rows, scannedTo } = await listReviews(c.var.deps.db, viewerOf(c), asked);
      const page = pageOf(rows, limit, snapshotReview, ({ id }) => ({ id }));
      return c.json(
        {
          ...page,
          next_cursor: page.next_cursor ?? (scannedTo && encodeCursor({ id: scannedTo.id })),
          scanned_until: scannedTo && toIso(scannedTo.assignedAt),
        },
        200,
      );
    })
    .openapi(take, async (c) => {
      const { campaign_id: name, after, call_id: callId } = c.req.valid("json");
      if (callId !== undefined) {
        if (name !== undefined || after !== undefined)
          return problem(c, invalid("call_id", "stands alone: `campaign_id` and `after` are of the queue"));
        const mayChoose = may(c.var.caller, "reviews:assign");
        const chosen = await takeCall(c.var.deps, { ...withinOf(c), callId, mayChoose }, actOf(c));
        return chosen.ok ? c.json(viewTaken(chosen.value), 200) : problem(c, chosen.error);
      }
      const campaign = await campaignIdOf(c.var.deps.db, withinOf(c), name);
      if (!campaign.ok) return problem(c, campaign.error);
      const next = await takeNext(c.var.deps, { ...withinOf(c), campaignId: campaign.value, after }, actOf(c));
      return next ? c.json(viewTaken(next), 200) : c.body(null, 204);
    })
    .openapi(read, async (c) => answer(c, await readReview(c.var.deps.db, viewerOf(c), targetOf(c))))
    .openapi(keep, async (c) =>
      answer(c, await keepReview(c.var.deps, targetOf(c), c.req.valid("json").answers, actOf(c))),
    )
    .openapi(resume, async (c) => {
      const found = await readReview(c.var.deps.db, viewerOf(c), targetOf(c));
      if (!found.ok) return problem(c, found.error);
      const resumed = await resumeReview(c.var.deps, { ...withinOf(c), review: found.value }, actOf(c));
      return resumed.ok ? c.json(viewTaken(resumed.value), 200) : problem(c, resumed.error);
    })
    .openapi(submit, async (c) =>
      answer(c, await submitReview(c.var.deps, targetOf(c), c.req.valid("json").answers, actOf(c))),
    )
    .openapi(undo, async (c) => answer(c, await undoSubmit(c.var.deps, targetOf(c), actOf(c))))
    .openapi(skip, async (c) => {
      const { reason, note = "" } = c.req.valid("json");
      if (reason === "other" && note === "")
        return problem(c, invalid("note", "says why, where the reason is `other`"));
      const skipped = { reason, note: note === "" ? null : note };
      return answer(c, await skipReview(c.var.deps, targetOf(c), skipped, actOf(c)));
    })
    .openapi(escalate, async (c) =>
      answer(c, await escalateReview(c.var.deps, targetOf(c), c.req.valid("json").note, actOf(c))),
    )
    .openapi(second, async (c) => {
      const asked = await askSecondOpinion(c.var.deps, targetOf(c), actOf(c));
      return asked.ok ? answer(c, await readReview(c.var.deps.db, viewerOf(c), targetOf(c))) : problem(c, asked.error);
    })
    .openapi(giveBack, async (c) =>
      answer(c, await returnReview(c.var.deps, targetOf(c), c.req.valid("json").note, actOf(c))),
    );
}

function answer(c: Context<ApiEnv>, found: Result<ReadReview, DomainError>) {
  return found.ok ? c.json(viewReview(found.value), 200) : problem(c, found.error);
}

function targetOf(c: Context<ApiEnv>) {
  return { ...withinOf(c), id: c.req.param("id") ?? "" };
}

/** Whose reviews somebody sees: their own, and what may be seen of others'. */
function viewerOf(c: Context<ApiEnv>): Viewer {
  const { caller } = c.var;
  return { id: actorText(caller.actor), seesAll: may(caller, "reviews:assign") };
}
