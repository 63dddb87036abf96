import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { METHOD_NAME_ALL } from "hono/router";
import { sha256Hex } from "../lib/hmac";
import { isNamedBy } from "../lib/http/entity-tag";
import { invalid } from "../errors";
import { readCursor } from "./cursor";
import { expandAnswer, takeExpand } from "./expand";
import { fieldNames, onlyFields } from "./field-names";
import { linkPages } from "./page-links";
import { answer, problem } from "./problem";
import type { ApiEnv } from "./router";
import { orderAsked } from "./sort";

const TAG_LENGTH = 32;

/**
 * What every read has, whatever it reads: `fields`, `expand`, links between the pages of a list, and an ETag. An operation only
 * answers with `c.json`.
 */
export function shapeReads(app: () => OpenAPIHono<ApiEnv>): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { method } = c.req;
    let expanded: readonly string[] = [];
    if (method === "GET" || method === "HEAD") {
      const taken = takeExpand(c, app());
      if (taken instanceof Response) return taken;
      expanded = taken;
      const wanted = takeFields(c, app());
      if (wanted instanceof Response) return wanted;
      const cursor = c.req.query("cursor");
      const order = orderAsked(c, app());
      if (cursor !== undefined && isOfAnother(cursor, order))
        return problem(c, invalid("cursor", "belongs to another order"));
      const { json } = c;
      const shaped = (body: unknown) => onlyFields(isPage(body) ? linkPages(body, cursor, order) : body, wanted);
      c.json = ((body: unknown, ...rest: []) => json(shaped(body), ...rest)) as typeof json;
    }
    await next();
    await expandAnswer(c, app(), expanded);
    if (method === "GET" || method === "HEAD" || method === "PATCH" || method === "PUT") await tag(c, method);
    return undefined;
  };
}

/** The names in `fields`, which is taken out of the query: no operation knows it. */
function takeFields(c: Context<ApiEnv>, app: OpenAPIHono<ApiEnv>): readonly string[] | undefined | Response {
  const given = c.req.query("fields");
  if (given === undefined) return undefined;
  const handler = matchedRoutes(c).find(({ method }) => method !== METHOD_NAME_ALL);
  const known = handler && fieldNames(app, handler.path);
  // Not JSON: the operation refuses `fields` as it refuses every parameter that it does not have.
  if (!known) return undefined;
  const wanted = given.split(",").map((name) => name.trim());
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    const message = `must be names of fields with commas between them: ${[...known].join(", ")}`;
    return answer(c, 422, "1 field is not valid.", [{ field: "fields", code: "not_one_of", message }]);
  }
  const url = new URL(c.req.url);
  url.searchParams.delete("fields");
  c.req.raw = new Request(url, c.req.raw);
  return wanted;
}

/** Whether a cursor says that it is of another order. */
function isOfAnother(cursor: string, order: string | undefined): boolean {
  const of = readCursor(cursor)?.order;
  return of !== undefined && order !== undefined && of !== order;
}

function isPage(body: unknown): body is { data: unknown[]; next_cursor: string | null } {
  return typeof body === "object" && body !== null && "next_cursor" in body && "data" in body;
}

/** Names the state that the answer shows, and answers 304 to who has it already. */
async function tag(c: Context<ApiEnv>, method: string): Promise<void> {
  const { status, headers } = c.res;
  const isJson = headers.get("content-type")?.startsWith("application/json") ?? false;
  if (status !== 200 || !isJson || headers.has("etag") || headers.get("cache-control") === "no-store") return;
  const text = await c.res.text();
  const etag = `"${(await sha256Hex(text)).slice(0, TAG_LENGTH)}"`;
  const tagged = new Headers(headers);
  tagged.set("etag", etag);
  if (!tagged.has("cache-control")) tagged.set("cache-control", "private, no-cache");
  const isKnown = method !== "PATCH" && method !== "PUT" && isNamedBy(c.req.header("if-none-match"), etag);
  if (isKnown) tagged.delete("content-type");
  c.res = undefined;
  c.res = isKnown
    ? new Response(null, { status: 304, headers: tagged })
    : new Response(text, { status: 200, headers: tagged });
}
