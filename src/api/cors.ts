import { createMiddleware } from "hono/factory";
import { anyKeyAllows } from "../identity";
import { remembered } from "../lib/remembered";
import { MINUTE } from "../lib/time";
import type { ApiEnv } from "./router";

/** What a page may send and read. No cookie: a page of another site acts by a key, never as who is signed in. */
const SENT = "authorization, x-api-key, x-auth-token, content-type, idempotency-key, if-match, if-none-match, range";
const READ =
  "etag, location, retry-after, x-request-id, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, idempotency-replayed";
const PREFLIGHT_KEPT = "600";

/** Whether a key allows an origin. A changed key counts a minute later for preflights. */
const allowed = remembered<boolean>(MINUTE, 1_000);

/**
 * Lets pages of the sites that a key names read what is answered to that key. A preflight names no key: it is answered
 * to the sites that any key names, and says nothing more than which methods there are.
 */
export const openToSites = createMiddleware<ApiEnv>(async (c, next) => {
  const origin = c.req.header("origin");
  await next();
  if (origin === undefined) return;
  const { headers } = c.res;
  const caller = c.get("caller") as ApiEnv["Variables"]["caller"] | undefined;
  if (caller) {
    if (!caller.allowedOrigins?.includes(origin)) return;
    headers.set("access-control-allow-origin", origin);
    headers.set("access-control-expose-headers", READ);
    headers.append("vary", "origin");
    return;
  }
  if (c.req.method !== "OPTIONS" || c.res.status !== 204) return;
  const { db, now } = c.var.deps;
  if (!(await allowed(origin, now(), () => anyKeyAllows(db, origin)))) return;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-allow-methods", headers.get("allow") ?? "");
  headers.set("access-control-allow-headers", SENT);
  headers.set("access-control-max-age", PREFLIGHT_KEPT);
  headers.append("vary", "origin");
});
