import { describe, it } from "vitest";
import { mintCall, mintOperator, mintOrganization } from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

describe("/v1/operators", () => {
  it("lists by name and tells which need a review", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    await mintOperator(db, id, "Zoe Ruiz");
    await mintOperator(db, id, "Álvaro Pérez");
    await mintOperator(db, id, "1001");
    const api = apiClient();
    const all = await api.get("/v1/operators", { key });
    expect(all.body.data.map((operator: { name: string }) => operator.name)).toEqual([
      "1001",
      "Álvaro Pérez",
      "Zoe Ruiz",
    ]);
    const unclear = await api.get("/v1/operators?needs_review=yes", { key });
    expect(unclear.body.data).toMatchObject([{ name: "1001", needs_review: true }]);
  });

  it("renames, and calls under the platform's name still find the operator", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const { id } = await mintOperator(db, organizationId, "1001");
    const renamed = await apiClient().patch(`/v1/operators/${id}`, { key, body: { name: "Lucía Fernández" } });
    expect(renamed.body).toMatchObject({ id, name: "Lucía Fernández", needs_review: false });
    await mintOperator(db, organizationId, "1001");
    expect((await apiClient().get("/v1/operators", { key })).body.data).toEqual([renamed.body]);
    expect((await apiClient().get(`/v1/operators/${id}`, { key })).body).toEqual(renamed.body);
  });

  it("names what is wrong", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const { id } = await mintOperator(db, organizationId);
    expect(fieldsOf(await apiClient().patch(`/v1/operators/${id}`, { key, body: {} }))).toEqual(["name"]);
  });
});

describe("finding operators", () => {
  it("searches a part of the name, as platforms send it or as people see it", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    await mintOperator(db, organizationId, "Álvaro Pérez");
    await mintOperator(db, organizationId, "Zoe_Ruiz 100%");
    const { id } = await mintOperator(db, organizationId, "1001");
    await apiClient().patch(`/v1/operators/${id}`, { key, body: { name: "Marta" } });
    const found = async (search: string) => {
      const { body } = await apiClient().get(`/v1/operators?search=${encodeURIComponent(search)}`, { key });
      return body.data.map((operator: { name: string }) => operator.name);
    };
    expect(await found("PEREZ")).toEqual(["Álvaro Pérez"]);
    expect(await found("varo  p")).toEqual(["Álvaro Pérez"]);
    expect(await found("mart")).toEqual(["Marta"]);
    expect(await found("1001")).toEqual(["Marta"]);
    // Wildcards of SQL mean themselves.
    expect(await found("_")).toEqual(["Zoe_Ruiz 100%"]);
    expect(await found("%")).toEqual(["Zoe_Ruiz 100%"]);
    expect(fieldsOf(await apiClient().get("/v1/operators?search=", { key }))).toEqual(["search"]);
  });
});

describe("merging operators", () => {
  it("answers with the move, has it worked on, and leaves the merged one out of the list", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const from = await mintOperator(db, organizationId, "1001");
    const into = await mintOperator(db, organizationId, "Marta");
    const api = apiClient();
    const merged = await api.post(`/v1/operators/${from.id}/merge`, { key, body: { into: into.id } });
    expect(merged.status).toBe(202);
    expect(merged.body).toMatchObject({ kind: "merge", state: "open", from: from.id, into: into.id, moved: 0 });
    expect(api.recorded.moves).toEqual([{ kind: "operator_move", organizationId, moveId: merged.body.id }]);
    const names = async (query: string) =>
      (await api.get(`/v1/operators${query}`, { key })).body.data.map((operator: { name: string }) => operator.name);
    expect(await names("")).toEqual(["Marta"]);
    expect(await names("?needs_review=yes")).toEqual([]);
    expect(await names("?merged=yes")).toEqual(["1001"]);
    expect((await api.get(`/v1/operators/${from.id}`, { key })).body).toMatchObject({ merged_into: into.id });
    for (const { id } of [from, into]) {
      expect((await api.get(`/v1/operators/${id}/moves`, { key })).body.data).toEqual([merged.body]);
    }
    const undone = await api.post(`/v1/operators/${from.id}/unmerge`, { key });
    expect(undone.body).toMatchObject({ kind: "undo", from: into.id, into: from.id });
    expect(await names("")).toEqual(["1001", "Marta"]);
    const page = await api.get(`/v1/operators/${from.id}/moves?limit=1`, { key });
    expect(page.body.data).toHaveLength(1);
    const next = await api.get(`/v1/operators/${from.id}/moves?limit=1&cursor=${page.body.next_cursor}`, { key });
    expect(new Set([page.body.data[0].id, next.body.data[0].id])).toEqual(new Set([merged.body.id, undone.body.id]));
  });

  it("refuses what makes no sense, and changes nothing by it", async ({ expect }) => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const a = await mintOperator(db, mine.id, "A");
    const b = await mintOperator(db, mine.id, "B");
    const c = await mintOperator(db, mine.id, "C");
    const foreign = await mintOperator(db, theirs.id, "X");
    const api = apiClient();
    const merge = (from: { id: string }, into: { id: string }) =>
      api.post(`/v1/operators/${from.id}/merge`, { key: mine.key, body: { into: into.id } });
    for (const into of [a, foreign, { id: "opr_none" }]) expect(fieldsOf(await merge(a, into))).toEqual(["into"]);
    expect((await merge(foreign, a)).status).toBe(404);
    expect((await api.post(`/v1/operators/${a.id}/unmerge`, { key: mine.key })).status).toBe(409);
    expect((await merge(a, b)).status).toBe(202);
    expect((await merge(b, c)).status).toBe(202);
    // Not twice, and not in a circle, however long.
    expect((await merge(a, c)).status).toBe(409);
    expect((await merge(c, b)).status).toBe(409);
    expect((await merge(c, a)).status).toBe(409);
    expect(api.recorded.moves).toHaveLength(2);
    expect((await api.get(`/v1/operators/${c.id}`, { key: mine.key })).body.merged_into).toBeNull();
    expect((await api.post(`/v1/operators/${foreign.id}/unmerge`, { key: mine.key })).status).toBe(404);
  });
});

