import { createRoute, z } from "@hono/zod-openapi";
import {
  addTeamMember,
  countOpenTasks,
  createTeam,
  deleteTeam,
  listTeamMembers,
  listTeams,
  readTeam,
  removeTeamMember,
  renameTeam,
  type TeamMember,
  type TeamRow,
} from "../identity";
import { toIso } from "../lib/time";
import { actOf } from "./authenticate";
import { pageQuery } from "./cursor";
import { failures, problem } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { sortQuery } from "./sort";
import { idParam, json, listOf, pageOf } from "./shapes";
import { wholeNumber } from "./whole-number";

const example = {
  id: "tem_01k3a7w8q0m4x2c9v5b6n7p8r1",
  name: "Default reviewers",
  created_at: "2026-08-20T14:00:00.000Z",
};

const team = z.object({ id: z.string(), name: z.string(), created_at: z.iso.datetime() }).openapi("Team", { example });

const member = z.object({ user_id: z.string(), name: z.string(), email: z.string(), added_at: z.iso.datetime() });

const teamDetail = team
  .extend({
    members: z.array(member).describe("By name."),
    open_tasks: z.number().int().describe("What becomes unassigned once the team is deleted."),
  })
  .openapi("TeamDetail", {
    example: {
      ...example,
      members: [
        {
          user_id: "usr_01k3a7w8q0m4x2c9v5b6n7p8r1",
          name: "Ana Ruiz",
          email: "ana@acme.example",
          added_at: "2026-08-20T14:00:00.000Z",
        },
      ],
      open_tasks: 12,
    },
  });

const name = z.string().trim().min(1).max(200);
const memberParams = z.object({ id: z.string().max(200), userId: z.string().max(200) });
const common = { tags: ["Teams"], security: SECURED };
const body = { required: true, ...json(z.strictObject({ name }), { name: example.name }) };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List teams, the oldest first",
  request: {
    query: z.strictObject({ ...pageQuery(z.object({ id: z.string() })), ...sortQuery("created_at", "ascending") }),
  },
  responses: { 200: { description: "A page of teams", ...json(listOf(team)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Create a team",
  description: "No two teams of an organization have names that differ only in case, accents or spaces.",
  request: { body },
  responses: { 201: { description: "The team", ...json(team) }, ...failures(400, 401, 403, 409, 415, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a team with its members",
  request: { params: idParam },
  responses: { 200: { description: "The team", ...json(teamDetail) }, ...failures(401, 403, 404) },
});

const rename = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Rename a team",
  description: "Campaigns name their team: those that name the old name find no team then, and say so in `warnings`.",
  request: { params: idParam, body },
  responses: { 200: { description: "The team", ...json(team) }, ...failures(400, 401, 403, 404, 415, 422) },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Delete a team",
  description: "Its open tasks are unassigned then. `open_tasks` confirms how many: any other number is answered 409.",
  request: {
    params: idParam,
    query: z.strictObject({
      open_tasks: wholeNumber({ min: 0 })
        .default(0)
        .openapi({ description: "How many open tasks the team has.", example: 12 }),
    }),
  },
  responses: { 204: { description: "It is gone" }, ...failures(401, 403, 404, 409, 422) },
});

const addMember = createRoute({
  ...common,
  method: "put",
  path: "/{id}/members/{userId}",
  summary: "Add a member of the organization to a team",
  request: { params: memberParams },
  responses: { 204: { description: "The person is in the team" }, ...failures(401, 403, 404, 409) },
});

const removeMember = createRoute({
  ...common,
  method: "delete",
  path: "/{id}/members/{userId}",
  summary: "Take somebody out of a team",
  request: { params: memberParams },
  responses: { 204: { description: "The person is not in the team" }, ...failures(401, 403, 404) },
});

/** `/v1/teams` */
export function teamRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const rows = await listTeams(c.var.deps.db, { organizationId, limit: limit + 1, after: cursor, order });
      return c.json(
        pageOf(rows, limit, viewTeam, (row) => ({ id: row.id })),
        200,
      );
    })
    .openapi(create, async (c) => {
      const input = { organizationId: c.var.caller.organizationId, name: c.req.valid("json").name };
      const made = await createTeam(c.var.deps, input, actOf(c));
      return made.ok ? c.json(viewTeam(made.value), 201) : problem(c, made.error);
    })
    .openapi(read, async (c) => {
      const { db } = c.var.deps;
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const found = await readTeam(db, target);
      if (!found.ok) return problem(c, found.error);
      const [members, open_tasks] = await Promise.all([listTeamMembers(db, target), countOpenTasks(db, target.id)]);
      return c.json({ ...viewTeam(found.value), members: members.map(viewMember), open_tasks }, 200);
    })
    .openapi(rename, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const renamed = await renameTeam(c.var.deps, target, c.req.valid("json").name, actOf(c));
      return renamed.ok ? c.json(viewTeam(renamed.value), 200) : problem(c, renamed.error);
    })
    .openapi(remove, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const deleted = await deleteTeam(c.var.deps, target, c.req.valid("query").open_tasks, actOf(c));
      return deleted.ok ? c.body(null, 204) : problem(c, deleted.error);
    })
    .openapi(addMember, async (c) => {
      const { id, userId } = c.req.valid("param");
      const { organizationId } = c.var.caller;
      const added = await addTeamMember(c.var.deps, { organizationId, id }, userId, actOf(c));
      return added.ok ? c.body(null, 204) : problem(c, added.error);
    })
    .openapi(removeMember, async (c) => {
      const { id, userId } = c.req.valid("param");
      const { organizationId } = c.var.caller;
      const removed = await removeTeamMember(c.var.deps, { organizationId, id }, userId, actOf(c));
      return removed.ok ? c.body(null, 204) : problem(c, removed.error);
    });
}

function viewTeam(row: TeamRow): z.infer<typeof team> {
  return { id: row.id, name: row.name, created_at: toIso(row.createdAt) };
}

function viewMember(one: TeamMember): z.infer<typeof member> {
  return { user_id: one.userId, name: one.name, email: one.email, added_at: toIso(one.addedAt) };
}
