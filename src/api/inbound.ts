import { createRoute, z } from "@hono/zod-openapi";
import { toBase64 } from "../lib/hmac";
import { toIso } from "../lib/time";
import { listInbound, readInbound, replayInbound, type InboundDetail } from "../sources";
import { pageQuery } from "./cursor";
import { failures, problem } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { idParam, json, listOf, moment, pageOf } from "./shapes";

const example = {
  id: "inb_01k3a7w8q0m4x2c9v5b6n7p8r1",
  source: { id: "src_01k3a7w8q0m4x2c9v5b6n7p8r1", kind: "audian" },
  received_at: "2026-08-20T14:03:12.000Z",
  path: "/webhook/audian/src_01k3a7w8q0m4x2c9v5b6n7p8r1",
  headers: { "content-type": "application/json" },
  body_size: 19,
  outcome: "accepted" as const,
  reason: null,
  status: 200,
  call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
  replays: 0,
};

const inboundRequest = z
  .object({
    id: z.string(),
    source: z.object({ id: z.string().nullable(), kind: z.string() }),
    received_at: z.iso.datetime(),
    path: z.string(),
    headers: z.record(z.string(), z.string()).describe("Without those that could authenticate."),
    body_size: z.number().int(),
    outcome: z.enum(["accepted", "ignored", "refused", "quarantined", "dead"]),
    reason: z.string().nullable(),
    status: z.number().int().describe("The HTTP status the sender was answered with."),
    call_id: z.string().nullable(),
    replays: z.number().int(),
  })
  .openapi("InboundRequest", { example });

const inboundDetail = inboundRequest
  .extend({
    body: z
      .object({ encoding: z.enum(["text", "base64"]), content: z.string() })
      .nullable()
      .describe("The raw body: as text where it is UTF-8, else as base64; null when it was not kept."),
  })
  .openapi("InboundRequestDetail", {
    example: { ...example, body: { encoding: "text", content: '{"event":"call.end"}' } },
  });

const common = { tags: ["Inbound requests"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List what the platforms sent, newest first",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ id: z.string() })),
      outcome: inboundRequest.shape.outcome.optional(),
      source_id: z.string().max(200).optional(),
      call_id: z.string().max(200).optional(),
      from: moment.optional().openapi({ description: "Arrived at or after this moment." }),
      to: moment.optional().openapi({ description: "Arrived before this moment." }),
    }),
  },
  responses: {
    200: { description: "A page of requests", ...json(listOf(inboundRequest)) },
    ...failures(401, 403, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read one inbound request with its body",
  request: { params: idParam },
  responses: { 200: { description: "The request", ...json(inboundDetail) }, ...failures(401, 403, 404) },
});

const replay = createRoute({
  ...common,
  method: "post",
  path: "/{id}/replay",
  summary: "Work on an inbound request again",
  description: "For after a fix: the kept bytes go through as if they had just come.",
  request: { params: idParam },
  responses: {
    202: { description: "It is on its way", ...json(z.object({ id: z.string() }), { id: example.id }) },
    ...failures(401, 403, 404, 409),
  },
});

/** `/v1/inbound` */
export function inboundRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, source_id: sourceId, call_id: callId, outcome, from, to: until } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const query = { organizationId, sourceId, callId, outcome, from, until, limit: limit + 1, after: cursor };
      const rows = await listInbound(c.var.deps.db, query);
      return c.json(
        pageOf(rows, limit, viewInbound, (row) => ({ id: row.id })),
        200,
      );
    })
    .openapi(read, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const found = await readInbound(c.var.deps.db, c.var.deps.bucket, target);
      return found.ok ? c.json(viewDetail(found.value), 200) : problem(c, found.error);
    })
    .openapi(replay, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const message = await replayInbound(c.var.deps.db, c.var.deps.bucket, target);
      if (!message.ok) return problem(c, message.error);
      await c.var.deps.inbox.put(message.value);
      return c.json({ id: message.value.id }, 202);
    });
}

function viewInbound(row: Omit<InboundDetail, "body">): z.infer<typeof inboundRequest> {
  return {
    id: row.id,
    source: { id: row.sourceId, kind: row.sourceKind },
    received_at: toIso(row.receivedAt),
    path: row.path,
    headers: row.headers,
    body_size: row.bodySize,
    outcome: row.outcome,
    reason: row.reason,
    status: row.status,
    call_id: row.callId,
    replays: row.replays,
  };
}

function viewDetail(row: InboundDetail): z.infer<typeof inboundDetail> {
  return { ...viewInbound(row), body: row.body === undefined ? null : viewBody(row.body) };
}

function viewBody(bytes: Uint8Array): { encoding: "text" | "base64"; content: string } {
  try {
    return { encoding: "text", content: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { encoding: "base64", content: toBase64(bytes) };
  }
}
