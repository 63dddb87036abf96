import { createRoute, z } from "@hono/zod-openapi";
import { readCall } from "../../calls";
import { readCampaign } from "../../campaigns";
import { invalid } from "../../errors";
import { newId } from "../../lib/id";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";

const campaignId = z.string().max(200);
const example = { id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n", campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1" };

const choose = createRoute({
  tags: ["Calls"],
  security: SECURED,
  method: "post",
  path: "/{id}/campaign",
  summary: "Choose the campaign of a call",
  description:
    "In quarantine or not. A call that waited goes on: its kept recordings get their task and analysis. No later notice of the platform changes the choice; another choice does.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ campaign_id: campaignId }), { campaign_id: example.campaign_id }),
    },
  },
  responses: {
    202: {
      description: "It is on its way",
      ...json(z.object({ id: z.string(), campaign_id: z.string() }), example),
    },
    ...failures(400, 401, 403, 404, 415, 422),
  },
});

/** `/v1/calls/{id}/campaign` */
export function callCampaignRoutes() {
  return newRouter().openapi(choose, async (c) => {
    const { db, inbox, now } = c.var.deps;
    const { organizationId } = c.var.caller;
    const call = await readCall(db, { organizationId, id: c.req.valid("param").id });
    if (!call.ok) return problem(c, call.error);
    const campaign = await readCampaign(db, { organizationId, id: c.req.valid("json").campaign_id });
    if (!campaign.ok) return problem(c, invalid("campaign_id", "names no campaign of this organization"));
    await inbox.put({
      kind: "placement",
      id: newId("plc", now()),
      organizationId,
      callIds: [call.value.id],
      campaignId: campaign.value.id,
      onlyWaiting: false,
    });
    return c.json({ id: call.value.id, campaign_id: campaign.value.id }, 202);
  });
}
