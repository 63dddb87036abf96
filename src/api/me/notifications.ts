import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  countUnread,
  listNotifications,
  markAllRead,
  markRead,
  type NotificationRow,
  type Reader,
} from "../../identity";
import { NOTIFICATION_KINDS } from "../../db/schema";
import { toIso } from "../../lib/time";
import { encodeCursor, pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { idParam, json, listOf, moment, yesOrNo } from "../shapes";
import { sortQuery } from "../sort";
import { actOfSelf, OF_ONESELF, selfOf } from "./self";

const notification = z
  .object({
    id: z.string(),
    kind: z.enum(NOTIFICATION_KINDS),
    subject_id: z
      .string()
      .describe("The task, call or endpoint; of unassigned calls, their source; of use, the first day of its month."),
    campaign_id: z.string().nullable().describe("The campaign it was in then."),
    team_id: z.string().nullable(),
    created_at: z.iso.datetime(),
    read_at: z.iso.datetime().nullable(),
  })
  .openapi("Notification", {
    example: {
      id: "task_assigned:task_01k3a7w8q0m4x2c9v5b6n7p8r1",
      kind: "task_assigned",
      subject_id: "task_01k3a7w8q0m4x2c9v5b6n7p8r1",
      campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
      team_id: "tem_01k3a7w8q0m4x2c9v5b6n7p8r1",
      created_at: "2026-08-20T14:00:00.000Z",
      read_at: null,
    },
  });

const position = z.object({ createdAt: z.number(), cause: z.string().max(400) });

const list = createRoute({
  ...OF_ONESELF,
  method: "get",
  path: "/",
  summary: "List your notifications in this organization",
  description:
    "What your role or limits hide by now is left out, so a page may have fewer than `limit`, even none, and still have a " +
    "`next_cursor`.",
  request: {
    query: z.strictObject({
      ...pageQuery(position),
      ...sortQuery("created_at", "descending"),
      unread: yesOrNo.optional().openapi({ description: "`true`: only those that you have not read." }),
      from: moment.optional().openapi({ description: "Made at or after this moment." }),
      to: moment.optional().openapi({ description: "Made before this moment." }),
    }),
  },
  responses: { 200: { description: "A page", ...json(listOf(notification)) }, ...failures(401, 403, 422) },
});

const count = createRoute({
  ...OF_ONESELF,
  method: "get",
  path: "/count",
  summary: "How many of your notifications are unread",
  responses: {
    200: {
      description: "The number",
      ...json(
        z.object({
          unread: z.number().int().describe("Exact up to 100."),
          more: z.boolean().describe("Whether there are others."),
        }),
        { unread: 3, more: false },
      ),
    },
    ...failures(401, 403),
  },
});

const readOne = createRoute({
  ...OF_ONESELF,
  method: "post",
  path: "/{id}/read",
  summary: "Mark one notification as read",
  request: { params: idParam },
  responses: { 204: { description: "It is read" }, ...failures(401, 403, 404) },
});

const readAll = createRoute({
  ...OF_ONESELF,
  method: "post",
  path: "/read",
  summary: "Mark your notifications as read",
  description: "Those that came after `until` stay unread: whoever has a page open has not seen them.",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ until: moment.describe("The newest that you have seen.") }), {
        until: "2026-08-20T14:00:00Z",
      }),
    },
  },
  responses: { 204: { description: "They are read" }, ...failures(400, 401, 403, 415, 422) },
});

/** `/v1/me/notifications` */
export function notificationRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { cursor: after, sort: order, ...query } = c.req.valid("query");
      const page = await listNotifications(c.var.deps.db, readerOf(c), { ...query, after, order });
      const { last } = page;
      const next_cursor = last && encodeCursor({ createdAt: last.createdAt, cause: last.cause });
      return c.json({ data: page.rows.map(viewNotification), next_cursor }, 200);
    })
    .openapi(count, async (c) => c.json(await countUnread(c.var.deps.db, readerOf(c)), 200))
    .openapi(readAll, async (c) => {
      await markAllRead(c.var.deps, readerOf(c), c.req.valid("json").until, actOfSelf(c));
      return c.body(null, 204);
    })
    .openapi(readOne, async (c) => {
      const marked = await markRead(c.var.deps, readerOf(c), c.req.valid("param").id, actOfSelf(c));
      return marked.ok ? c.body(null, 204) : problem(c, marked.error);
    });
}

function readerOf(c: Context<ApiEnv>): Reader {
  return { ...c.var.caller, userId: selfOf(c).userId };
}

function viewNotification(row: NotificationRow): z.infer<typeof notification> {
  return {
    id: row.cause,
    kind: row.kind,
    subject_id: row.subjectId,
    campaign_id: row.campaignId,
    team_id: row.teamId,
    created_at: toIso(row.createdAt),
    read_at: toIso(row.readAt),
  };
}
