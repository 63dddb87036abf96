import { createMiddleware } from "hono/factory";
import type { ApiEnv } from "./router";

/**
 * Forgets the content type of a request without a body: many clients send one with every request, and nothing at all is
 * not unreadable JSON. Where a body is needed the schema then says which fields are missing.
 */
export const forgetTypeOfNothing = createMiddleware<ApiEnv>(async (c, next) => {
  const { raw } = c.req;
  if (raw.headers.has("content-type") && (raw.body === null || raw.headers.get("content-length") === "0")) {
    const headers = new Headers(raw.headers);
    headers.delete("content-type");
    c.req.raw = new Request(raw.url, { method: raw.method, headers });
  }
  await next();
});
