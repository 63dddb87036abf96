import { createRoute, z } from "@hono/zod-openapi";
import { listTags } from "../calls";
import { withinOf } from "./authenticate";
import { pageQuery } from "./cursor";
import { failures } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { json, listOf, pageOf } from "./shapes";

const tag = z
  .object({ tag: z.string().describe("The tag."), calls: z.number().int().describe("How many calls have it.") })
  .openapi("Tag", { example: { tag: "renewal", calls: 128 } });

const list = createRoute({
  tags: ["Calls"],
  security: SECURED,
  method: "get",
  path: "/",
  summary: "List the tags of calls, in order",
  description: "Counts are of the calls that the caller may read. A tag that no call has any more is not listed.",
  request: { query: z.strictObject(pageQuery(z.object({ tag: z.string() }))) },
  responses: { 200: { description: "A page of tags", ...json(listOf(tag)) }, ...failures(401, 403, 422) },
});

/** `/v1/tags` */
export function tagRoutes() {
  return newRouter().openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const rows = await listTags(c.var.deps.db, { ...withinOf(c), limit: limit + 1, after: cursor });
    return c.json(
      pageOf(
        rows,
        limit,
        (row) => row,
        (row) => ({ tag: row.tag }),
      ),
      200,
    );
  });
}
