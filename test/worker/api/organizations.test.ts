import { describe, it } from "vitest";
import { planOf } from "../../../src/identity";
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

describe("PATCH /admin/organizations/{id}", () => {
  it("puts an organization on a plan; a new one is on the standard plan unless the admin says otherwise", async ({
    expect,
  }) => {
    const api = apiClient();
    const post = (body: object) => api.post("/admin/organizations", { headers: ADMIN, body });
    const made = await post({ name: "Acme" });
    expect(made.body.organization.plan).toBe("standard");
    expect((await post({ name: "Large", plan: "enterprise" })).body.organization.plan).toBe("enterprise");
    const path = `/admin/organizations/${made.body.organization.id}`;
    const changed = await api.patch(path, { headers: ADMIN, body: { plan: "enterprise" } });
    expect(changed).toMatchObject({ status: 200, body: { ...made.body.organization, plan: "enterprise" } });
    const required = await api.patch(path, { headers: ADMIN, body: { require_second_factor: true } });
    expect(required.body).toMatchObject({ plan: "enterprise", require_second_factor: true });
    const both = await api.patch(path, { headers: ADMIN, body: { plan: "standard", require_second_factor: false } });
    expect(both.body).toEqual(made.body.organization);
    expect((await api.patch(path, { headers: ADMIN, body: {} })).body).toEqual(made.body.organization);
    expect((await api.patch(path, { headers: ADMIN, body: { plan: "gold" } })).status).toBe(422);
    expect((await api.patch(`${path}0`, { headers: ADMIN, body: { plan: "standard" } })).status).toBe(404);
    expect((await api.patch(path, { key: made.body.api_key.key, body: { plan: "standard" } })).status).toBe(401);
  });

  it("allows what the plan allows", ({ expect }) => {
    expect(planOf({ plan: "standard" })).toEqual({ requestsPerHour: 1_000 });
    expect(planOf({ plan: "enterprise" })).toEqual({ requestsPerHour: 10_000 });
  });
});
