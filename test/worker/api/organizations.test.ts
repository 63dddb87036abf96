import { describe, it } from "vitest";
import { apiClient, fieldsOf } from "./client";

const ADMIN = { authorization: "Bearer operator-token-for-tests-only" };

// The name the admin's routes had first works as well.
describe.each(["/admin/organizations", "/operator/organizations"])("POST %s", (path) => {
  it("makes a tenant whose key works at once", async ({ expect }) => {
    const api = apiClient();
    const made = await api.post(path, { headers: ADMIN, body: { name: " Acme " } });
    expect(made.status).toBe(201);
    expect(made.body.organization).toMatchObject({ id: expect.stringMatching(/^org_/), name: "Acme" });
    expect(made.body.api_key.key).toMatch(/^tk_[0-9a-z]{32,}$/);

    const keys = await api.get("/v1/api-keys", { key: made.body.api_key.key });
    expect(keys.body.data).toMatchObject([{ id: made.body.api_key.id, name: "First key" }]);
  });

  it.for([
    ["nothing", {}],
    ["another token", { authorization: "Bearer operator-token-for-tests-onlz" }],
    ["the token under an API key's header", { "x-api-key": "operator-token-for-tests-only" }],
  ] as const)("refuses %s", async ([, headers], { expect }) => {
    const answer = await apiClient().post(path, { headers, body: { name: "Acme" } });
    expect(answer.status).toBe(401);
  });

  it("names the field that is wrong", async ({ expect }) => {
    const answer = await apiClient().post(path, { headers: ADMIN, body: { name: "  " } });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual(["name"]);
  });
});
