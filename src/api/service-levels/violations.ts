import { createRoute, z } from "@hono/zod-openapi";
import { exampleViolation, violationSnapshot } from "../../events";
import { listViolations, policiesNamed, snapshotViolation } from "../../quality";
import { withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { json, listOf, pageOf } from "../shapes";
import { sortQuery } from "../sort";

const position = z.object({ notedAt: z.number().int(), policyId: z.string(), objectId: z.string() });

const list = createRoute({
  tags: ["Reviews"],
  security: SECURED,
  method: "get",
  path: "/",
  summary: "List what was not done in time",
  request: {
    query: z.strictObject({
      ...pageQuery(position),
      ...sortQuery("noted_at", "descending"),
      policy_id: z.string().max(200).optional(),
    }),
  },
  responses: {
    200: {
      description: "A page of violations",
      ...json(listOf(violationSnapshot), { data: [exampleViolation], next_cursor: null }),
    },
    ...failures(401, 403, 422),
  },
});

/** `/v1/sla-violations` */
export function violationRoutes() {
  return newRouter().openapi(list, async (c) => {
    const { limit, cursor, sort: order, policy_id: policyId } = c.req.valid("query");
    const { db } = c.var.deps;
    const rows = await listViolations(db, { ...withinOf(c), policyId, limit: limit + 1, after: cursor, order });
    const policies = await policiesNamed(db, withinOf(c), rows);
    return c.json(
      pageOf(
        rows,
        limit,
        (row) => snapshotViolation(row, policies.get(row.policyId)),
        ({ notedAt, policyId: of, objectId }) => ({ notedAt, policyId: of, objectId }),
      ),
      200,
    );
  });
}
