import { createRoute, z } from "@hono/zod-openapi";
import { notFound } from "../../errors";
import { emailAddress, invite, organizationName } from "../../identity";
import { toIso } from "../../lib/time";
import { LANGUAGES } from "../../ui/language";
import { adminActOf } from "../authenticate";
import { deliverInvitations } from "../people/deliver";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { ADMIN_ONLY } from "../security";
import { idParam, json } from "../shapes";

const ownerInvitation = z
  .object({
    id: z.string().nullable().describe("Null where the address belongs to a member already."),
    email: z.string(),
    mailed: z.boolean(),
    link: z
      .string()
      .nullable()
      .describe("To be handed on; null where it was mailed. It is shown here and never again."),
    expires_at: z.iso.datetime().nullable(),
  })
  .openapi("OwnerInvitation", {
    example: {
      id: "inv_01k3a7w8q0m4x2c9v5b6n7p8r1",
      email: "ana@acme.example",
      mailed: false,
      link: "https://calls.acme.example/invitations/4Wc0…",
      expires_at: "2026-08-27T14:00:00.000Z",
    },
  });

const create = createRoute({
  tags: ["Deployment"],
  security: ADMIN_ONLY,
  method: "post",
  path: "/organizations/{id}/owner-invitations",
  summary: "Invite an owner of an organization",
  description: "Works for every organization, whether it has owners or not. The link works once, for a week.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ email: emailAddress, language: z.enum(LANGUAGES).default("en") }), {
        email: "ana@acme.example",
      }),
    },
  },
  responses: {
    201: { description: "The invitation", ...json(ownerInvitation) },
    ...failures(400, 401, 404, 415, 422),
  },
});

/** The admin owns the deployment, and gives whatever there is. */
const ADMIN = { scopes: null, campaignId: null, sourceId: null, expiresAt: null };

/** `/admin/organizations/{id}/owner-invitations` */
export function ownerInvitationRoutes() {
  return newRouter().openapi(create, async (c) => {
    const { deps } = c.var;
    const { id: organizationId } = c.req.valid("param");
    const { email, language } = c.req.valid("json");
    const organization = await organizationName(deps.db, organizationId);
    if (organization === undefined) return problem(c, notFound("organization"));
    const wanted = { organizationId, emails: [email], role: "owner", campaigns: null, teams: null };
    const made = await invite(deps, wanted, ADMIN, adminActOf(c));
    if (!made.ok) return problem(c, made.error);
    const fresh = made.value.flatMap((one) => (one.result === "invited" ? [one.invitation] : []));
    const delivered = await deliverInvitations(deps, fresh, { organization, language });
    const [invitation] = fresh;
    const { mailed = false, link = null } = delivered.get(invitation?.id ?? "") ?? {};
    c.header("cache-control", "no-store");
    const expires_at = toIso(invitation?.expiresAt ?? null);
    return c.json({ id: invitation?.id ?? null, email, mailed, link, expires_at }, 201);
  });
}
