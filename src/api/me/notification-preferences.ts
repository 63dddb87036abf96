import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { readPreferences, writePreferences, type Inbox } from "../../identity";
import { NOTIFICATION_KINDS } from "../../db/schema";
import { failures } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { json } from "../shapes";
import { languageOf } from "../../ui/language";
import { actOfSelf, OF_ONESELF, selfOf } from "./self";

const kinds = z.record(z.enum(NOTIFICATION_KINDS), z.boolean());
const someKinds = z.partialRecord(z.enum(NOTIFICATION_KINDS), z.boolean());
const digest = z
  .boolean()
  .describe("Whether what is unread comes by mail, once a day, where the deployment sends mail.");

const preferences = z.object({ kinds, digest }).openapi("NotificationPreferences", {
  example: {
    kinds: {
      task_assigned: true,
      task_unassigned: true,
      call_completed: false,
      call_unassigned: true,
      endpoint_failing: true,
      endpoint_disabled: true,
      usage_alert: true,
      review_assigned: true,
      opinions_apart: true,
      call_action: true,
      alert_raised: true,
      comment_mention: true,
      comment_reply: true,
    },
    digest: false,
  },
});

const read = createRoute({
  ...OF_ONESELF,
  method: "get",
  path: "/",
  summary: "Read what you are notified of in this organization",
  responses: { 200: { description: "Your preferences", ...json(preferences) }, ...failures(401, 403) },
});

const update = createRoute({
  ...OF_ONESELF,
  method: "patch",
  path: "/",
  summary: "Change what you are notified of in this organization",
  description: "What is left out stays. A kind that is turned off is not written to your inbox from then on.",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ kinds: someKinds.optional(), digest: digest.optional() }), {
        kinds: { call_completed: false },
        digest: true,
      }),
    },
  },
  responses: {
    200: { description: "Your preferences", ...json(preferences) },
    ...failures(400, 401, 403, 415, 422),
  },
});

/** `/v1/me/notification-preferences` */
export function notificationPreferenceRoutes() {
  return newRouter()
    .openapi(read, async (c) => c.json(await readPreferences(c.var.deps.db, inboxOf(c)), 200))
    .openapi(update, async (c) => {
      const changes = {
        ...c.req.valid("json"),
        language: languageOf(undefined, c.req.header("accept-language"), false),
      };
      return c.json(await writePreferences(c.var.deps, inboxOf(c), changes, actOfSelf(c)), 200);
    });
}

function inboxOf(c: Context<ApiEnv>): Inbox {
  return { organizationId: c.var.caller.organizationId, userId: selfOf(c).userId };
}
