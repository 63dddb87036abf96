import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { chooseSecondFactor, readRequiredFactor, relyingPartyOf } from "../../identity";
import { actOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { json } from "../shapes";

const common = { tags: ["People"], security: SECURED };

const organization = z
  .object({
    id: z.string(),
    name: z.string(),
    require_second_factor: z.boolean().describe("Whether a member without one is led to set one up before all else."),
    members: z.number().int().describe("Who are not shut out."),
    members_without_second_factor: z.number().int(),
  })
  .openapi("Organization", {
    example: {
      id: "org_01k3a7w8q0m4x2c9v5b6n7p8r1",
      name: "Acme Insurance",
      require_second_factor: true,
      members: 12,
      members_without_second_factor: 3,
    },
  });

const read = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "Read your organization and what it requires of its members",
  responses: { 200: { description: "The organization", ...json(organization) }, ...failures(401, 403, 404) },
});

const change = createRoute({
  ...common,
  method: "patch",
  path: "/",
  summary: "Say whether a second factor is required of members",
  description:
    "It holds at the next request of each. A person who requires one has to have one, and for an API key an owner has: otherwise it is a conflict. API keys go on as before.",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ require_second_factor: z.boolean() }), { require_second_factor: true }),
    },
  },
  responses: {
    200: { description: "The organization", ...json(organization) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

/** `/v1/organization`: the caller's own. */
export function ownOrganizationSettingRoutes() {
  return newRouter()
    .openapi(read, async (c) => {
      const found = await readRequiredFactor(c.var.deps.db, targetOf(c));
      return found.ok ? c.json(viewOf(found.value), 200) : problem(c, found.error);
    })
    .openapi(change, async (c) => {
      const required = c.req.valid("json").require_second_factor;
      const changed = await chooseSecondFactor(c.var.deps, { ...targetOf(c), required }, actOf(c));
      if (!changed.ok) return problem(c, changed.error);
      const found = await readRequiredFactor(c.var.deps.db, targetOf(c));
      return found.ok ? c.json(viewOf(found.value), 200) : problem(c, found.error);
    });
}

function targetOf(c: Context<ApiEnv>) {
  const { caller, deps } = c.var;
  return { organizationId: caller.organizationId, rpId: relyingPartyOf(deps.config.publicUrl)?.id };
}

type Found = Extract<Awaited<ReturnType<typeof readRequiredFactor>>, { ok: true }>["value"];

function viewOf({ organization: { id, name, requireSecondFactor }, members, without }: Found) {
  return { id, name, require_second_factor: requireSecondFactor, members, members_without_second_factor: without };
}
