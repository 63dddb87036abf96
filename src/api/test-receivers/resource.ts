import { createRoute, z } from "@hono/zod-openapi";
import {
  createTestReceiver,
  deleteTestReceiver,
  readTestReceiver,
  testReceiverUrl,
  type ReceivedAtTest,
  type TestReceiver,
} from "../../delivery";
import { toIso } from "../../lib/time";
import { actOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";

const common = { tags: ["Test receivers"], security: SECURED };

const example = {
  id: "rcv_01k3a7w8q0m4x2c9v5b6n7p8r1",
  url: "https://calls.example.com/test-receivers/rcv_01k3a7w8q0m4x2c9v5b6n7p8r1",
  created_at: "2026-08-20T14:00:00.000Z",
  expires_at: "2026-08-20T15:00:00.000Z",
  received: 1,
};

const receiver = z.object({
  id: z.string(),
  url: z.string().describe("Enter it as the URL of an endpoint. Whoever has it can send to it."),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().describe("It and all that came to it are gone then."),
  received: z.number().int().describe("Requests that came. The last 50 are kept."),
});
const newReceiver = receiver.openapi("TestReceiver", { example });

const request = z.object({
  number: z.number().int().describe("1 for the first that came."),
  received_at: z.iso.datetime(),
  method: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string().describe("As it arrived."),
  valid: z.boolean().describe("Whether a receiver with the current secret accepts it."),
  finding: z.string().describe("As at `POST /v1/webhooks/verify`, found when it arrived."),
  endpoint_id: z.string().nullable().describe("The endpoint that sent it, where its signature says so."),
});

const receiverWithRequests = receiver
  .extend({ requests: z.array(request).describe("The newest first.") })
  .openapi("TestReceiverWithRequests", {
    example: {
      ...example,
      requests: [
        {
          number: 1,
          received_at: "2026-08-20T14:03:13.400Z",
          method: "POST",
          headers: { "content-type": "application/json", "webhook-id": "evt_01k3a7w8q0m4x2c9v5b6n7p8r1" },
          body: '{"type":"call.completed"}',
          valid: true,
          finding: "valid",
          endpoint_id: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
        },
      ],
    },
  });

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Make a test receiver",
  description:
    "An address of this deployment that takes what is sent to it, for an hour, shows it and checks its signature against the endpoints of the organization. An organization has five at most.",
  responses: { 201: { description: "The test receiver", ...json(newReceiver) }, ...failures(401, 403, 409) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "See what came to a test receiver",
  request: { params: idParam },
  responses: {
    200: { description: "The test receiver and what came", ...json(receiverWithRequests) },
    ...failures(401, 403, 404),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "End a test receiver",
  description: "With all that came to it.",
  request: { params: idParam },
  responses: { 204: { description: "It is gone" }, ...failures(401, 403, 404) },
});

/** `/v1/test-receivers` */
export function testReceiverRoutes() {
  return newRouter()
    .openapi(create, async (c) => {
      const { deps, caller } = c.var;
      const made = await createTestReceiver(deps, { organizationId: caller.organizationId }, actOf(c));
      return made.ok ? c.json(view(made.value, deps.config.publicUrl), 201) : problem(c, made.error);
    })
    .openapi(read, async (c) => {
      const { deps, caller } = c.var;
      const target = { organizationId: caller.organizationId, id: c.req.valid("param").id };
      const found = await readTestReceiver(deps.db, target, deps.now());
      if (!found.ok) return problem(c, found.error);
      const { receiver: row, requests } = found.value;
      return c.json({ ...view(row, deps.config.publicUrl), requests: requests.map(viewRequest) }, 200);
    })
    .openapi(remove, async (c) => {
      const { deps, caller } = c.var;
      const target = { organizationId: caller.organizationId, id: c.req.valid("param").id };
      const deleted = await deleteTestReceiver(deps, target, actOf(c));
      return deleted.ok ? c.body(null, 204) : problem(c, deleted.error);
    });
}

function view(row: TestReceiver, publicUrl: string): z.infer<typeof newReceiver> {
  return {
    id: row.id,
    url: testReceiverUrl(publicUrl, row.id),
    created_at: toIso(row.createdAt),
    expires_at: toIso(row.expiresAt),
    received: row.received,
  };
}

function viewRequest(row: ReceivedAtTest): z.infer<typeof request> {
  return {
    number: row.number,
    received_at: toIso(row.receivedAt),
    method: row.method,
    headers: row.headers,
    body: row.body,
    valid: row.finding === "valid",
    finding: row.finding,
    endpoint_id: row.endpointId,
  };
}
