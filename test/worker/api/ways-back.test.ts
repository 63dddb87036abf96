import { describe, it } from "vitest";
import { mintOrganization, NOON } from "../../factories";
import { mintSession } from "../../sign-in";
import { apiClient, db } from "./client";

const ADMIN = { authorization: "Bearer operator-token-for-tests-only" };
const api = apiClient();

async function newPerson() {
  const { id: organizationId } = await mintOrganization(db);
  return mintSession(db, { organizationId, now: NOON });
}

describe("the admin's ways back", () => {
  it("makes a reset link of PUBLIC_URL for who has an account", async ({ expect }) => {
    const { email } = await newPerson();
    const made = await api.post("/admin/password-resets", { headers: ADMIN, body: { email: email.toUpperCase() } });
    expect(made.body.link).toMatch(/^https:\/\/trunkline\.test\/reset-password\/[\w-]{43}$/);
    for (const unknown of ["unknown@acme.example", "no address"])
      expect((await api.post("/admin/password-resets", { headers: ADMIN, body: { email: unknown } })).status).toBe(404);
    expect((await api.post("/admin/password-resets", { body: { email } })).status).toBe(401);
  });

  it("removes second factors of who lost them, and ends their sessions", async ({ expect }) => {
    const { email, headers } = await newPerson();
    expect((await api.post("/v1/me/totp", { headers })).status).toBe(201);
    const removed = await api.post("/admin/second-factor-resets", { headers: ADMIN, body: { email } });
    expect(removed.status).toBe(204);
    expect((await api.get("/v1/me", { headers })).status).toBe(401);
    const unknown = { email: "unknown@acme.example" };
    expect((await api.post("/admin/second-factor-resets", { headers: ADMIN, body: unknown })).status).toBe(404);
  });

  it("requires a second factor of an organization's members, and lets it be", async ({ expect }) => {
    const { headers, organizationId } = await newPerson();
    const set = (required: boolean, id = organizationId) =>
      api.patch(`/admin/organizations/${id}`, { headers: ADMIN, body: { require_second_factor: required } });
    expect((await set(true)).body).toEqual({ id: organizationId, require_second_factor: true });
    expect((await api.get("/v1/campaigns", { headers })).body).toMatchObject({ reason: "second_factor_required" });
    expect((await set(false)).status).toBe(200);
    expect((await api.get("/v1/campaigns", { headers })).status).toBe(200);
    expect((await set(true, "org_none")).status).toBe(404);
  });
});
