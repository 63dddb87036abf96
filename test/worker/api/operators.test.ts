import { describe, it } from "vitest";
import { mintOperator, mintOrganization } from "../../factories";
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
