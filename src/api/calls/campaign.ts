import { createRoute, z } from "@hono/zod-openapi";
import { chooseCampaign } from "../../calls";
import { may } from "../../identity";
import { actOf, withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";

const campaignId = z
  .string()
  .max(200)
  .nullable()
  .describe("By id or number; null moves the call back to those that wait for one.");
const example = { id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n", campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1" };

const choose = createRoute({
  tags: ["Calls"],
  security: SECURED,
  method: "post",
  path: "/{id}/campaign",
  summary: "Choose the campaign of a call",
  description:
    "In quarantine or not. A call that waited goes on: its kept recordings get their task and analysis. One that is moved back waits with the reason `moved_back`, which is for whoever reaches the whole organization. No later notice of the platform changes the choice; another choice does. Where less is taken out of calls than where this one is, it needs `originals:read`.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ campaign_id: campaignId }), { campaign_id: example.campaign_id }),
    },
  },
  responses: {
    202: {
      description: "It was accepted and is being processed",
      ...json(z.object({ id: z.string(), campaign_id: z.string().nullable() }), example),
    },
    ...failures(400, 401, 403, 404, 415, 422),
  },
});

/** `/v1/calls/{id}/campaign` */
export function callCampaignRoutes() {
  return newRouter().openapi(choose, async (c) => {
    const hearsAll = may(c.var.caller, "originals:read");
    const where = { callId: c.req.valid("param").id, campaignId: c.req.valid("json").campaign_id };
    const choice = { ...withinOf(c), hearsAll, ...where };
    const chosen = await chooseCampaign(c.var.deps, choice, actOf(c));
    if (!chosen.ok) return problem(c, chosen.error);
    return c.json({ id: chosen.value.callId, campaign_id: chosen.value.campaignId }, 202);
  });
}
