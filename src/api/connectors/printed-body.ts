import { createMiddleware } from "hono/factory";
import { withoutComments } from "../../connectors";
import type { ApiEnv } from "../router";

/** AuthentiVoice prints its blocks of JSON with a comment; they are taken as they are printed. */
export const printedBody = createMiddleware<ApiEnv>(async (c, next) => {
  if (c.req.raw.body === null) return next();
  const text = await c.req.text();
  // What hono has read of a body is what every later reader of it gets. It keeps promises, which its types leave out.
  c.req.bodyCache.text = Promise.resolve(withoutComments(text)) as never;
  return next();
});
