import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { markInternal, type Rerun } from "../internal-requests";
import type { ApiEnv } from "../router";

/** Sends the request to the API once more, as the same request. */
export async function rerun(
  c: Context<ApiEnv>,
  app: OpenAPIHono<ApiEnv>,
  again: Rerun,
  body: string,
): Promise<Response> {
  const { url, method, headers } = c.req.raw;
  const request = new Request(url, { method, headers, ...(body === "" ? {} : { body }) });
  return app.fetch(markInternal(request, again), c.env);
}
