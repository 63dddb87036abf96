import { createRoute, z } from "@hono/zod-openapi";
import { catalog, EVENT_TYPES } from "../events";
import { failures } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { json, listOf } from "./shapes";

const eventType = z
  .object({
    type: z.string(),
    description: z.string(),
    schema: z.record(z.string(), z.unknown()).describe("JSON Schema (2020-12) of the event's `data`."),
  })
  .openapi("EventType", {
    example: {
      type: "call.completed",
      description: "The call ended after it was answered.",
      schema: { type: "object" },
    },
  });

const list = createRoute({
  tags: ["Event types"],
  security: SECURED,
  method: "get",
  path: "/",
  summary: "List every event there is, with the shape of its data",
  responses: { 200: { description: "All event types", ...json(listOf(eventType)) }, ...failures(401, 403) },
});

/** `/v1/event-types` */
export function eventTypeRoutes() {
  return newRouter().openapi(list, (c) => c.json({ data: EVENT_TYPES.map(viewEventType), next_cursor: null }, 200));
}

function viewEventType(type: (typeof EVENT_TYPES)[number]): z.infer<typeof eventType> {
  const { $schema: _, ...schema } = z.toJSONSchema(catalog[type]);
  return { type, description: catalog[type].description ?? "", schema };
}
