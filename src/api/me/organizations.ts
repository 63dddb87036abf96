import { createRoute, z } from "@hono/zod-openapi";
import { leaveOrganization, organizationsOf, switchOrganization } from "../../identity";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { idParam, json, listOf, wholeOf } from "../shapes";
import { actOfSelf, OF_ONESELF, selfOf } from "./self";

const organization = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.string().describe("Yours in it."),
    open: z.boolean().describe("Whether it is the one that this session has open."),
  })
  .openapi("OwnOrganization", {
    example: { id: "org_01k3a7w8q0m4x2c9v5b6n7p8r1", name: "Acme Insurance", role: "reviewer", open: true },
  });

const list = createRoute({
  ...OF_ONESELF,
  method: "get",
  path: "/",
  summary: "The organizations that you belong to",
  responses: {
    200: { description: "All of them", ...json(listOf(organization)) },
    ...failures(401, 403),
  },
});

const open = createRoute({
  ...OF_ONESELF,
  method: "post",
  path: "/",
  summary: "Open another of your organizations in this session",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ organization_id: z.string().max(200) }), {
        organization_id: "org_01k3a7w8q0m4x2c9v5b6n7p8r1",
      }),
    },
  },
  responses: { 204: { description: "It is open" }, ...failures(400, 401, 403, 404, 415, 422) },
});

const leave = createRoute({
  ...OF_ONESELF,
  method: "delete",
  path: "/{id}",
  summary: "Leave an organization",
  description: "Your sessions in it end, this one too if it has it open. Its last owner stays.",
  request: { params: idParam },
  responses: { 204: { description: "You left it" }, ...failures(401, 403, 404, 409) },
});

/** `/v1/me/organizations` */
export function ownOrganizationRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { userId, session } = selfOf(c);
      const rows = await organizationsOf(c.var.deps.db, userId);
      return c.json(wholeOf(rows.map((row) => ({ ...row, open: row.id === session.organizationId }))), 200);
    })
    .openapi(leave, async (c) => {
      const target = { organizationId: c.req.valid("param").id, userId: selfOf(c).userId };
      const left = await leaveOrganization(c.var.deps, target, actOfSelf(c));
      return left.ok ? c.body(null, 204) : problem(c, left.error);
    });
}

/** `/v1/me/organization` */
export function openOrganizationRoutes() {
  return newRouter().openapi(open, async (c) => {
    const { userId, session } = selfOf(c);
    const wanted = { hash: session.hash, userId, organizationId: c.req.valid("json").organization_id };
    const switched = await switchOrganization(c.var.deps, wanted, actOfSelf(c));
    return switched.ok ? c.body(null, 204) : problem(c, switched.error);
  });
}
