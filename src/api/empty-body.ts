import { createMiddleware } from "hono/factory";
import { readContentLength } from "../lib/http/content-length";
import type { ApiEnv } from "./router";

/**
 * Removes the content type of a request without a body: many clients always send one, and an empty body is not invalid
 * JSON. Where a body is required, the schema names the missing fields.
 */
export const forgetTypeOfNothing = createMiddleware<ApiEnv>(async (c, next) => {
  const { raw } = c.req;
  if (
    raw.headers.has("content-type") &&
    (raw.body === null || readContentLength(raw.headers.get("content-length")) === 0)
  ) {
    const headers = new Headers(raw.headers);
    headers.delete("content-type");
    c.req.raw = new Request(raw.url, { method: raw.method, headers });
  }
  await next();
});
