import { z } from "@hono/zod-openapi";
import type { DeliveryLogEntry, DeliveryState, EndpointRow } from "../../delivery";

// Names and formats as in Audian's documentation. Other settings are on `/v1/webhooks`.

const exampleWebhook = {
  id: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
  url: "https://your-domain.com/webhooks",
  events: ["*"],
  active: true,
  created_at: "2024-01-15T10:00:00Z",
};

/** ISO 8601 in UTC, to the second. */
const seconds = z.string().openapi({ format: "date-time", example: "2024-01-15T10:00:00Z" });

const known = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  active: z.boolean(),
  created_at: seconds,
});

export const webhook = known
  .extend({ description: z.string().nullable(), version: z.string() })
  .openapi("AudianWebhook", { example: { ...exampleWebhook, description: null, version: "v1" } });

/** The answer to creating a webhook: exactly the keys in Audian's documentation. */
export const freshWebhook = known.extend({ signing_secret: z.string() }).openapi("FreshAudianWebhook", {
  example: { ...exampleWebhook, signing_secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
});

const events = z.array(z.string().max(100)).min(1).max(50).describe('Events to subscribe to; `["*"]` for all.');

const parameters = {
  url: z.string().max(2048),
  events,
  active: z.boolean(),
  description: z.string().trim().max(500).nullable(),
  version: z.string().max(20).describe("Payload version. Default v1."),
};

export const webhookChanges = z
  .strictObject(parameters)
  .partial()
  .openapi("AudianWebhookChanges", {
    example: { events: ["call.completed", "call.failed", "recording.completed"], active: true },
  });

export const newWebhook = webhookChanges.extend({ url: parameters.url, events }).openapi("NewAudianWebhook", {
  example: { url: "https://your-domain.com/webhooks", events: ["*"], active: true },
});

export const pagination = z.object({ page: z.number().int(), limit: z.number().int(), total: z.number().int() });

export const logPagination = pagination.extend({
  total: z.number().int().describe("Exact up to 1,000."),
  more: z.literal(true).optional().describe("There are more than 1,000: go on until a page is not full."),
});

export const logRow = z
  .object({
    id: z.string().describe("The event's."),
    webhook_id: z.string(),
    event: z.string(),
    timestamp: seconds,
    status: z.enum(["pending", "delivered", "failed"]),
    response_status: z.number().int().nullable(),
    attempts: z.number().int(),
  })
  .openapi("AudianLogRow", {
    example: {
      id: "evt_01k3a7w8q0m4x2c9v5b6n7p8r1",
      webhook_id: exampleWebhook.id,
      event: "call.completed",
      timestamp: "2024-01-15T10:30:00Z",
      status: "delivered",
      response_status: 200,
      attempts: 1,
    },
  });

export function viewWebhook(row: EndpointRow): z.infer<typeof webhook> {
  return { ...viewKnown(row), description: row.description, version: row.payloadVersion };
}

export function viewKnown(row: EndpointRow): z.infer<typeof known> {
  const { id, url, events: asked, active, createdAt } = row;
  return { id, url, events: asked, active, created_at: toSeconds(createdAt) };
}

export function viewLogRow(row: Pick<EndpointRow, "id">, entry: DeliveryLogEntry): z.infer<typeof logRow> {
  return {
    id: entry.eventId,
    webhook_id: row.id,
    event: entry.type,
    timestamp: toSeconds(entry.enqueuedAt),
    status: STATUSES[entry.state],
    response_status: entry.attempts.at(-1)?.status ?? null,
    attempts: entry.attemptCount,
  };
}

const STATUSES: Record<DeliveryState, z.infer<typeof logRow>["status"]> = {
  pending: "pending",
  held: "pending",
  delivered: "delivered",
  parked: "failed",
  skipped: "failed",
};

function toSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
