import { createRoute, z } from "@hono/zod-openapi";
import { endOtherSessions, endSession, listSessions } from "../../identity";
import { toIso } from "../../lib/time";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { idParam, json, listOf, wholeOf } from "../shapes";
import { OF_ONESELF, selfOf } from "./self";

const ownSession = z
  .object({
    id: z.string(),
    organization_id: z.string().describe("The one that is open in it."),
    strength: z.string().describe("How you proved who you are."),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().describe("To five minutes."),
    expires_at: z.iso.datetime(),
    address: z.string().nullable().describe("Where you signed in from."),
    user_agent: z.string().nullable(),
    current: z.boolean().describe("Whether it is this one."),
  })
  .openapi("OwnSession", {
    example: {
      id: "ses_01k3a7w8q0m4x2c9v5b6n7p8r1",
      organization_id: "org_01k3a7w8q0m4x2c9v5b6n7p8r1",
      strength: "password",
      created_at: "2026-08-20T14:00:00.000Z",
      last_used_at: "2026-08-20T15:00:00.000Z",
      expires_at: "2026-09-03T14:00:00.000Z",
      address: "203.0.113.7",
      user_agent: "Mozilla/5.0",
      current: true,
    },
  });

const list = createRoute({
  ...OF_ONESELF,
  method: "get",
  path: "/",
  summary: "Your sessions, the newest first",
  responses: {
    200: {
      description: "All that are not over, the newest 500 of them",
      ...json(listOf(ownSession)),
    },
    ...failures(401, 403),
  },
});

const end = createRoute({
  ...OF_ONESELF,
  method: "delete",
  path: "/{id}",
  summary: "End one of your sessions",
  request: { params: idParam },
  responses: { 204: { description: "It is over" }, ...failures(401, 403, 404) },
});

const endOthers = createRoute({
  ...OF_ONESELF,
  method: "delete",
  path: "/",
  summary: "End all your sessions but this one",
  responses: {
    200: { description: "They are over", ...json(z.object({ ended: z.number().int() }), { ended: 2 }) },
    ...failures(401, 403),
  },
});

/** `/v1/me/sessions` */
export function ownSessionRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { userId, session } = selfOf(c);
      const rows = await listSessions(c.var.deps, userId, c.var.deps.now());
      const data = rows.map((row) => ({
        id: row.id,
        organization_id: row.organizationId,
        strength: row.strength,
        created_at: toIso(row.createdAt),
        last_used_at: toIso(row.lastUsedAt),
        expires_at: toIso(row.expiresAt),
        address: row.address,
        user_agent: row.userAgent,
        current: row.id === session.id,
      }));
      return c.json(wholeOf(data), 200);
    })
    .openapi(endOthers, async (c) => {
      const { userId, session } = selfOf(c);
      return c.json({ ended: await endOtherSessions(c.var.deps, { userId, hash: session.hash }) }, 200);
    })
    .openapi(end, async (c) => {
      const ended = await endSession(c.var.deps, { userId: selfOf(c).userId, id: c.req.valid("param").id });
      return ended.ok ? c.body(null, 204) : problem(c, ended.error);
    });
}
