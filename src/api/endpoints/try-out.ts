import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { testEndpoint } from "../../delivery";
import { actOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";
import { deliveryDetail, viewDeliveryDetail } from "./log-shapes";

const event = z
  .string()
  .max(100)
  .optional()
  .describe("An event type, or the profile's name for one. Default: a subscribed one.");

const common = {
  tags: ["Deliveries"],
  security: SECURED,
  method: "post" as const,
  description:
    "Sends an example at once, signed and marked as a test, whatever the endpoint's state, and answers with the " +
    "result. It affects neither the order of events nor retries nor health. While two tests of an endpoint are under way, a third is answered 409.",
  responses: {
    200: { description: "The delivery with its one attempt", ...json(deliveryDetail) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
};

const test = createRoute({
  ...common,
  path: "/{id}/test",
  summary: "Send a test event",
  request: {
    params: idParam,
    body: { required: false, ...json(z.strictObject({ event }), { event: "call.completed" }) },
  },
});

const testByName = createRoute({
  ...common,
  path: "/test",
  summary: "Send a test event to the endpoint named in the body",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ webhookId: z.string().max(200), event }), {
        webhookId: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
      }),
    },
  },
});

/** Sends test events. The second route is AuthentiVoice's. */
export function tryOutRoutes() {
  return newRouter()
    .openapi(testByName, async (c) => {
      const { webhookId, event: wanted } = c.req.valid("json");
      return tryOut(c, webhookId, wanted);
    })
    .openapi(test, async (c) => tryOut(c, c.req.valid("param").id, c.req.valid("json").event));
}

async function tryOut(c: Context<ApiEnv>, id: string, wanted: string | undefined) {
  const target = { organizationId: c.var.caller.organizationId, id };
  const tested = await testEndpoint(c.var.deps, target, wanted, actOf(c));
  return tested.ok
    ? c.json(viewDeliveryDetail(tested.value.entry, tested.value.endpoint), 200)
    : problem(c, tested.error);
}
