import { describe, it } from "vitest";
import { eq } from "drizzle-orm";
import { tasks } from "../../../src/db/schema";
import { mintCall, mintMember, mintOrganization, mintRecording, mintTask, mintTeam } from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

async function newTeam(name = "Default reviewers") {
  const { id: organizationId, key } = await mintOrganization(db);
  const api = apiClient();
  const made = await api.post("/v1/teams", { key, body: { name } });
  return { api, key, organizationId, made, path: `/v1/teams/${made.body.id}` };
}

/** An open task of a call of its own. */
async function newTask(organizationId: string, overrides: Parameters<typeof mintTask>[3]) {
  const call = await mintCall(db, organizationId);
  return mintTask(db, call, (await mintRecording(db, call)).id, overrides);
}

describe("/v1/teams", () => {
  it("creates, lists, renames and deletes teams", async ({ expect }) => {
    const { api, key, made, path } = await newTeam();
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ id: expect.stringMatching(/^tem_/), name: "Default reviewers" });
    expect((await api.get(path, { key })).body).toEqual({ ...made.body, members: [], open_tasks: 0 });
    const renamed = await api.patch(path, { key, body: { name: "Night shift" } });
    expect(renamed.body).toEqual({ ...made.body, name: "Night shift" });
    expect((await api.get("/v1/teams", { key })).body.data).toEqual([renamed.body]);
    expect((await api.delete(path, { key })).status).toBe(204);
    expect((await api.get(path, { key })).status).toBe(404);
    expect((await api.delete(path, { key })).status).toBe(404);
  });

  it.for(["Default reviewers", "DEFAULT  reviewers ", "Défault Reviewers"])(
    "has one team of a name, whatever case, accents and spaces: %s",
    async (name, { expect }) => {
      const { api, key } = await newTeam();
      const second = await api.post("/v1/teams", { key, body: { name } });
      expect([second.status, fieldsOf(second)]).toEqual([422, ["name"]]);
      const other = await api.post("/v1/teams", { key, body: { name: "Other" } });
      const renamed = await api.patch(`/v1/teams/${other.body.id}`, { key, body: { name } });
      expect([renamed.status, fieldsOf(renamed)]).toEqual([422, ["name"]]);
      const { key: stranger } = await mintOrganization(db);
      expect((await api.post("/v1/teams", { key: stranger, body: { name } })).status).toBe(201);
    },
  );

  it("makes one team of twenty requests at once with the same name", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const names = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? "Reviewers" : "reviewers"));
    const answers = await Promise.all(names.map((name) => api.post("/v1/teams", { key, body: { name } })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(19);
  });

  it("has members of its organization only, each once", async ({ expect }) => {
    const { api, key, organizationId, path } = await newTeam();
    const { userId, email } = await mintMember(db, organizationId);
    const { id: elsewhere } = await mintOrganization(db);
    const stranger = await mintMember(db, elsewhere);
    expect((await api.put(`${path}/members/${userId}`, { key })).status).toBe(204);
    expect((await api.put(`${path}/members/${userId}`, { key })).status).toBe(204);
    expect((await api.put(`${path}/members/${stranger.userId}`, { key })).status).toBe(404);
    expect((await api.get(path, { key })).body.members).toMatchObject([{ user_id: userId, email, name: "Ana Ruiz" }]);
    expect((await api.delete(`${path}/members/${userId}`, { key })).status).toBe(204);
    expect((await api.delete(`${path}/members/${userId}`, { key })).status).toBe(404);
    expect((await api.get(path, { key })).body.members).toEqual([]);
  });

  it("leaves the open tasks of a deleted team to nobody, with a warning, once their number is confirmed", async ({
    expect,
  }) => {
    const { api, key, organizationId, made, path } = await newTeam();
    const team = { teamId: made.body.id as string, teamName: "Default reviewers" };
    const open = [await newTask(organizationId, team), await newTask(organizationId, team)];
    await newTask(organizationId, { ...team, state: "completed" });
    const free = await newTask(organizationId, {});
    expect((await api.get(path, { key })).body.open_tasks).toBe(2);
    const list = async (query: string) =>
      (await api.get(`/v1/tasks?${query}`, { key })).body.data.map((one: { id: string }) => one.id).toSorted();
    expect(await list(`state=open&team_id=${made.body.id}`)).toEqual(open.map(({ id }) => id).toSorted());
    expect(await list("assigned=no")).toEqual([free.id]);

    for (const query of ["", "?open_tasks=1", "?open_tasks=3"])
      expect((await api.delete(path + query, { key })).status).toBe(409);
    expect((await api.delete(`${path}?open_tasks=2`, { key })).status).toBe(204);
    expect(await list("state=open&assigned=no")).toEqual([...open, free].map(({ id }) => id).toSorted());
    expect((await api.get(`/v1/tasks/${open[0]!.id}`, { key })).body).toMatchObject({
      team_id: null,
      warning: "team_deleted",
    });
    expect((await api.get(`/v1/tasks/${free.id}`, { key })).body).toMatchObject({ team_id: null, warning: null });
    // One that was being made at that moment names the team all the same, and is nobody's as well.
    await newTask(organizationId, team);
    expect(await list("state=open&assigned=no")).toHaveLength(4);
    const asked = await api.get(`/v1/tasks?team_id=${made.body.id}`, { key });
    expect([asked.status, fieldsOf(asked)]).toEqual([422, ["team_id"]]);
    expect(await db.select().from(tasks).where(eq(tasks.organizationId, organizationId))).toHaveLength(5);
  });
});

describe("the team of a campaign", () => {
  it("is found by its name, whenever it comes, goes or is renamed", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const api = apiClient();
    const settings = { assign_to_team: "Default Reviewers", auto_analyze: false };
    const made = await api.post("/v1/campaigns", { key, body: { name: "Sales", settings } });
    expect(made.body).toMatchObject({ settings, warnings: ["unknown_team"] });
    const warnings = async () => (await api.get(`/v1/campaigns/${made.body.id}`, { key })).body.warnings;
    const team = await api.post("/v1/teams", { key, body: { name: "default reviewers" } });
    expect(await warnings()).toEqual([]);
    await api.patch(`/v1/teams/${team.body.id}`, { key, body: { name: "Others" } });
    expect(await warnings()).toEqual(["unknown_team"]);
    await api.patch(`/v1/campaigns/${made.body.id}`, { key, body: { settings: { assign_to_team: "OTHERS" } } });
    expect(await warnings()).toEqual([]);
    await api.delete(`/v1/teams/${team.body.id}`, { key });
    expect(await warnings()).toEqual(["unknown_team"]);
    const none = await api.patch(`/v1/campaigns/${made.body.id}`, {
      key,
      body: { settings: { assign_to_team: null } },
    });
    expect(none.body).toMatchObject({ settings: { assign_to_team: null, auto_analyze: false }, warnings: [] });

    const theirs = await mintTeam(db, (await mintOrganization(db)).id, "Elsewhere");
    const foreign = { settings: { assign_to_team: theirs.name } };
    const named = await api.patch(`/v1/campaigns/${made.body.id}`, { key, body: foreign });
    expect(named.body.warnings).toEqual(["unknown_team"]);
    expect(organizationId).not.toBe(theirs.organizationId);
  });
});
