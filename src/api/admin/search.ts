import { createRoute, z } from "@hono/zod-openapi";
import { readSearchState, startRebuild } from "../../search";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { ADMIN_ONLY } from "../security";
import { json } from "../shapes";

const state = z
  .object({
    state: z
      .enum(["missing", "building", "ready"])
      .describe(
        "`missing`: there is no search database, or it has no tables. `building`: older calls are being added.",
      ),
    indexed: z.number().int().describe("Calls that can be found."),
    waiting: z.number().int().describe("Calls that changed and are about to be indexed."),
  })
  .openapi("SearchState", { example: { state: "ready", indexed: 128_400, waiting: 0 } });

const common = { tags: ["Deployment"], security: ADMIN_ONLY };

const read = createRoute({
  ...common,
  method: "get",
  path: "/search",
  summary: "Read the state of the search index",
  responses: { 200: { description: "The state", ...json(state) }, ...failures(401) },
});

const rebuild = createRoute({
  ...common,
  method: "post",
  path: "/search/rebuild",
  summary: "Build the search index anew from all calls",
  description:
    "It is emptied, and calls are found again as the sweep adds them. `GET /admin/search` shows how far it is.",
  responses: { 202: { description: "It has begun", ...json(state) }, ...failures(401, 409) },
});

/** `/admin/search` */
export function searchIndexRoutes() {
  return newRouter()
    .openapi(read, async (c) => c.json(await readSearchState(c.var.deps), 200))
    .openapi(rebuild, async (c) => {
      const begun = await startRebuild(c.var.deps);
      return begun.ok ? c.json(await readSearchState(c.var.deps), 202) : problem(c, begun.error);
    });
}
