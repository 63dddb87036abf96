import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { Taken } from "../identity";
import { afterAnswer } from "../lib/http/after-answer";
import { SECOND, toIso } from "../lib/time";
import { send } from "./problem";
import type { ApiEnv } from "./router";

/** What counts: requests to the API itself. Pieces of resumable uploads do not, nor what other edges take. */
const COUNTED = /^\/v[12]\//;
const PIECES = /^\/v1\/uploads\/tus\/[^/]+$/;

/** Where many things are done in one request. */
const BULK = "POST /v1/bulk";

/** Counts a request of the caller, who is known by now. The refusal, where the hour's requests are used up. */
export async function countRequest(c: Context<ApiEnv>, organizationId: string): Promise<Response | undefined> {
  if (c.var.isInternal || !COUNTED.test(c.req.path) || PIECES.test(c.req.path)) return undefined;
  const { quota, now } = c.var.deps;
  const taken = await quota.take(organizationId, now());
  c.set("quota", { ...taken, organizationId });
  return taken.allowed ? undefined : refuse(c, taken);
}

/** Shows on every answer what is left. What the client has already costs nothing. */
export const showQuota = createMiddleware<ApiEnv>(async (c, next) => {
  await next();
  const { quota: taken, deps } = c.var;
  if (!taken) return;
  const isFree = c.res.status === 304;
  if (isFree) afterAnswer(c, deps.quota.giveBack(taken.organizationId, taken.hour), "quota.not_given_back");
  const { headers } = c.res;
  headers.set("x-ratelimit-limit", String(taken.limit));
  headers.set("x-ratelimit-remaining", String(taken.remaining + (isFree ? 1 : 0)));
  headers.set("x-ratelimit-reset", String(taken.resetAt / SECOND));
});

function refuse(c: Context<ApiEnv>, { limit, plan, resetAt }: Taken): Response {
  const wait = Math.max(1, Math.ceil((resetAt - c.var.deps.now()) / SECOND));
  c.header("retry-after", String(wait));
  const detail = `The ${limit} requests an hour of the plan ${plan} are used up until ${toIso(resetAt)}. ${BULK} does many things in one request.`;
  const more = { limit, plan, reset: resetAt / SECOND, bulk: BULK };
  return send(c, 429, { code: "quota_exceeded", title: "The hour's requests are used up", detail }, more);
}
