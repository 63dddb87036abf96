import { createRoute, z } from "@hono/zod-openapi";
import { profiles, typesOf } from "../../delivery";
import { catalog, EVENT_TYPES, eventExamples, type EventType } from "../../events";
import { failures } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { json, listOf } from "../shapes";

const eventType = z
  .object({
    type: z.string(),
    description: z.string(),
    schema: z.record(z.string(), z.unknown()).describe("JSON Schema (2020-12) of the event's `data`."),
    example: z.record(z.string(), z.unknown()).describe("An example of the event's `data`."),
    profiles: z
      .array(z.object({ name: z.string(), subscribe_as: z.array(z.string()) }))
      .describe("The profiles that support it, and the names an endpoint may subscribe to it by."),
  })
  .openapi("EventType");

const list = createRoute({
  tags: ["Event types"],
  security: SECURED,
  method: "get",
  path: "/",
  summary: "List all event types, with the schema of their data, an example, and the profiles that support them",
  responses: {
    200: { description: "All event types", ...json(listOf(eventType), { data: [], next_cursor: null }) },
    ...failures(401, 403),
  },
});

/** `/v1/event-types` */
export function eventTypeRoutes() {
  return newRouter().openapi(list, (c) => c.json({ data: EVENT_TYPES.map(viewEventType), next_cursor: null }, 200));
}

function viewEventType(type: EventType): z.infer<typeof eventType> {
  const { $schema: _, ...schema } = z.toJSONSchema(catalog[type]);
  return {
    type,
    description: catalog[type].description ?? "",
    schema,
    example: eventExamples[type],
    profiles: Object.values(profiles)
      .filter((profile) => profile.eventTypes.includes(type))
      .map((profile) => ({
        name: profile.name,
        subscribe_as: [type, ...Object.keys(profile.aliases).filter((alias) => typesOf(alias, profile).includes(type))],
      })),
  };
}
