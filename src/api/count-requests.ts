import { createMiddleware } from "hono/factory";
import { addRequests, RequestCounter } from "../health";
import { afterAnswer } from "../lib/http/after-answer";
import type { ApiEnv } from "./router";

/** Of this isolate, by its environment: written every 15 seconds while requests come. */
const counters = new WeakMap<object, RequestCounter>();

/** Counts the requests of known callers by how they were answered, for the health of the API. */
export const countRequests = createMiddleware<ApiEnv>(async (c, next) => {
  const { db, now } = c.var.deps;
  await next();
  const caller = c.get("caller") as ApiEnv["Variables"]["caller"] | undefined;
  if (!caller) return;
  const counter = counters.get(c.env) ?? new RequestCounter();
  counters.set(c.env, counter);
  const due = counter.note(caller.organizationId, c.res.status, now());
  // The answer does not depend on the count.
  if (due.length > 0) afterAnswer(c, addRequests(db, due), "requests.not_counted");
});
