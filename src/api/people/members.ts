import { createRoute, z } from "@hono/zod-openapi";
import { endMemberSessions, listMembers, readMember, removeMember, updateMember, type Member } from "../../identity";
import { toIso } from "../../lib/time";
import { actOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json, listOf, pageOf } from "../shapes";
import { sortQuery } from "../sort";
import { campaignLimit, roleName, teamLimit } from "./shapes";

const example = {
  id: "usr_01k3a7w8q0m4x2c9v5b6n7p8r1",
  email: "ana@acme.example",
  name: "Ana",
  role: "reviewer",
  campaigns: null,
  teams: null,
  operator_id: null,
  created_at: "2026-08-20T14:00:00.000Z",
  last_seen_at: "2026-08-20T15:00:00.000Z",
  disabled_at: null,
};

const member = z
  .object({
    id: z.string().describe("Of the user, the same in each of their organizations."),
    email: z.string(),
    name: z.string(),
    role: z.string(),
    campaigns: campaignLimit,
    teams: teamLimit,
    operator_id: z.string().nullable().describe("The operator that this person is on calls."),
    created_at: z.iso.datetime().describe("When they joined."),
    last_seen_at: z.iso.datetime().nullable().describe("The last use of a session that is not over, to five minutes."),
    disabled_at: z.iso.datetime().nullable().describe("Since when they are shut out."),
  })
  .openapi("Member", { example });

const common = { tags: ["People"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List the members of the organization",
  request: { query: z.strictObject({ ...pageQuery(z.object({ id: z.string() })), ...sortQuery("id", "ascending") }) },
  responses: { 200: { description: "A page of members", ...json(listOf(member)) }, ...failures(401, 403, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a member",
  request: { params: idParam },
  responses: { 200: { description: "The member", ...json(member) }, ...failures(401, 403, 404) },
});

const change = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Change a member's role, limits or operator, or shut them out",
  description:
    "It takes effect with their next request. Nobody gives more than they have, or changes someone who has more. The last owner stays one.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(
        z.strictObject({
          role: roleName.optional(),
          campaigns: campaignLimit.optional(),
          teams: teamLimit.optional(),
          operator_id: z.string().max(200).nullable().optional(),
          disabled: z.boolean().optional(),
        }),
        { role: "supervisor" },
      ),
    },
  },
  responses: {
    200: { description: "The member", ...json(member) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Remove a member",
  description: "Their sessions in this organization end. Keys that they made stay: look at those too.",
  request: { params: idParam },
  responses: { 204: { description: "They are removed" }, ...failures(401, 403, 404, 409) },
});

const endSessions = createRoute({
  ...common,
  method: "delete",
  path: "/{id}/sessions",
  summary: "End a member's sessions in this organization",
  request: { params: idParam },
  responses: {
    200: { description: "How many ended", ...json(z.object({ ended: z.number().int() }), { ended: 2 }) },
    ...failures(401, 403, 404),
  },
});

/** `/v1/members` */
export function memberRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor: after, sort: order } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const rows = await listMembers(c.var.deps.db, { organizationId, limit: limit + 1, after, order });
      return c.json(
        pageOf(rows, limit, viewMember, (row) => ({ id: row.userId })),
        200,
      );
    })
    .openapi(read, async (c) => {
      const found = await readMember(c.var.deps.db, targetOf(c.var.caller, c.req.valid("param").id));
      return found.ok ? c.json(viewMember(found.value), 200) : problem(c, found.error);
    })
    .openapi(change, async (c) => {
      const { operator_id: operatorId, ...rest } = c.req.valid("json");
      const target = targetOf(c.var.caller, c.req.valid("param").id);
      const given = { ...rest, ...(operatorId !== undefined && { operatorId }) };
      const changed = await updateMember(c.var.deps, target, given, c.var.caller, actOf(c));
      return changed.ok ? c.json(viewMember(changed.value), 200) : problem(c, changed.error);
    })
    .openapi(remove, async (c) => {
      const target = targetOf(c.var.caller, c.req.valid("param").id);
      const removed = await removeMember(c.var.deps, target, c.var.caller, actOf(c));
      return removed.ok ? c.body(null, 204) : problem(c, removed.error);
    })
    .openapi(endSessions, async (c) => {
      const target = targetOf(c.var.caller, c.req.valid("param").id);
      const ended = await endMemberSessions(c.var.deps, target, c.var.caller, actOf(c));
      return ended.ok ? c.json(ended.value, 200) : problem(c, ended.error);
    });
}

function targetOf({ organizationId }: { organizationId: string }, userId: string) {
  return { organizationId, userId };
}

function viewMember(row: Member): z.infer<typeof member> {
  return {
    id: row.userId,
    email: row.email,
    name: row.name,
    role: row.role,
    campaigns: row.campaigns,
    teams: row.teams,
    operator_id: row.operatorId,
    created_at: toIso(row.createdAt),
    last_seen_at: toIso(row.lastSeenAt),
    disabled_at: toIso(row.disabledAt),
  };
}
