import { createRoute, z } from "@hono/zod-openapi";
import { sendSample } from "../../samples";
import { actOf, withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";
import { sampleNotice } from "./sample-notice";

const given = z.strictObject({
  sample: sampleNotice.optional(),
  campaign_id: z
    .union([z.string().max(200), z.number().int().min(1).transform(String)])
    .optional()
    .openapi({
      description:
        "By id or number: whose number the example has, on platforms whose notices each name their campaign. With `sample`, what stands there counts.",
    }),
});

const sent = z
  .object({
    inbound_id: z.string().describe("Its entry in the inbound log, of the form `sample`."),
    call_ids: z.array(z.string()).describe("The calls it makes, which come a moment later and have the tag `sample`."),
  })
  .openapi("SentSample", {
    example: { inbound_id: "inb_01k3a7w8q0m4x2c9v5b6n7p8r1", call_ids: ["call_3v5g8k2m9q4t7w0y1z6x3c8b5n"] },
  });

const send = createRoute({
  tags: ["Sources"],
  security: SECURED,
  method: "post",
  path: "/{id}/samples",
  summary: "Send a sample to a source",
  description:
    "Goes the way of the platform's own notices: read with the source's settings, kept in the inbound log, made a call, delivered to subscribers. Without `sample`, it is an example of the platform's, of a call that has just ended. The id of the call is that in the notice with `sample-` before it, so that it is never a call of the platform's. A call without a recording's link gets a recording of this deployment's samples, which is analysed like any. The source's health, its counts and its last notice stay those of the platform. What is wrong with the sample is named field by field. To remove the call, erase it.",
  request: { params: idParam, body: { required: true, ...json(given, {}) } },
  responses: {
    202: { description: "It is kept and on its way", ...json(sent) },
    ...failures(400, 401, 403, 404, 409, 413, 415, 422, 429),
  },
});

/** `/v1/sources/{id}/samples` */
export function sourceSampleRoutes() {
  return newRouter().openapi(send, async (c) => {
    const { sample: notice, campaign_id: campaign } = c.req.valid("json");
    const target = { ...withinOf(c), id: c.req.valid("param").id };
    const answer = await sendSample(c.var.deps, target, { sample: notice, campaign }, actOf(c));
    if (!answer.ok) return problem(c, answer.error);
    return c.json({ inbound_id: answer.value.inboundId, call_ids: answer.value.callIds }, 202);
  });
}
