import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { readEndpoint } from "../../delivery";
import { notFound } from "../../errors";
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
      const found = await readEndpoint(c.var.deps.db, { organizationId: c.var.caller.organizationId, id });
      if (!found.ok) return problem(c, found.error);
      const outcome = await c.var.deps.endpointObjects.retry(found.value, deliveryId);
      if (outcome === "not_found") return problem(c, notFound("delivery"));
      return c.json({ delivery_id: deliveryId, outcome }, 202);
    })
    .openapi(release, async (c) => decide(c, c.req.valid("param"), "release"))
    .openapi(skip, async (c) => decide(c, c.req.valid("param"), "skip"));
}

async function decide(c: Context<ApiEnv>, target: z.infer<typeof deliveryParams>, action: "release" | "skip") {
  const { db, endpointObjects } = c.var.deps;
  const found = await readEndpoint(db, { organizationId: c.var.caller.organizationId, id: target.id });
  if (!found.ok) return problem(c, found.error);
  if (await endpointObjects.settle(found.value, target.deliveryId, action)) return c.body(null, 204);
  const entry = await endpointObjects.delivery(found.value, target.deliveryId);
  if (!entry) return problem(c, notFound("delivery"));
  return problem(c, { kind: "conflict", message: `This delivery is ${entry.state}: there is nothing to ${action}.` });
}
