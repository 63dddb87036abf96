import { createRoute, z } from "@hono/zod-openapi";
import { replayEndpoint, SETTING_LIMITS } from "../../delivery";
import { actOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json, moment } from "../shapes";
import { delivery } from "./log-shapes";

const { min, max } = SETTING_LIMITS.ratePerSecond;

/** The options of every replay. They have no defaults, because no schema adds them when there is no body. */
export const replayOptions = {
  dry_run: z.boolean().optional().describe("Only counts."),
  per_second: z
    .number()
    .min(min)
    .max(max)
    .optional()
    .describe("Attempts per second of this replay, per endpoint. The endpoint's own limit applies as well."),
};

const replay = z
  .strictObject({
    call_id: z.string().max(200).optional(),
    since: moment.optional().openapi({ description: "Enqueued at or after this moment." }),
    until: moment.optional().openapi({ description: "Enqueued before this moment." }),
    type: z.string().max(100).optional().describe("The event's type."),
    state: delivery.shape.state.optional(),
    ...replayOptions,
  })
  .refine(
    (given) => [given.call_id, given.since, given.type, given.state].some((one) => one !== undefined),
    "say what to send again: a call_id, since, type or state",
  )
  .openapi("Replay", { example: { since: "2026-08-20T14:00:00Z", state: "parked", dry_run: true } });

const counts = z
  .object({
    matched: z.number().int().describe("Events that match; of deliveries in the log exact up to 1,000."),
    more: z.boolean().describe("Whether more match than `matched` counts."),
    enqueued: z
      .number()
      .int()
      .describe("How many of them were enqueued: the oldest, if the backlog has no room for all."),
  })
  .openapi("ReplayCounts", { example: { matched: 12, more: false, enqueued: 12 } });

const route = createRoute({
  tags: ["Deliveries"],
  security: SECURED,
  method: "post",
  path: "/{id}/replay",
  summary: "Send events again to an endpoint",
  description:
    "The same events in new deliveries, each call in order, after everything else and without effect on the endpoint's " +
    "failures. With only a `call_id`: all events of the call, also those from before the endpoint was created. " +
    "Otherwise: matching deliveries that are still in the endpoint's log.",
  request: { params: idParam, body: { required: true, ...json(replay) } },
  responses: {
    200: { description: "The result", ...json(counts) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

/** Sends events again, or sends events the endpoint missed. */
export function replayRoutes() {
  return newRouter().openapi(route, async (c) => {
    const { organizationId } = c.var.caller;
    const {
      dry_run: dryRun = false,
      per_second: perSecond,
      call_id: callId,
      since,
      until,
      type,
      state,
    } = c.req.valid("json");
    const target = { organizationId, id: c.req.valid("param").id };
    const query = { stream: callId, type, state, from: since, to: until };
    const done = await replayEndpoint(c.var.deps, target, query, { dryRun, perSecond }, actOf(c));
    if (!done.ok) return problem(c, done.error);
    const { matched, enqueued } = done.value;
    return c.json({ matched: matched.count, more: matched.more, enqueued }, 200);
  });
}
