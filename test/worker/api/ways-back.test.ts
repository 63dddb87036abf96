import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { memberships, passkeys, userTotp } from "../../../src/db/schema";
import { mintApiKey, mintOrganization, NOON } from "../../factories";
import { confirmAt, mintSession } from "../../sign-in";
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
    expect((await set(true)).body).toMatchObject({ id: organizationId, require_second_factor: true });
    expect((await api.get("/v1/campaigns", { headers })).body).toMatchObject({ reason: "second_factor_required" });
    expect((await set(false)).status).toBe(200);
    expect((await api.get("/v1/campaigns", { headers })).status).toBe(200);
    expect((await set(true, "org_none")).status).toBe(404);
  });
});

describe("/v1/organization", () => {
  it("requires a second factor only where whoever would undo it has one", async ({ expect }) => {
    const { headers, organizationId, userId } = await newPerson();
    const { key } = await mintApiKey(db, { organizationId });
    const set = (required: boolean, by: object) =>
      api.patch("/v1/organization", { ...by, body: { require_second_factor: required } });
    const read = async () => (await api.get("/v1/organization", { key })).body;
    expect(await read()).toMatchObject({ id: organizationId, members: 1, members_without_second_factor: 1 });
    for (const by of [{ headers }, { key }]) expect((await set(true, by)).status).toBe(409);
    expect((await read()).require_second_factor).toBe(false);
    const totp = { userId, secret: "sealed", totpStep: 0, createdAt: NOON };
    await db.insert(userTotp).values(totp);
    // Begun is not set up.
    expect((await set(true, { headers })).status).toBe(409);
    await db.update(userTotp).set({ confirmedAt: NOON }).where(eq(userTotp.userId, userId));
    for (const by of [{ headers }, { key }]) {
      expect((await set(true, by)).body).toMatchObject({
        require_second_factor: true,
        members_without_second_factor: 0,
      });
      expect((await set(false, { key })).status).toBe(200);
    }
    const stranger = await newPerson();
    expect((await set(true, { headers: stranger.headers })).status).toBe(409);
    await confirmAt(db, stranger.hash, NOON - 16 * 60_000);
    expect((await set(false, { headers: stranger.headers })).body).toMatchObject({ reason: "confirmation_required" });
  });

  it("counts no passkey of another host, and no member who is shut out", async ({ expect }) => {
    const { headers, organizationId, userId } = await newPerson();
    const passkey = { userId, publicKey: "", counter: 0, transports: [], synced: false, name: "x", createdAt: NOON };
    await db
      .insert(passkeys)
      .values({ ...passkey, id: `pky_${userId}`, credentialId: userId, rpId: "old.example.com" });
    const set = () => api.patch("/v1/organization", { headers, body: { require_second_factor: true } });
    expect((await set()).status).toBe(409);
    await db.update(passkeys).set({ rpId: "trunkline.test" }).where(eq(passkeys.userId, userId));
    const other = await mintSession(db, { organizationId, now: NOON });
    await db.update(memberships).set({ disabledAt: NOON }).where(eq(memberships.userId, other.userId));
    expect((await set()).body).toMatchObject({ members: 1, members_without_second_factor: 0 });
  });
});
