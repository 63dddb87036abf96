import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { holdDelivery, retryDelivery, retryEndpoint, settleDelivery, type DeliveryState } from "../../delivery";
import { actOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";
import { deliveryParams } from "./log";
import { delivery } from "./log-shapes";

const common = {
  tags: ["Deliveries"],
  security: SECURED,
  method: "post" as const,
  request: {
    params: deliveryParams,
    query: z.strictObject({
      if_state: delivery.shape.state
        .optional()
        .describe("The state that you saw it in: in another one by now, nothing is done and the answer is 409."),
    }),
  },
};

const retry = createRoute({
  ...common,
  path: "/{id}/deliveries/{deliveryId}/retry",
  summary: "Send a delivery again now",
  description:
    "A delivery that waits for its next attempt becomes due at once; a closed one is sent again as a replay.",
  responses: {
    202: {
      description: "It was accepted and is being processed",
      ...json(z.object({ delivery_id: z.string(), outcome: z.enum(["scheduled", "replayed"]) }), {
        delivery_id: "dlv_01k3a7w8q0m4x2c9v5b6n7p8r1",
        outcome: "scheduled",
      }),
    },
    ...failures(401, 403, 404, 409, 422),
  },
});

const retryAll = createRoute({
  ...common,
  request: { params: idParam },
  path: "/{id}/retry",
  summary: "Try everything that waits again now",
  description:
    "What waits for its next attempt becomes due at once, each call in order, at most 10,000 deliveries of a shard. Of an endpoint that fails for long one attempt goes first, and the others once it succeeds. Held deliveries stay held. Paused or switched off: 409.",
  responses: {
    202: {
      description: "It was accepted and is being processed",
      ...json(
        z.object({
          retried: z.number().int().describe("Deliveries that are due now."),
          more: z.boolean().describe("Whether more wait than one request takes."),
        }),
        { retried: 27, more: false },
      ),
    },
    ...failures(401, 403, 404, 409),
  },
});

function settle<Path extends string>(path: Path, summary: string, description: string) {
  return createRoute({
    ...common,
    path,
    summary,
    description,
    responses: { 204: { description: "The decision is stored" }, ...failures(401, 403, 404, 409, 422) },
  });
}

const release = settle(
  "/{id}/deliveries/{deliveryId}/release",
  "Release a held delivery for one more attempt",
  "Later events of the call wait until this delivery is accepted or skipped.",
);
const skip = settle(
  "/{id}/deliveries/{deliveryId}/skip",
  "Give a waiting delivery up",
  "The call continues with its next event, which reports the gap to the receiver.",
);

const hold = settle(
  "/{id}/deliveries/{deliveryId}/hold",
  "Hold a delivery that waits for its next attempt",
  "It is not tried before it is released, or skipped, and later events of the call wait behind it. Only one that waits at the head of its call is held: one that is under way, queued behind an earlier one, closed, or held already answers 409.",
);

/** A person's decisions about single deliveries. */
export function decisionRoutes() {
  return newRouter()
    .openapi(retry, async (c) => {
      const { id, deliveryId } = c.req.valid("param");
      const { if_state: seen } = c.req.valid("query");
      const target = { organizationId: c.var.caller.organizationId, id, deliveryId, seen };
      const retried = await retryDelivery(c.var.deps, target, actOf(c));
      return retried.ok ? c.json({ delivery_id: deliveryId, outcome: retried.value }, 202) : problem(c, retried.error);
    })
    .openapi(retryAll, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const retried = await retryEndpoint(c.var.deps, target, actOf(c));
      return retried.ok ? c.json(retried.value, 202) : problem(c, retried.error);
    })
    .openapi(release, async (c) => decide(c, { ...c.req.valid("param"), ...c.req.valid("query") }, "release"))
    .openapi(skip, async (c) => decide(c, { ...c.req.valid("param"), ...c.req.valid("query") }, "skip"))
    .openapi(hold, async (c) => decide(c, { ...c.req.valid("param"), ...c.req.valid("query") }, "hold"));
}

type Decided = z.infer<typeof deliveryParams> & { if_state?: DeliveryState | undefined };

async function decide(c: Context<ApiEnv>, target: Decided, action: "release" | "skip" | "hold") {
  const { id, deliveryId, if_state: seen } = target;
  const decided = { organizationId: c.var.caller.organizationId, id, deliveryId, seen };
  const settled =
    action === "hold"
      ? await holdDelivery(c.var.deps, decided, actOf(c))
      : await settleDelivery(c.var.deps, decided, action, actOf(c));
  return settled.ok ? c.body(null, 204) : problem(c, settled.error);
}
