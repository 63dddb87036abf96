import { z, type OpenAPIHono } from "@hono/zod-openapi";
import { catalog, EVENT_TYPES, eventExamples, type EventType } from "../../events";
import type { ApiEnv } from "../router";

const ID = "evt_01k3a7w8q0m4x2c9v5b6n7p8r1";
const MOMENT = "2026-08-20T14:03:13.000Z";

const headers = z.object({
  "webhook-id": z.string().openapi({ description: "The id of the event: deduplicate by it.", example: ID }),
  "webhook-timestamp": z
    .string()
    .openapi({ description: "When this attempt was signed, in seconds since 1970.", example: "1787234593" }),
  "webhook-signature": z.string().openapi({
    description: "One signature for each secret that signs now, with spaces between them, as Standard Webhooks has it.",
    example: "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
  }),
});

/** Describes every event as the profile `standard` sends it to an endpoint. */
export function describeEvents(app: OpenAPIHono<ApiEnv>): void {
  for (const type of EVENT_TYPES) {
    app.openAPIRegistry.registerWebhook({
      method: "post",
      path: type,
      operationId: `on${type
        .split(/[._]/)
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join("")}`,
      summary: `The event ${type}`,
      description: catalog[type].description ?? `The event ${type}.`,
      tags: ["Events"],
      security: [],
      request: {
        headers,
        body: {
          required: true,
          content: { "application/json": { schema: envelopeOf(type), example: exampleOf(type) } },
        },
      },
      responses: {
        200: { description: "Taken. So is any other 2xx; whatever else is tried again." },
        410: { description: "Not wanted any more: the endpoint is disabled." },
      },
    });
  }
}

function envelopeOf(type: EventType) {
  return z.object({
    id: z.string().describe("The id of the event; the same in every attempt."),
    type: z.literal(type).describe("The type of the event."),
    timestamp: z.iso.datetime().describe("When it was recorded."),
    seq: z.number().int().describe("Its place among the events of its call or endpoint, from 1."),
    gap: z
      .object({
        from: z.number().int().describe("The first that is missing."),
        to: z.number().int().describe("The last that is missing."),
      })
      .optional()
      .describe("Events before this one that were given up."),
    test: z.literal(true).optional().describe("Only in test events."),
    data: catalog[type],
  });
}

function exampleOf(type: EventType) {
  return { id: ID, type, timestamp: MOMENT, seq: 1, data: eventExamples[type] };
}
