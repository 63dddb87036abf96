import { createRoute, z } from "@hono/zod-openapi";
import { toIso } from "../lib/time";
import { listOperators, readOperator, renameOperator, type OperatorRow } from "../operators";
import { pageQuery } from "./cursor";
import { failures, problem } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { idParam, json, listOf, pageOf, yesOrNo } from "./shapes";

const operator = z
  .object({
    id: z.string(),
    name: z.string(),
    needs_review: z.boolean().describe("The name is only digits: somebody has to say who it is."),
    created_at: z.iso.datetime(),
  })
  .openapi("Operator", {
    example: {
      id: "opr_7h2j9k4m1n6p3q8r5s0t2v7w4x",
      name: "Lucía Fernández",
      needs_review: false,
      created_at: "2026-08-20T14:00:00.000Z",
    },
  });

const common = { tags: ["Operators"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List operators by name",
  request: {
    query: z.strictObject({ ...pageQuery(z.object({ foldedName: z.string() })), needs_review: yesOrNo.optional() }),
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

/** `/v1/operators` */
export function operatorRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, needs_review: needsReview } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const rows = await listOperators(c.var.deps.db, { organizationId, needsReview, limit: limit + 1, after: cursor });
      return c.json(
        pageOf(rows, limit, viewOperator, (row) => ({ foldedName: row.foldedName })),
        200,
      );
    })
    .openapi(read, async (c) => {
      const found = await readOperator(c.var.deps.db, {
        organizationId: c.var.caller.organizationId,
        id: c.req.valid("param").id,
      });
      return found.ok ? c.json(viewOperator(found.value), 200) : problem(c, found.error);
    })
    .openapi(rename, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const renamed = await renameOperator(c.var.deps.db, target, c.req.valid("json").name);
      return renamed.ok ? c.json(viewOperator(renamed.value), 200) : problem(c, renamed.error);
    });
}

function viewOperator(row: OperatorRow): z.infer<typeof operator> {
  return { id: row.id, name: row.name, needs_review: row.needsReview, created_at: toIso(row.createdAt) };
}
