import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { readDefaultRedaction, redactsLess, setDefaultRedaction } from "../../campaigns";
import { NAMINGS, PII_KINDS } from "../../db/schema";
import {
  changeOrganization,
  chooseSecondFactor,
  may,
  MOST_ALERT_DOLLARS,
  readRequiredFactor,
  relyingPartyOf,
} from "../../identity";
import { actOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { json } from "../shapes";

const common = { tags: ["People"], security: SECURED };

const ownOrganization = z
  .object({
    id: z.string(),
    name: z.string(),
    require_second_factor: z.boolean().describe("Whether a member without one is led to set one up before all else."),
    members: z.number().int().describe("Who are not shut out."),
    members_without_second_factor: z.number().int(),
    naming: z.enum(NAMINGS).describe("What pages call roles. `voicesense`: *Developer* is *Company Operator*."),
    usage_alert_dollars: z
      .number()
      .int()
      .nullable()
      .describe("The estimated cost of a month from which on who may read usage is notified. Null: never."),
    redact: z
      .array(z.enum(PII_KINDS))
      .describe("What is taken out of the calls of campaigns that say nothing themselves, and of calls without one."),
  })
  .openapi("Organization", {
    example: {
      id: "org_01k3a7w8q0m4x2c9v5b6n7p8r1",
      name: "Acme Insurance",
      require_second_factor: true,
      members: 12,
      members_without_second_factor: 3,
      naming: "ordinary",
      usage_alert_dollars: 50,
      redact: [],
    },
  });

const read = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "Read your organization and what it requires of its members",
  responses: { 200: { description: "The organization", ...json(ownOrganization) }, ...failures(401, 403, 404) },
});

const change = createRoute({
  ...common,
  method: "patch",
  path: "/",
  summary: "Change what your organization requires and chooses",
  description:
    "What is left out stays. A second factor is required from the next request of each member on. A person who requires one has to have one, and for an API key an owner has: otherwise it is a conflict, and nothing is changed. API keys go on as before.",
  request: {
    body: {
      required: true,
      ...json(
        z
          .strictObject({
            require_second_factor: z.boolean(),
            naming: z.enum(NAMINGS),
            usage_alert_dollars: z.number().int().min(1).max(MOST_ALERT_DOLLARS).nullable(),
            redact: z.array(z.enum(PII_KINDS)).max(PII_KINDS.length),
          })
          .partial(),
        { require_second_factor: true },
      ),
    },
  },
  responses: {
    200: { description: "The organization", ...json(ownOrganization) },
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
      const {
        require_second_factor: required,
        naming,
        usage_alert_dollars: usageAlertDollars,
        redact,
      } = c.req.valid("json");
      const target = targetOf(c);
      if (redact !== undefined && !may(c.var.caller, "originals:read")) {
        const before = await readDefaultRedaction(c.var.deps.db, target.organizationId);
        if (redactsLess({ redactDefault: [...before], redact: [...before] }, redact))
          return problem(c, { kind: "permission_missing", permission: "originals:read" });
      }
      if (required !== undefined) {
        const changed = await chooseSecondFactor(c.var.deps, { ...target, required }, actOf(c));
        if (!changed.ok) return problem(c, changed.error);
      }
      if (redact !== undefined) await setDefaultRedaction(c.var.deps, target.organizationId, redact);
      const choices = { naming, usageAlertDollars };
      const changed = await changeOrganization(c.var.deps, target.organizationId, choices, actOf(c));
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

function viewOf({ organization, members, without }: Found) {
  const { id, name, requireSecondFactor, naming, usageAlertDollars, redact } = organization;
  return {
    id,
    name,
    require_second_factor: requireSecondFactor,
    members,
    members_without_second_factor: without,
    naming,
    usage_alert_dollars: usageAlertDollars,
    redact: redact ?? [],
  };
}
