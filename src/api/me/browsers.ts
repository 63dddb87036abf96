import { createRoute, z } from "@hono/zod-openapi";
import { browserNamed, forgetBrowser, listBrowsers } from "../../identity";
import { BROWSER_COOKIE, cookieIn } from "../../lib/http/session-cookie";
import { toIso } from "../../lib/time";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { idParam, json, listOf, wholeOf } from "../shapes";
import { OF_ONESELF, selfOf } from "./self";

const rememberedBrowser = z
  .object({
    id: z.string(),
    created_at: z.iso.datetime().describe("When you first signed in with it."),
    last_used_at: z.iso.datetime().describe("Your last sign-in with it."),
    expires_at: z.iso.datetime().describe("It is forgotten then, without another sign-in."),
    address: z.string().nullable().describe("Where you last signed in with it from."),
    user_agent: z.string().nullable(),
    current: z.boolean().describe("Whether it is this one."),
  })
  .openapi("RememberedBrowser", {
    example: {
      id: "Jq3l8s0vT2aZ4k9w",
      created_at: "2026-08-20T14:00:00.000Z",
      last_used_at: "2026-08-21T08:00:00.000Z",
      expires_at: "2026-11-19T08:00:00.000Z",
      address: "203.0.113.7",
      user_agent: "Mozilla/5.0",
      current: true,
    },
  });

const list = createRoute({
  ...OF_ONESELF,
  method: "get",
  path: "/",
  summary: "The browsers that you signed in with lately",
  description:
    "Strangers who try passwords cannot shut these out: tries from them are counted by themselves. Each still needs your password. A changed password forgets them all.",
  responses: {
    200: {
      description: "Those that are not forgotten, the one used last first",
      ...json(listOf(rememberedBrowser)),
    },
    ...failures(401, 403),
  },
});

const forget = createRoute({
  ...OF_ONESELF,
  method: "delete",
  path: "/{id}",
  summary: "Forget one of these browsers",
  description: "Its session goes on; end that by itself.",
  request: { params: idParam },
  responses: { 204: { description: "It is forgotten" }, ...failures(401, 403, 404) },
});

/** `/v1/me/browsers` */
export function ownBrowserRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { deps } = c.var;
      const rows = await listBrowsers(deps.db, selfOf(c).userId, deps.now());
      const here = browserNamed(cookieIn(c.req.raw.headers, BROWSER_COOKIE));
      const data = rows.map((row) => ({
        id: row.id,
        created_at: toIso(row.createdAt),
        last_used_at: toIso(row.lastUsedAt),
        expires_at: toIso(row.expiresAt),
        address: row.address,
        user_agent: row.userAgent,
        current: row.id === here,
      }));
      return c.json(wholeOf(data), 200);
    })
    .openapi(forget, async (c) => {
      const forgotten = await forgetBrowser(c.var.deps, { userId: selfOf(c).userId, id: c.req.valid("param").id });
      return forgotten.ok ? c.body(null, 204) : problem(c, forgotten.error);
    });
}
