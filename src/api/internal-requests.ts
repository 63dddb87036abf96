import { createMiddleware } from "hono/factory";
import type { Claim } from "../identity";
import type { ApiEnv } from "./router";

/** A request that is carried out for the second time, because what its first run took for granted was wrong. */
export type Rerun = { claim: Claim; requestId: string; fingerprint: string | null };

// A header could be sent by anyone; an object of this isolate cannot.
const internal = new WeakMap<Request, { rerun?: Rerun }>();

/** Marks a request that the API sends to itself, as part of one that was counted. */
export function markInternal(request: Request, rerun?: Rerun): Request {
  internal.set(request, rerun ? { rerun } : {});
  return request;
}

/** Reads the mark while the request is still the object that was marked. */
export const takeInternal = createMiddleware<ApiEnv>(async (c, next) => {
  const mark = internal.get(c.req.raw);
  if (mark) c.set("isInternal", true);
  if (mark?.rerun) {
    c.set("rerun", mark.rerun);
    c.set("requestId", mark.rerun.requestId);
  }
  await next();
});