describe("references of operators", () => {
  it("are added once, shown, and taken away", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const { id } = await mintOperator(db, organizationId, "Marta");
    const api = apiClient();
    const path = `/v1/operators/${id}/references`;
    const added = await api.post(path, { key, body: { reference: "payroll:employee:0042" } });
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ id, references: ["payroll:employee:0042"] });
    expect((await api.post(path, { key, body: { reference: "payroll:employee:0042" } })).status).toBe(200);
    await api.post(path, { key, body: { reference: "net2phone:user:a/b?c#d" } });
    expect((await api.get("/v1/operators", { key })).body.data).toMatchObject([
      { references: ["net2phone:user:a/b?c#d", "payroll:employee:0042"] },
    ]);
    expect(api.recorded.moves).toHaveLength(2);
    const one = `${path}/${encodeURIComponent("net2phone:user:a/b?c#d")}`;
    expect((await api.delete(one, { key })).status).toBe(204);
    expect((await api.delete(one, { key })).status).toBe(404);
    expect((await api.get(`/v1/operators/${id}`, { key })).body.references).toEqual(["payroll:employee:0042"]);
  });

  it("belong to one operator of an organization: a conflict names the other", async ({ expect }) => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const marta = await mintOperator(db, mine.id, "Marta");
    const zoe = await mintOperator(db, mine.id, "Zoe");
    const foreign = await mintOperator(db, theirs.id, "Xenia");
    const body = { reference: "net2phone:user:42" };
    const api = apiClient();
    const add = (operator: { id: string }, key: string) =>
      api.post(`/v1/operators/${operator.id}/references`, { key, body });
    expect((await add(marta, mine.key)).status).toBe(201);
    const refused = await add(zoe, mine.key);
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain(`Marta (${marta.id})`);
    expect((await add(foreign, theirs.key)).status).toBe(201);
    const ofMarta = `/v1/operators/${marta.id}/references/${encodeURIComponent(body.reference)}`;
    expect((await api.delete(ofMarta.replace(marta.id, zoe.id), { key: mine.key })).status).toBe(404);
    expect((await api.delete(ofMarta, { key: theirs.key })).status).toBe(404);
    expect((await api.get(`/v1/operators/${marta.id}`, { key: mine.key })).body.references).toEqual([body.reference]);
  });

  it.for([
    "",
    "42",
    "net2phone:42",
    "Net2Phone:user:42",
    "net2phone:user:",
    "net2phone:user: 42",
    `a:b:${"x".repeat(200)}`,
  ])("are platform:kind:id, unlike %j", async (reference, { expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const { id } = await mintOperator(db, organizationId, "Marta");
    const answer = await apiClient().post(`/v1/operators/${id}/references`, { key, body: { reference } });
    expect(fieldsOf(answer)).toEqual(["reference"]);
  });
});

describe("a call whose operator was renamed", () => {
  it("keeps the platform's name; the operator has the one people see", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const { id } = await mintOperator(db, organizationId, "1001");
    const call = await mintCall(db, organizationId, { operatorId: id, operatorName: "1001" });
    await apiClient().patch(`/v1/operators/${id}`, { key, body: { name: "Marta" } });
    expect((await apiClient().get(`/v1/calls/${call.id}`, { key })).body.operator).toEqual({ id, name: "1001" });
  });
});
