import { createMiddleware } from "hono/factory";
import { toHex } from "../lib/hmac";
import type { ApiEnv } from "./router";

const HEADER = "x-request-id";

/** Gives each request an id, which its answer and its entries in the audit log carry. None is taken from outside. */
export const requestId = createMiddleware<ApiEnv>(async (c, next) => {
  const id = `req_${toHex(crypto.getRandomValues(new Uint8Array(16)))}`;
  c.set("requestId", id);
  await next();
  try {
    c.res.headers.set(HEADER, id);
  } catch {
    // The headers of an answer that `fetch` gave cannot be changed.
    c.res = new Response(c.res.body, c.res);
    c.res.headers.set(HEADER, id);
  }
});
