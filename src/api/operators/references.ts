import { createRoute, z } from "@hono/zod-openapi";
import { addReference, MAX_REFERENCE, readOperator, removeReference } from "../../operators";
import { actOf, withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { idParam, json } from "../shapes";
import { common, operator, reference, viewOperator } from "./shapes";

const add = createRoute({
  ...common,
  method: "post",
  path: "/{id}/references",
  summary: "Add a reference of another system to an operator",
  description:
    "The first call with a new reference and a name adds it automatically. Existing calls with the reference become this operator's: `/moves` shows the progress.",
  request: {
    params: idParam,
    body: { required: true, ...json(z.strictObject({ reference }), { reference: "net2phone:user:42" }) },
  },
  responses: {
    200: { description: "The operator, who had the reference already", ...json(operator) },
    201: { description: "The operator", ...json(operator) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}/references/{reference}",
  summary: "Remove a reference from an operator",
  description: "Calls that were theirs only by it go back to the operators of their names.",
  request: { params: idParam.extend({ reference: z.string().max(MAX_REFERENCE) }) },
  responses: { 204: { description: "The reference is no longer assigned" }, ...failures(401, 403, 404) },
});

/** `/v1/operators/{id}/references` */
export function referenceRoutes() {
  return newRouter()
    .openapi(add, async (c) => {
      const { db } = c.var.deps;
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const added = await addReference(c.var.deps, target, c.req.valid("json").reference, actOf(c));
      if (!added.ok) return problem(c, added.error);
      const found = await readOperator(db, target);
      if (!found.ok) return problem(c, found.error);
      return c.json(await viewOperator(db, found.value), added.value ? 201 : 200);
    })
    .openapi(remove, async (c) => {
      const { id, reference: given } = c.req.valid("param");
      const target = { ...withinOf(c), id };
      const removed = await removeReference(c.var.deps, target, given, actOf(c));
      return removed.ok ? c.body(null, 204) : problem(c, removed.error);
    });
}
