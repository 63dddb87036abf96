import { createRoute, z } from "@hono/zod-openapi";
import { createOrganization } from "../../identity";
import { toIso } from "../../lib/time";
import { adminActOf } from "../authenticate";
import { failures } from "../problem";
import { newRouter } from "../router";
import { ADMIN_ONLY } from "../security";
import { json } from "../shapes";
import { requiredFactorRoutes } from "./required-factor";
import { wayBackRoutes } from "./ways-back";

const madeOrganization = z
  .object({
    organization: z.object({ id: z.string(), name: z.string(), created_at: z.iso.datetime() }),
    api_key: z.object({
      id: z.string(),
      name: z.string(),
      key: z.string().describe("The key itself. It is shown here and never again."),
    }),
  })
  .openapi("MadeOrganization", {
    example: {
      organization: {
        id: "org_01k3a7w8q0m4x2c9v5b6n7p8r1",
        name: "Acme Insurance",
        created_at: "2026-08-20T14:00:00.000Z",
      },
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
      ...json(z.strictObject({ name: z.string().trim().min(1).max(200) }), { name: "Acme Insurance" }),
    },
  },
  responses: { 201: { description: "The organization", ...json(madeOrganization) }, ...failures(400, 401, 415, 422) },
});

/** `/admin/organizations`, what is required of their members, and the ways back of people who cannot sign in. */
export function organizationRoutes() {
  const router = newRouter().openapi(create, async (c) => {
    const { organization, apiKey } = await createOrganization(c.var.deps, c.req.valid("json"), adminActOf(c));
    const answer = {
      organization: { id: organization.id, name: organization.name, created_at: toIso(organization.createdAt) },
      api_key: { id: apiKey.row.id, name: apiKey.row.name, key: apiKey.key },
    };
    return c.json(answer, 201);
  });
  return router.route("/", requiredFactorRoutes()).route("/", wayBackRoutes());
}
