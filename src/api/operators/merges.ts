import { createRoute, z } from "@hono/zod-openapi";
import type { DomainError } from "../../errors";
import { isLimited } from "../../identity";
import { listMoves, mergeOperator, readOperator, unmergeOperator } from "../../operators";
import { actOf, withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { sortQuery } from "../sort";
import { idParam, json, listOf, pageOf } from "../shapes";
import { common, move, viewMove } from "./shapes";

const merge = createRoute({
  ...common,
  method: "post",
  path: "/{id}/merge",
  summary: "Merge an operator into another one",
  description:
    "All their calls follow, with a `call.updated` event for each, and so do later calls. Name and references are kept, so the merge can be undone.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ into: z.string().max(200) }), { into: "opr_3v5g8k2m9q4t7w0y1z6x3c8b5n" }),
    },
  },
  responses: {
    202: { description: "It is in force; the calls are being moved", ...json(move) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const unmerge = createRoute({
  ...common,
  method: "post",
  path: "/{id}/unmerge",
  summary: "Undo a merge",
  description: "Calls under the operator's name or references go back to them.",
  request: { params: idParam },
  responses: {
    202: { description: "It is in force; the calls are being moved", ...json(move) },
    ...failures(401, 403, 404, 409),
  },
});

const moves = createRoute({
  ...common,
  method: "get",
  path: "/{id}/moves",
  summary: "List the moves of an operator's calls, newest first",
  request: {
    params: idParam,
    query: z.strictObject({ ...pageQuery(z.object({ id: z.string() })), ...sortQuery("created_at", "descending") }),
  },
  responses: { 200: { description: "A page of moves", ...json(listOf(move)) }, ...failures(401, 403, 404, 422) },
});

const COUNTS_EVERY_CALL: DomainError = {
  kind: "forbidden",
  message: "Moves count the calls of every campaign: they are for those who are not limited to some.",
};

/** `/v1/operators/{id}`: merge, unmerge, moves. */
export function mergeRoutes() {
  return newRouter()
    .openapi(merge, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const begun = await mergeOperator(c.var.deps, target, c.req.valid("json").into, actOf(c));
      return begun.ok ? c.json(viewMove(begun.value), 202) : problem(c, begun.error);
    })
    .openapi(unmerge, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const begun = await unmergeOperator(c.var.deps, target, actOf(c));
      return begun.ok ? c.json(viewMove(begun.value), 202) : problem(c, begun.error);
    })
    .openapi(moves, async (c) => {
      if (isLimited(c.var.caller.reach)) return problem(c, COUNTS_EVERY_CALL);
      const { db } = c.var.deps;
      const { limit, cursor, sort: order } = c.req.valid("query");
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const found = await readOperator(db, target);
      if (!found.ok) return problem(c, found.error);
      const { organizationId, id: operatorId } = target;
      const rows = await listMoves(db, { organizationId, operatorId, limit: limit + 1, after: cursor, order });
      return c.json(
        pageOf(rows, limit, viewMove, (row) => ({ id: row.id })),
        200,
      );
    });
}
