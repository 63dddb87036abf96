import { createRoute, z } from "@hono/zod-openapi";
import { ok } from "../../lib/result";
import { maySearchBodies, readInboundAs, searchInbound } from "../../sources";
import { actOf, withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { idParam, json } from "../shapes";
import { example, filterOf, inboundDetail, searchPage, toFilter, viewDetail, viewPage } from "./shapes";
import { wholeNumber } from "../whole-number";

const common = { tags: ["Inbound requests"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "Search the inbound requests, newest first",
  description:
    "Time and outcome are found by index. Any other filter looks at request after request, at most 5,000 (1,000 with `q`), and then says how far it got in `scanned_until`: a page can be short and still have a `next_cursor`.",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ id: z.string() })),
      ...sortQuery("received_at", "descending"),
      ...filterOf(wholeNumber()),
    }),
  },
  responses: {
    200: {
      description: "A page of requests",
      ...json(searchPage, { data: [example], next_cursor: null, scanned_until: null }),
    },
    ...failures(401, 403, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read one inbound request with its body",
  description:
    "Where the organization takes anything out of calls, bodies are for those who may `originals:read` too, and the audit log says who read them.",
  request: { params: idParam },
  responses: { 200: { description: "The request", ...json(inboundDetail) }, ...failures(401, 403, 404) },
});

/** Searches and reads the inbound log. */
export function logRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort, ...filter } = c.req.valid("query");
      const { caller, deps } = c.var;
      const searched = filter.q === undefined ? ok(undefined) : await maySearchBodies(deps.db, caller, withinOf(c));
      if (!searched.ok) return problem(c, searched.error);
      const order = sort === "ascending" ? ("oldest" as const) : ("newest" as const);
      const search = { ...withinOf(c), filter: toFilter(filter), limit, order, after: cursor?.id };
      return c.json(viewPage(await searchInbound(deps.db, search)), 200);
    })
    .openapi(read, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const found = await readInboundAs(c.var.deps, c.var.caller, target, actOf(c));
      return found.ok ? c.json(viewDetail(found.value), 200) : problem(c, found.error);
    });
}
