import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { newRequestId, REQUEST_ID_HEADER } from "./lib/request-id";

const YEAR_IN_SECONDS = 31_536_000;

/**
 * Headers of every answer: browsers must not sniff the content type, must send no referrer, and over https must stay on
 * https. Each answer names its request, where the edge has not done so. Without `includeSubDomains`, because the owner's
 * other hosts are not ours to decide about.
 */
export const edgeHeaders = createMiddleware(async (c, next) => {
  await next();
  // Set on the answer itself: `c.header` would make a new Response around the body for each of them.
  setEdgeHeaders(mutableHeaders(c), c.req.raw.url);
});

/** The same for an answer that came another way; `url` is what was asked for. */
export function setEdgeHeaders(headers: Headers, url: string): void {
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  if (!headers.has(REQUEST_ID_HEADER)) headers.set(REQUEST_ID_HEADER, newRequestId());
  if (url.startsWith("https:")) headers.set("strict-transport-security", `max-age=${YEAR_IN_SECONDS}`);
}

/** The headers of the answer. Those of one that `fetch` gave cannot be changed, so it is copied first. */
function mutableHeaders(c: Context): Headers {
  try {
    c.res.headers.delete("x-content-type-options");
  } catch {
    c.res = new Response(c.res.body, c.res);
  }
  return c.res.headers;
}
