import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { isNamedBy } from "../lib/http/entity-tag";
import { markInternal } from "./internal-requests";
import { answer } from "./problem";
import type { ApiEnv } from "./router";

const OF_THE_BODY = ["if-match", "if-none-match", "content-type", "content-length", "transfer-encoding"];

/**
 * Refuses a change of something that is no longer as the caller read it. The state is read as the caller would: by the
 * read of the same address, with the same credentials. Change and comparison are two steps (ADR 0048).
 */
export function requireMatch(app: () => OpenAPIHono<ApiEnv>): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const wanted = c.req.header("if-match");
    if (wanted === undefined || !["PATCH", "PUT", "DELETE"].includes(c.req.method)) return next();
    const current = await readAgain(c, app());
    if (current.status === 401 || current.status === 403 || current.status === 404) return current;
    const etag = current.headers.get("etag");
    await current.body?.cancel();
    if (etag === null) return answer(c, 412, "This has no ETag that If-Match could be compared with.");
    if (!isNamedBy(wanted, etag)) {
      c.header("etag", etag);
      return answer(c, 412, "It was changed since you read it. Read it again, and send If-Match with its new ETag.");
    }
    return next();
  };
}

async function readAgain(c: Context<ApiEnv>, app: OpenAPIHono<ApiEnv>): Promise<Response> {
  const headers = new Headers(c.req.raw.headers);
  for (const name of OF_THE_BODY) headers.delete(name);
  return app.fetch(markInternal(new Request(c.req.url, { headers })), c.env);
}
