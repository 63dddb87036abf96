import { z } from "@hono/zod-openapi";
import type { DeliveryLogEntry, EndpointRow } from "../delivery";
import { toIso } from "../lib/time";

const exampleEndpoint = {
  id: "end_01k3a7w8q0m4x2c9v5b6n7p8r1",
  url: "https://crm.example/hooks/calls",
  description: "CRM",
  profile: "standard" as const,
  events: ["call.*", "recording.completed"],
  active: true,
  created_at: "2026-08-20T14:00:00.000Z",
  updated_at: "2026-08-20T14:00:00.000Z",
};

/** A subscriber's webhook, as the API shows it. */
export const endpoint = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string().nullable(),
    profile: z.enum(["standard"]).describe("How bodies are made and signed."),
    events: z.array(z.string()).describe("Event types, prefixes such as `call.*`, or `*`."),
    active: z.boolean().describe("False holds deliveries back."),
    created_at: z.iso.datetime().describe("The endpoint hears of events recorded from this moment on."),
    updated_at: z.iso.datetime(),
  })
  .openapi("Endpoint", { example: exampleEndpoint });

/** An endpoint just made: the one answer that carries its signing secret. */
export const freshEndpoint = endpoint
  .extend({ signing_secret: z.string().describe("Signs every delivery. It is shown here and never again.") })
  .openapi("FreshEndpoint", {
    example: { ...exampleEndpoint, signing_secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=" },
  });

const url = z.string().max(2048).openapi({ example: "https://crm.example/hooks/calls" });
const events = z
  .array(z.string().max(100))
  .min(1)
  .max(50)
  .openapi({ example: ["call.*", "recording.completed"] });
const description = z.string().trim().max(500).nullable();

/** What an endpoint is made from. */
export const newEndpoint = z.strictObject({
  url,
  events,
  description: description.optional(),
  profile: z.enum(["standard"]).optional(),
  active: z.boolean().optional(),
  secret: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: "`whsec_` and the base64 of 24 to 64 bytes; made here when left out." }),
});

/** What of an endpoint can change. */
export const endpointChanges = z.strictObject({
  url: url.optional(),
  events: events.optional(),
  description: description.optional(),
  active: z.boolean().optional(),
});

const headers = z.record(z.string(), z.string());

const attempt = z.object({
  number: z.number().int().describe("From 1."),
  due_at: z.iso.datetime(),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime(),
  status: z.number().int().nullable().describe("HTTP status; null when no answer came."),
  error: z.string().nullable(),
  request: z.object({ method: z.string(), url: z.string(), headers, body: z.string() }),
  response: z.object({ headers, body: z.string() }).nullable(),
});

/** One event on its way to the endpoint, and every try at it. */
export const logEntry = z
  .object({
    delivery_id: z.string(),
    event: z.object({ id: z.string(), type: z.string(), stream: z.string(), seq: z.number().int() }),
    replay: z.number().int().describe("0 for the event itself; counts the times it was sent again on request."),
    state: z.enum(["pending", "delivered", "parked"]),
    enqueued_at: z.iso.datetime(),
    due_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
    attempts: z.array(attempt),
  })
  .openapi("DeliveryLogEntry", {
    example: {
      delivery_id: "dlv_01k3a7w8q0m4x2c9v5b6n7p8r1",
      event: {
        id: "evt_01k3a7w8q0m4x2c9v5b6n7p8r1",
        type: "call.completed",
        stream: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
        seq: 1,
      },
      replay: 0,
      state: "delivered",
      enqueued_at: "2026-08-20T14:03:13.000Z",
      due_at: null,
      finished_at: "2026-08-20T14:03:13.400Z",
      attempts: [
        {
          number: 1,
          due_at: "2026-08-20T14:03:13.000Z",
          started_at: "2026-08-20T14:03:13.100Z",
          ended_at: "2026-08-20T14:03:13.400Z",
          status: 204,
          error: null,
          request: { method: "POST", url: "https://crm.example/hooks/calls", headers: {}, body: "{}" },
          response: { headers: {}, body: "" },
        },
      ],
    },
  });

export function viewEndpoint(row: EndpointRow): z.infer<typeof endpoint> {
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    profile: row.profile,
    events: row.events,
    active: row.active,
    created_at: toIso(row.createdAt),
    updated_at: toIso(row.updatedAt),
  };
}

export function viewLogEntry(entry: DeliveryLogEntry): z.infer<typeof logEntry> {
  return {
    delivery_id: entry.deliveryId,
    event: { id: entry.eventId, type: entry.type, stream: entry.stream, seq: entry.seq },
    replay: entry.replay,
    state: entry.state,
    enqueued_at: toIso(entry.enqueuedAt),
    due_at: toIso(entry.dueAt),
    finished_at: toIso(entry.finishedAt),
    attempts: entry.attempts.map(({ dueAt, startedAt, endedAt, ...rest }) => ({
      ...rest,
      due_at: toIso(dueAt),
      started_at: toIso(startedAt),
      ended_at: toIso(endedAt),
    })),
  };
}
