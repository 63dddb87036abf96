import { createRoute, z } from "@hono/zod-openapi";
import { readCall } from "../../calls";
import { countCall, eraseCall } from "../../privacy";
import { actOf, withinOf } from "../authenticate";
import { erasure, erasureCount, viewErasure } from "../privacy/shapes";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json, yesOrNo } from "../shapes";

const erase = createRoute({
  tags: ["Privacy"],
  security: SECURED,
  method: "delete",
  path: "/{id}",
  summary: "Erase a call everywhere",
  description:
    "For good: its recordings, transcripts, findings, reviews, events, deliveries with what was sent and answered, the requests that brought it, its place in the search index, stored answers, uploads. No later notice brings it back. Asked again, it answers with the same erasure. Under a legal hold it is refused.",
  request: {
    params: idParam,
    query: z.strictObject({
      dry_run: yesOrNo.optional().openapi({ description: "Counts what would be erased, and erases nothing." }),
    }),
  },
  responses: {
    200: { description: "What a dry run counted", ...json(erasureCount) },
    202: { description: "It is being erased: see `Location`", ...json(erasure) },
    ...failures(401, 403, 404, 409, 422),
  },
});

/** `DELETE /v1/calls/{id}` */
export function callErasureRoutes() {
  return newRouter().openapi(erase, async (c) => {
    const { deps, caller } = c.var;
    const { id } = c.req.valid("param");
    if (c.req.valid("query").dry_run === true) {
      const call = await readCall(deps.db, { ...withinOf(c), id });
      if (!call.ok) return problem(c, call.error);
      const { organizationId } = caller;
      return c.json({ would_erase: await countCall(deps, { organizationId, callId: id }), more: false }, 200);
    }
    const begun = await eraseCall(deps, caller, id, actOf(c));
    if (!begun.ok) return problem(c, begun.error);
    c.header("location", `/v1/erasures/${begun.value.id}`);
    return c.json(viewErasure(begun.value), 202);
  });
}
