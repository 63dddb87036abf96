import { createRoute, z } from "@hono/zod-openapi";
import { countCaller, eraseCaller, listErasures, readErasure } from "../../privacy";
import { actOf, withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json, listOf, pageOf } from "../shapes";
import { erasure, erasureCount, viewErasure } from "./shapes";

const common = { tags: ["Privacy"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List erasures, newest first",
  description: "Who reaches the whole organization sees all of them, others their own.",
  request: { query: z.strictObject(pageQuery(z.object({ id: z.string() }))) },
  responses: { 200: { description: "A page of erasures", ...json(listOf(erasure)) }, ...failures(401, 403, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read an erasure: how far it is and what was erased",
  request: { params: idParam },
  responses: { 200: { description: "The erasure", ...json(erasure) }, ...failures(401, 403, 404) },
});

const asked = z
  .strictObject({
    number: z.string().min(1).max(100).describe("Either party of calls, exactly as the platform wrote it or in E.164."),
    dry_run: z.boolean().default(false).describe("Counts the calls and erases nothing."),
  })
  .openapi("CallerErasure", { example: { number: "+541147781234", dry_run: false } });

const begin = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Erase a caller",
  description:
    "Every call in which the number is a party, everywhere, and the number from the inbound log and from saved filters. Calls under a legal hold stay. Calls that come later are not erased. For callers that reach the whole organization.",
  request: { body: { required: true, ...json(asked) } },
  responses: {
    200: { description: "What a dry run counted", ...json(erasureCount) },
    202: { description: "It is being erased: see `Location`", ...json(erasure) },
    ...failures(400, 401, 403, 409, 415, 422),
  },
});

/** `/v1/erasures` */
export function erasureRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const rows = await listErasures(c.var.deps.db, c.var.caller, { limit: limit + 1, after: cursor });
      return c.json(
        pageOf(rows, limit, viewErasure, ({ id }) => ({ id })),
        200,
      );
    })
    .openapi(read, async (c) => {
      const found = await readErasure(c.var.deps.db, c.var.caller, c.req.valid("param").id);
      return found.ok ? c.json(viewErasure(found.value), 200) : problem(c, found.error);
    })
    .openapi(begin, async (c) => {
      const { number, dry_run: dryRun } = c.req.valid("json");
      if (dryRun) {
        const counted = await countCaller(c.var.deps, withinOf(c), number);
        if (!counted.ok) return problem(c, counted.error);
        const { more, ...wouldErase } = counted.value;
        return c.json({ would_erase: wouldErase, more }, 200);
      }
      const begun = await eraseCaller(c.var.deps, withinOf(c), number, actOf(c));
      if (!begun.ok) return problem(c, begun.error);
      c.header("location", `/v1/erasures/${begun.value.id}`);
      return c.json(viewErasure(begun.value), 202);
    });
}
