import { createRoute, z } from "@hono/zod-openapi";
import {
  emailAddress,
  invite,
  listInvitations,
  organizationName,
  renewInvitation,
  withdrawInvitation,
  type InvitationRow,
} from "../../identity";
import { csvLine } from "../../lib/csv";
import { toIso } from "../../lib/time";
import { LANGUAGES } from "../../ui/language";
import { actOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { idParam, json, listOf, pageOf } from "../shapes";
import { deliverInvitations } from "./deliver";
import { campaignLimit, roleName, teamLimit } from "./shapes";

const MOST_ADDRESSES = 200;

const example = {
  id: "inv_01k3a7w8q0m4x2c9v5b6n7p8r1",
  email: "ana@acme.example",
  role: "reviewer",
  campaigns: null,
  teams: null,
  created_at: "2026-08-20T14:00:00.000Z",
  created_by: "usr_01k3a7w8q0m4x2c9v5b6n7p8r0",
  expires_at: "2026-08-27T14:00:00.000Z",
  mailed_at: null,
};

const invitation = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.string(),
    campaigns: campaignLimit,
    teams: teamLimit,
    created_at: z.iso.datetime(),
    created_by: z.string(),
    expires_at: z.iso.datetime(),
    mailed_at: z.iso.datetime().nullable().describe("When mail with the link was handed over; null: it was shown."),
  })
  .openapi("Invitation", { example });

const LINK = "https://calls.acme.example/invitations/4Wc0…";
const link = z
  .string()
  .nullable()
  .describe("To be handed on; null where it was mailed. It is shown here and never again.");

const invited = z
  .object({
    email: z.string(),
    result: z.enum(["invited", "member_already"]),
    id: z.string().nullable(),
    mailed: z.boolean(),
    link,
  })
  .openapi("Invited", {
    example: { email: "ana@acme.example", result: "invited", id: example.id, mailed: false, link: LINK },
  });

const renewed = invitation
  .extend({ mailed: z.boolean(), link })
  .openapi("RenewedInvitation", { example: { ...example, mailed: false, link: LINK } });

const language = z.enum(LANGUAGES).default("en").describe("Of the mail.");

const common = { tags: ["People"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List invitations that were not accepted, newest first",
  request: {
    query: z.strictObject({ ...pageQuery(z.object({ id: z.string() })), ...sortQuery("created_at", "descending") }),
  },
  responses: { 200: { description: "A page of invitations", ...json(listOf(invitation)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Invite people",
  description:
    "One role and one set of limits for all addresses, at most your own. Links work once, for a week. Who is invited already gets a new link. With `Accept: text/csv` the answer is CSV: address, result, link.",
  request: {
    body: {
      required: true,
      ...json(
        z.strictObject({
          emails: z.array(emailAddress).min(1).max(MOST_ADDRESSES),
          role: roleName,
          campaigns: campaignLimit.default(null),
          teams: teamLimit.default(null),
          language,
        }),
        { emails: ["ana@acme.example", "beto@acme.example"], role: "reviewer" },
      ),
    },
  },
  responses: {
    200: {
      description: "What became of each address",
      content: {
        "application/json": { schema: z.object({ data: z.array(invited) }) },
        "text/csv": { schema: z.string() },
      },
    },
    ...failures(400, 401, 403, 415, 422),
  },
});

const renew = createRoute({
  ...common,
  method: "post",
  path: "/{id}/resend",
  summary: "Send an invitation again, with a new link for another week",
  request: {
    params: idParam,
    body: { required: false, ...json(z.strictObject({ language }), { language: "en" }) },
  },
  responses: {
    200: { description: "The invitation", ...json(renewed) },
    ...failures(400, 401, 403, 404, 415, 422),
  },
});

const withdraw = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Withdraw an invitation",
  request: { params: idParam },
  responses: { 204: { description: "Its link works no more" }, ...failures(401, 403, 404) },
});

/** `/v1/invitations` */
export function invitationRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const rows = await listInvitations(c.var.deps.db, { organizationId, limit: limit + 1, after: cursor, order });
      return c.json(
        pageOf(rows, limit, viewInvitation, (row) => ({ id: row.id })),
        200,
      );
    })
    .openapi(create, async (c) => {
      const { language: spoken, ...input } = c.req.valid("json");
      const { deps, caller } = c.var;
      const { organizationId } = caller;
      const made = await invite(deps, { organizationId, ...input }, caller, actOf(c));
      if (!made.ok) return problem(c, made.error);
      const fresh = made.value.flatMap((one) => (one.result === "invited" ? [one.invitation] : []));
      const organization = await organizationName(deps.db, organizationId);
      const delivered = await deliverInvitations(deps, fresh, { organization, language: spoken });
      const data = made.value.map((one): z.infer<typeof invited> => {
        if (one.result !== "invited") return { ...one, id: null, mailed: false, link: null };
        const { id } = one.invitation;
        return { email: one.email, result: one.result, id, mailed: false, link: null, ...delivered.get(id) };
      });
      c.header("cache-control", "no-store");
      if (!/\btext\/csv\b/i.test(c.req.header("accept") ?? "")) return c.json({ data }, 200);
      const lines = [["email", "result", "link"], ...data.map((one) => [one.email, one.result, one.link ?? ""])];
      return c.text(lines.map(csvLine).join(""), 200, { "content-type": "text/csv; charset=utf-8" });
    })
    .openapi(renew, async (c) => {
      const { deps, caller } = c.var;
      const target = { organizationId: caller.organizationId, id: c.req.valid("param").id };
      const made = await renewInvitation(deps, target, caller, actOf(c));
      if (!made.ok) return problem(c, made.error);
      const organization = await organizationName(deps.db, caller.organizationId);
      const letter = { organization, language: c.req.valid("json").language };
      const delivered = (await deliverInvitations(deps, [made.value], letter)).get(made.value.id);
      c.header("cache-control", "no-store");
      const { mailed = false, link: shown = null } = delivered ?? {};
      const row = { ...made.value, mailedAt: mailed ? deps.now() : null };
      return c.json({ ...viewInvitation(row), mailed, link: shown }, 200);
    })
    .openapi(withdraw, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const gone = await withdrawInvitation(c.var.deps, target, actOf(c));
      return gone.ok ? c.body(null, 204) : problem(c, gone.error);
    });
}

function viewInvitation(row: InvitationRow): z.infer<typeof invitation> {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    campaigns: row.campaigns,
    teams: row.teams,
    created_at: toIso(row.createdAt),
    created_by: row.createdBy,
    expires_at: toIso(row.expiresAt),
    mailed_at: toIso(row.mailedAt),
  };
}
