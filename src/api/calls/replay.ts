import { createRoute, z } from "@hono/zod-openapi";
import { replayCall } from "../../delivery";
import { actOf } from "../authenticate";
import { replayOptions } from "../endpoints";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";

const replay = z
  .strictObject({
    endpoint_id: z.string().max(200).optional().describe("Default: every active endpoint."),
    ...replayOptions,
  })
  .openapi("CallReplay", { example: { dry_run: true } });

const counts = z
  .object({
    matched: z.number().int(),
    enqueued: z.number().int(),
    unable: z
      .array(z.string())
      .describe("Endpoints that could not accept it now: repeat the request for each of them."),
  })
  .openapi("CallReplayCounts", { example: { matched: 8, enqueued: 8, unable: [] } });

const route = createRoute({
  tags: ["Calls"],
  security: SECURED,
  method: "post",
  path: "/{id}/replay",
  summary: "Send a call's events again",
  description:
    "All its events, in order, to one endpoint or to all, as far as each endpoint's current subscription includes them.",
  request: { params: idParam, body: { required: false, ...json(replay) } },
  responses: {
    200: { description: "The result", ...json(counts) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

/** `/v1/calls/{id}/replay` */
export function callReplayRoutes() {
  return newRouter().openapi(route, async (c) => {
    const { dry_run: dryRun = false, per_second: perSecond, endpoint_id: endpointId } = c.req.valid("json");
    const target = { organizationId: c.var.caller.organizationId, callId: c.req.valid("param").id, endpointId };
    const done = await replayCall(c.var.deps, target, { dryRun, perSecond }, actOf(c));
    if (!done.ok) return problem(c, done.error);
    const { matched, enqueued, unable } = done.value;
    return c.json({ matched, enqueued, unable }, 200);
  });
}
