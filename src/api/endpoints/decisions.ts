import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { retryDelivery, settleDelivery } from "../../delivery";
import { actOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { json } from "../shapes";
import { deliveryParams } from "./log";

const common = {
  tags: ["Deliveries"],
  security: SECURED,
  method: "post" as const,
  request: { params: deliveryParams },
};

const retry = createRoute({
  ...common,
  path: "/{id}/deliveries/{deliveryId}/retry",
  summary: "Send a delivery again now",
  description: "One that waits for its next attempt is due at once; one that is over is sent again as a replay.",
  responses: {
    202: {
      description: "It is on its way",
      ...json(z.object({ delivery_id: z.string(), outcome: z.enum(["scheduled", "replayed"]) }), {
        delivery_id: "dlv_01k3a7w8q0m4x2c9v5b6n7p8r1",
        outcome: "scheduled",
      }),
    },
    ...failures(401, 403, 404),
  },
});

function settle<Path extends string>(path: Path, summary: string, description: string) {
  return createRoute({
    ...common,
    path,
    summary,
    description,
    responses: { 204: { description: "It is decided" }, ...failures(401, 403, 404, 409) },
  });
}

const release = settle(
  "/{id}/deliveries/{deliveryId}/release",
  "Let a held delivery go once more",
  "The call behind it waits on until this delivery is taken or skipped.",
);
const skip = settle(
  "/{id}/deliveries/{deliveryId}/skip",
  "Give a waiting delivery up",
  "The call goes on with its next event, whose receiver is told of the gap.",
);

/** What people decide about single deliveries. */
export function decisionRoutes() {
  return newRouter()
    .openapi(retry, async (c) => {
      const { id, deliveryId } = c.req.valid("param");
      const target = { organizationId: c.var.caller.organizationId, id, deliveryId };
      const retried = await retryDelivery(c.var.deps, target, actOf(c));
      return retried.ok ? c.json({ delivery_id: deliveryId, outcome: retried.value }, 202) : problem(c, retried.error);
    })
    .openapi(release, async (c) => decide(c, c.req.valid("param"), "release"))
    .openapi(skip, async (c) => decide(c, c.req.valid("param"), "skip"));
}

async function decide(c: Context<ApiEnv>, target: z.infer<typeof deliveryParams>, action: "release" | "skip") {
  const { organizationId } = c.var.caller;
  const settled = await settleDelivery(c.var.deps, { organizationId, ...target }, action, actOf(c));
  return settled.ok ? c.body(null, 204) : problem(c, settled.error);
}
