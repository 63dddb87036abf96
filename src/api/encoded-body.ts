import { createMiddleware } from "hono/factory";
import { contentEncodingsOf } from "../lib/http/content-encoding";
import { answer } from "./problem";
import type { ApiEnv } from "./router";

/** Refuses a compressed body for what it is: read as it comes, it would be called unreadable JSON, or no audio. */
export const refuseEncodedBody = createMiddleware<ApiEnv>(async (c, next) => {
  const { headers, body } = c.req.raw;
  if (body === null || contentEncodingsOf(headers.get("content-encoding")).length === 0) return next();
  await body.cancel();
  c.header("accept-encoding", "identity");
  return answer(c, 415, "Send the body as it is, without Content-Encoding: only /webhook takes compressed ones.");
});
