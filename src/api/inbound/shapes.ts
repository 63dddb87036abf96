import { z } from "@hono/zod-openapi";
import { toBase64 } from "../../lib/hmac";
import { toIso } from "../../lib/time";
import { traceIdOf } from "../../lib/trace";
import type { InboundFilter, InboundPage, InboundView, ShownInbound } from "../../sources";
import { adviceOn } from "../../ui/failures";
import { encodeCursor } from "../cursor";
import { listOf, moment, TRACE } from "../shapes";

export const example = {
  id: "inb_01k3a7w8q0m4x2c9v5b6n7p8r1",
  source: { id: "src_01k3a7w8q0m4x2c9v5b6n7p8r1", kind: "audian" },
  received_at: "2026-08-20T14:03:12.000Z",
  path: "/webhook/audian/src_01k3a7w8q0m4x2c9v5b6n7p8r1",
  form: "notice" as const,
  headers: { "content-type": "application/json" },
  body_size: 19,
  outcome: "accepted" as const,
  reason: null,
  advice: null,
  status: 200,
  call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
  trace_id: "1ecb044c544dc9a3f01e0fcdd1b10b2d",
  replays: 0,
};

export const outcome = z.enum(["accepted", "ignored", "refused", "quarantined", "dead"]);
const form = z.enum(["notice", "upload", "listed", "sample"]).openapi({
  description:
    "What the body is: a platform's own notice, what came with an upload, an entry of the platform's list of calls, or a sample that somebody sent.",
});

export const inboundRequest = z
  .object({
    id: z.string(),
    source: z.object({ id: z.string().nullable(), kind: z.string() }),
    received_at: z.iso.datetime(),
    path: z.string(),
    form,
    headers: z.record(z.string(), z.string()).describe("Without headers that could authenticate."),
    body_size: z.number().int(),
    outcome,
    reason: z.string().nullable(),
    advice: z
      .string()
      .nullable()
      .describe("What the reason means and what to do about it, where something can be done."),
    status: z.number().int().describe("The HTTP status of the answer."),
    call_id: z.string().nullable(),
    trace_id: z.string().nullable().describe(TRACE),
    replays: z.number().int(),
  })
  .openapi("InboundRequest", { example });

export const inboundDetail = inboundRequest
  .extend({
    body: z
      .object({ encoding: z.enum(["text", "base64"]), content: z.string() })
      .nullable()
      .describe("The raw body: text when it is UTF-8, otherwise base64; null when it is not stored, or withheld."),
    body_withheld: z
      .boolean()
      .describe("Whether the body is kept from this reader: something is taken out of calls, and that may be in it."),
  })
  .openapi("InboundRequestDetail", {
    example: { ...example, body: { encoding: "text", content: '{"event":"call.end"}' }, body_withheld: false },
  });

/** A page of a search, which may end before it is full. */
export const searchPage = listOf(inboundRequest).extend({
  scanned_until: z.iso
    .datetime()
    .nullable()
    .describe(
      "When the last request scanned arrived, if the search stopped before the page was full: `next_cursor` continues from there.",
    ),
});

const text = z.string().min(1).max(200);

/** The filters that the organization's log and the admin's have in common. */
export const commonFilter = {
  outcome: outcome.optional(),
  reason: text.optional(),
  from: moment.optional().openapi({ description: "Arrived at or after this moment." }),
  to: moment.optional().openapi({ description: "Arrived before this moment." }),
};

/** The filters of the organization's log. `status` is a number in a body and text in a query. */
export function filterOf<Status extends z.ZodType<number>>(status: Status) {
  return {
    ...commonFilter,
    source_id: text.optional(),
    source_kind: text.optional(),
    status: status.optional().openapi({ description: "The HTTP status of the answer." }),
    call_id: text.optional(),
    form: form.optional(),
    q: text.optional().openapi({
      description: "Text in the body; A to Z match in any case. Bodies above 100 kB are not searched.",
    }),
  };
}

type Given = Partial<Record<"source_id" | "source_kind" | "call_id" | "q" | "reason", string>> &
  Partial<Record<"status" | "from" | "to", number>> & {
    outcome?: z.infer<typeof outcome>;
    form?: z.infer<typeof form>;
  };

/** Converts the filter for the core. */
export function toFilter(given: Given): InboundFilter {
  const { source_id: sourceId, source_kind: sourceKind, call_id: callId, q, to, ...same } = given;
  return { ...same, sourceId, sourceKind, callId, text: q, until: to };
}

export function viewPage(page: InboundPage): z.infer<typeof searchPage> {
  return {
    data: page.rows.map(viewInbound),
    next_cursor: page.next === null ? null : encodeCursor({ id: page.next }),
    scanned_until: toIso(page.scannedUntil),
  };
}

export function viewDetail(row: ShownInbound): z.infer<typeof inboundDetail> {
  const body = row.body === undefined ? null : viewBody(row.body);
  return { ...viewInbound(row), body, body_withheld: row.isWithheld };
}

function viewInbound(row: InboundView): z.infer<typeof inboundRequest> {
  return {
    id: row.id,
    source: { id: row.sourceId, kind: row.sourceKind },
    received_at: toIso(row.receivedAt),
    path: row.path,
    form: row.form,
    headers: row.headers,
    body_size: row.bodySize,
    outcome: row.outcome,
    reason: row.reason,
    advice: row.reason === null ? null : adviceOn("notice", row.reason, "en"),
    status: row.status,
    call_id: row.callId,
    trace_id: row.callId === null ? null : traceIdOf(row.callId),
    replays: row.replays,
  };
}

function viewBody(bytes: Uint8Array): { encoding: "text" | "base64"; content: string } {
  try {
    return { encoding: "text", content: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { encoding: "base64", content: toBase64(bytes) };
  }
}
