import { createRoute, z } from "@hono/zod-openapi";
import { profiles } from "../../delivery";
import { invalid } from "../../errors";
import { isSubscription } from "../../events";
import { may, PERMISSIONS, type Permission } from "../../identity";
import { newId } from "../../lib/id";
import { answer, failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { heldBody } from "./body";

const LISTENER_ID = /^lst_[0-9a-z]{26}$/;

const listen = createRoute({
  tags: ["Events"],
  security: SECURED,
  method: "get",
  path: "/stream",
  summary: "Listen to events as they happen",
  description:
    "Server-sent events: each has a number as `id`, its type as `event`, and as `data` what an endpoint of the profile `standard` gets, without links to audio, and with the `stream` that it is of. What you may not read, or do not reach, you do not hear. `ready` comes first. The response ends after 15 minutes, or when you read too slowly: come again with `Last-Event-ID`, as an `EventSource` does by itself, and go on where you were; the last 1,000 events of ten minutes are kept. `reset` says that something may have been missed: read again what you keep a copy of. An event above 512 kB has `data` null: `GET /v1/calls/{id}/events` has it. With `profile` (permission `events:listen`) you get, as `request`, the request that an endpoint of that profile would be sent, signed with a secret of your own, which `ready` tells.",
  request: {
    query: z.strictObject({
      events: z
        .string()
        .max(2_000)
        .default("*")
        .describe("Event types with commas between them, as an endpoint subscribes: `call.*,analysis.completed`."),
      last_event_id: z.string().max(20).optional().describe("The same as the header, where none can be set."),
      profile: z
        .enum(Object.keys(profiles) as [keyof typeof profiles])
        .optional()
        .describe("Whose requests to make of the events."),
      listener: z
        .string()
        .regex(LISTENER_ID, "is not the listener of a ready event")
        .optional()
        .describe("The `listener` of an earlier `ready`: go on with its secret."),
    }),
    headers: z.object({
      "last-event-id": z.string().optional().describe("The number after which to go on."),
    }),
  },
  responses: {
    200: {
      description: "Events, as long as you listen",
      content: { "text/event-stream": { schema: z.string() } },
    },
    ...failures(401, 403, 422, 429),
  },
});

/** `GET /v1/events/stream` */
export function eventStreamRoutes() {
  return newRouter().openapi(listen, async (c) => {
    const { events, last_event_id: last, profile, listener: again } = c.req.valid("query");
    const { caller, deps } = c.var;
    const permission = "events:listen";
    if (profile !== undefined && !may(caller, permission))
      return problem(c, { kind: "permission_missing", permission });
    const patterns = events.split(",").map((one) => one.trim());
    const unknown = patterns.find((one) => !isSubscription(one));
    if (unknown !== undefined) return problem(c, invalid("events", `names no event type: ${unknown}`));
    const listener = {
      id: again ?? newId("lst", deps.now()),
      permissions: (Object.keys(PERMISSIONS) as Permission[]).filter((one) => may(caller, one)),
      reach: caller.reach,
      events: patterns,
      profile: profile ?? null,
    };
    const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" };
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    const after = c.req.header("last-event-id")?.trim() || last || null;
    const socket = await deps.eventStreams.join(caller.organizationId, listener, after);
    if (!socket) {
      c.header("retry-after", "30");
      return answer(c, 429, "As many listen to this organization as may: 50.");
    }
    return c.body(heldBody(socket), 200, headers);
  });
}
