import { createRoute, z } from "@hono/zod-openapi";
import { createOrganization, governOrganization, type OrganizationRow } from "../../identity";
import { PLANS } from "../../db/schema";
import { toIso } from "../../lib/time";
import { adminActOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { ADMIN_ONLY } from "../security";
import { idParam, json } from "../shapes";
import { wayBackRoutes } from "./ways-back";

const plan = z.enum(PLANS).openapi({ description: "What the organization is allowed." });
const requireSecondFactor = z
  .boolean()
  .openapi({ description: "Whether a member without one is led to set one up before all else." });
const organization = z.object({
  id: z.string(),
  name: z.string(),
  plan,
  require_second_factor: requireSecondFactor,
  created_at: z.iso.datetime(),
});
const exampleOrganization = {
  id: "org_01k3a7w8q0m4x2c9v5b6n7p8r1",
  name: "Acme Insurance",
  plan: "standard" as const,
  require_second_factor: false,
  created_at: "2026-08-20T14:00:00.000Z",
};

const madeOrganization = z
  .object({
    organization,
    api_key: z.object({
      id: z.string(),
      name: z.string(),
      key: z.string().describe("The key itself. It is shown here and never again."),
    }),
  })
  .openapi("MadeOrganization", {
    example: {
      organization: exampleOrganization,
      api_key: {
        id: "key_01k3a7w8q0m4x2c9v5b6n7p8r1",
        name: "First key",
        key: "tk_9f3k2m7q1t5w8y0z4x6c2v9b3n7m1k5j8h2g4f6d0s",
      },
    },
  });

const create = createRoute({
  tags: ["Deployment"],
  security: ADMIN_ONLY,
  method: "post",
  path: "/organizations",
  summary: "Create an organization and its first API key",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ name: z.string().trim().min(1).max(200), plan: plan.default("standard") }), {
        name: "Acme Insurance",
      }),
    },
  },
  responses: { 201: { description: "The organization", ...json(madeOrganization) }, ...failures(400, 401, 415, 422) },
});

const update = createRoute({
  tags: ["Deployment"],
  security: ADMIN_ONLY,
  method: "patch",
  path: "/organizations/{id}",
  summary: "Set an organization's plan, and whether its members need a second factor",
  description:
    "What is left out stays as it is. Members without a second factor are led to set one up: the API answers them 403 `second_factor_required` until then. API keys go on as before.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ plan: plan.optional(), require_second_factor: requireSecondFactor.optional() }), {
        plan: "enterprise",
      }),
    },
  },
  responses: {
    200: { description: "The organization", ...json(organization, { ...exampleOrganization, plan: "enterprise" }) },
    ...failures(400, 401, 404, 415, 422),
  },
});

/** `/admin/organizations`, and the ways back of people who cannot sign in. */
export function organizationRoutes() {
  const router = newRouter()
    .openapi(create, async (c) => {
      const made = await createOrganization(c.var.deps, c.req.valid("json"), adminActOf(c));
      const { row, key } = made.apiKey;
      const answer = {
        organization: viewOrganization(made.organization),
        api_key: { id: row.id, name: row.name, key },
      };
      return c.json(answer, 201);
    })
    .openapi(update, async (c) => {
      const { id } = c.req.valid("param");
      const { plan: chosen, require_second_factor: required } = c.req.valid("json");
      const change = { plan: chosen, requireSecondFactor: required };
      const updated = await governOrganization(c.var.deps, id, change, adminActOf(c));
      return updated.ok ? c.json(viewOrganization(updated.value), 200) : problem(c, updated.error);
    });
  return router.route("/", wayBackRoutes());
}

function viewOrganization(row: OrganizationRow): z.infer<typeof organization> {
  const { id, name, plan: chosen, requireSecondFactor: required, createdAt } = row;
  return { id, name, plan: chosen, require_second_factor: required, created_at: toIso(createdAt) };
}
