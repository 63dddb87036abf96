import { createRoute, z } from "@hono/zod-openapi";
import { listOperators, readOperator, renameOperator } from "../../operators";
import { actOf, withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { sortQuery } from "../sort";
import { idParam, json, listOf, pageOf, yesOrNo } from "../shapes";
import { common, operator, viewOperator, viewOperators } from "./shapes";

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List operators by name",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ foldedName: z.string() })),
      ...sortQuery("name", "ascending"),
      needs_review: yesOrNo.optional(),
      merged: yesOrNo
        .optional()
        .openapi({ description: "`true`: operators that were merged into another one, which are otherwise left out." }),
      search: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .optional()
        .openapi({ description: "A part of the name; case and accents do not matter." }),
    }),
  },
  responses: { 200: { description: "A page of operators", ...json(listOf(operator)) }, ...failures(401, 403, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read an operator",
  request: { params: idParam },
  responses: { 200: { description: "The operator", ...json(operator) }, ...failures(401, 403, 404) },
});

const rename = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Rename an operator",
  description: "Changes the name people see. Calls under the name the platform sends keep finding this operator.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ name: z.string().trim().min(1).max(200) }), { name: "Lucía Fernández" }),
    },
  },
  responses: { 200: { description: "The operator", ...json(operator) }, ...failures(400, 401, 403, 404, 415, 422) },
});

/** `/v1/operators`: list, read, rename. */
export function resourceRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order, needs_review: needsReview, merged = false, search } = c.req.valid("query");
      const { db } = c.var.deps;
      const within = withinOf(c);
      const filter = { needsReview, merged, search };
      const rows = await listOperators(db, { ...within, filter, limit: limit + 1, after: cursor, order });
      const { data, next_cursor } = pageOf(
        rows,
        limit,
        (row) => row,
        (row) => ({ foldedName: row.foldedName }),
      );
      return c.json({ data: await viewOperators(db, within.organizationId, data), next_cursor }, 200);
    })
    .openapi(read, async (c) => {
      const { db } = c.var.deps;
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const found = await readOperator(db, target);
      return found.ok ? c.json(await viewOperator(db, found.value), 200) : problem(c, found.error);
    })
    .openapi(rename, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const renamed = await renameOperator(c.var.deps, target, c.req.valid("json").name, actOf(c));
      return renamed.ok ? c.json(await viewOperator(c.var.deps.db, renamed.value), 200) : problem(c, renamed.error);
    });
}
