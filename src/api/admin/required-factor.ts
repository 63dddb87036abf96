import { createRoute, z } from "@hono/zod-openapi";
import { requireSecondFactor } from "../../identity";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { ADMIN_ONLY } from "../security";
import { idParam, json } from "../shapes";

const set = createRoute({
  tags: ["Deployment"],
  security: ADMIN_ONLY,
  method: "patch",
  path: "/organizations/{id}",
  summary: "Say whether an organization requires a second factor of its members",
  description:
    "Members without one are led to set one up: the API answers them 403 `second_factor_required` until then. API keys go on as before.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ require_second_factor: z.boolean() }), { require_second_factor: true }),
    },
  },
  responses: {
    200: {
      description: "The setting",
      ...json(z.object({ id: z.string(), require_second_factor: z.boolean() }), {
        id: "org_01k3a7w8q0m4x2c9v5b6n7p8r1",
        require_second_factor: true,
      }),
    },
    ...failures(400, 401, 404, 415, 422),
  },
});

/** `/admin/organizations/…` */
export function requiredFactorRoutes() {
  return newRouter().openapi(set, async (c) => {
    const { id } = c.req.valid("param");
    const { require_second_factor: required } = c.req.valid("json");
    const changed = await requireSecondFactor(c.var.deps, { organizationId: id, required });
    return changed.ok ? c.json({ id, require_second_factor: required }, 200) : problem(c, changed.error);
  });
}
