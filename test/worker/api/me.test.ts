import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { auditLog, organizations, userTotp } from "../../../src/db/schema";
import { contextOf } from "../../../src/db/sealed-places";
import { findSession, openSession, totpCode, totpStepAt } from "../../../src/identity";
import { fromHex } from "../../../src/lib/hmac";
import { unseal } from "../../../src/lib/seal";
import { newAuthenticator } from "../../authenticator";
import { mintCall, mintEndpoint, mintOrganization, NOON, TEST_MASTER_KEYS } from "../../factories";
import { browserOf, confirmAt, giveRole, mintSession } from "../../sign-in";
import { apiClient, db } from "./client";

const HOUR = 3_600_000;
const api = apiClient();

async function newPerson(wanted: Partial<Parameters<typeof mintSession>[1]> = {}) {
  const organization = await mintOrganization(db);
  return { ...(await mintSession(db, { organizationId: organization.id, now: NOON, ...wanted })), organization };
}

/** What a browser sends after an answer that changed its cookie. */
async function after(answer: { headers: Headers }) {
  const token = /^__Host-session=([\w-]+); Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Lax$/.exec(
    answer.headers.get("set-cookie") ?? "",
  )?.[1];
  return browserOf(token ?? "");
}

async function codeAt(userId: string, at: number) {
  const row = await db.select().from(userTotp).where(eq(userTotp.userId, userId)).get();
  const secret = fromHex(await unseal(TEST_MASTER_KEYS, contextOf("user_totp.secret", userId), row?.secret ?? ""));
  return totpCode(secret ?? new Uint8Array(), totpStepAt(at));
}

describe("a session on the API", () => {
  it("opens what the person's role allows, in their organization", async ({ expect }) => {
    const { headers, userId, organization, email } = await newPerson();
    const me = await api.get("/v1/me", { headers });
    expect(me.body).toMatchObject({ id: userId, email, organization_id: organization.id, role: "owner" });
    expect(me.body.csrf_token).toBe(headers["x-csrf-token"]);
    const made = await api.post("/v1/campaigns", { headers, body: { name: "Renewals" } });
    expect(made.status).toBe(201);
    expect((await api.get("/v1/campaigns", { key: organization.key })).body.data).toHaveLength(1);
    const entries = await db.select().from(auditLog).where(eq(auditLog.organizationId, organization.id));
    expect(entries.find(({ action }) => action === "campaign.created")).toMatchObject({ actor: userId });

    await giveRole(db, userId, "viewer");
    expect((await api.get("/v1/campaigns", { headers })).status).toBe(200);
    expect((await api.post("/v1/campaigns", { headers, body: { name: "x" } })).body).toMatchObject({
      reason: "permission_missing",
    });
    await giveRole(db, userId, "operator");
    await mintCall(db, organization.id);
    expect((await api.get("/v1/calls", { headers })).body.data).toEqual([]);
    await giveRole(db, userId, "emperor");
    expect((await api.get("/v1/calls", { headers })).status).toBe(403);
  });

  it("changes its person's name and language, and ends their other sessions", async ({ expect }) => {
    const { headers, userId, organization } = await newPerson();
    const changed = await api.patch("/v1/me", { headers, body: { name: " Ana María ", language: "es" } });
    expect([changed.status, changed.body]).toEqual([200, { name: "Ana María", language: "es" }]);
    expect((await api.patch("/v1/me", { headers, body: { language: null } })).body).toEqual({
      name: "Ana María",
      language: null,
    });
    for (const wrong of [{ name: " " }, { language: "fr" }, { email: "eve@acme.example" }, { id: "usr_1" }])
      expect((await api.patch("/v1/me", { headers, body: wrong })).status).toBe(422);
    const entries = await db.select().from(auditLog).where(eq(auditLog.organizationId, organization.id));
    expect(entries.filter(({ action }) => action === "user.updated")).toMatchObject([
      { actor: userId, resourceId: userId },
      { actor: userId },
    ]);
    const stranger = await newPerson();
    const other = await openSession({ db }, { userId, strength: "password", address: null, userAgent: null }, NOON);
    expect((await api.delete("/v1/me/sessions", { headers })).body).toEqual({ ended: 1 });
    expect(await findSession(db, other.ok ? other.value : "", NOON)).toBeUndefined();
    for (const one of [headers, stranger.headers]) expect((await api.get("/v1/me", { headers: one })).status).toBe(200);
  });

  it("is refused when it is forged, over, or of another", async ({ expect }) => {
    const { headers, token } = await newPerson();
    for (const forged of ["x", token.slice(1), `${token}A`, "A".repeat(43)])
      expect((await api.get("/v1/me", { headers: { cookie: `__Host-session=${forged}` } })).status).toBe(401);
    const idle = apiClient({ now: () => NOON + 12 * HOUR });
    expect((await idle.get("/v1/me", { headers })).status).toBe(401);
    expect((await api.get("/v1/me", { headers: { cookie: `session=${token}` } })).status).toBe(401);
  });

  it("lives while it is used, and fourteen days in all", async ({ expect }) => {
    const { headers } = await newPerson();
    let now = NOON;
    const used = apiClient({ now: () => now });
    for (; now < NOON + 14 * 24 * HOUR; now += 11 * HOUR)
      expect((await used.get("/v1/me", { headers })).status).toBe(200);
    expect((await used.get("/v1/me", { headers })).status).toBe(401);
  });

  it("writes from our own pages only, with the token that they have", async ({ expect }) => {
    const { headers } = await newPerson();
    const { "x-csrf-token": token, "sec-fetch-site": _, cookie } = headers;
    const write = async (sent: Record<string, string>) =>
      (await api.post("/v1/campaigns", { headers: { cookie, ...sent }, body: { name: "x" } })).status;
    const good = { "x-csrf-token": token };
    expect(await write(good)).toBe(201);
    expect(await write({ ...good, origin: "https://trunkline.test" })).toBe(201);
    expect(await write({ ...good, origin: "null", "sec-fetch-site": "same-origin" })).toBe(201);
    for (const site of ["cross-site", "same-site"])
      expect(await write({ ...good, origin: "https://trunkline.test", "sec-fetch-site": site })).toBe(403);
    for (const origin of ["https://evil.example", "null", "http://trunkline.test"])
      expect(await write({ ...good, origin })).toBe(403);
    expect(await write({})).toBe(403);
    expect(await write({ "x-csrf-token": (await newPerson()).headers["x-csrf-token"] })).toBe(403);
    expect((await api.get("/v1/campaigns", { headers: { cookie, "sec-fetch-site": "cross-site" } })).status).toBe(200);
  });

  it("counts for nothing beside a key, and a key opens nothing of a person", async ({ expect }) => {
    const [ana, other] = [await newPerson(), await mintOrganization(db)];
    const both = await api.post("/v1/campaigns", {
      key: other.key,
      headers: { cookie: ana.headers.cookie },
      body: { name: "x" },
    });
    expect(both.status).toBe(201);
    expect((await api.get("/v1/campaigns", { key: other.key })).body.data).toHaveLength(1);
    for (const path of ["/v1/me", "/v1/me/totp", "/v1/me/passkeys", "/v1/me/recovery-codes"])
      expect((await api.get(path, { key: other.key, headers: { cookie: ana.headers.cookie } })).status).toBe(403);
  });
});

describe("an organization that requires a second factor", () => {
  it("opens to who has one, and leads who has none to set one up", async ({ expect }) => {
    const { headers, organization, userId } = await newPerson();
    await db.update(organizations).set({ requireSecondFactor: true }).where(eq(organizations.id, organization.id));
    expect((await api.get("/v1/campaigns", { headers })).body).toMatchObject({
      status: 403,
      reason: "second_factor_required",
    });
    expect((await api.get("/v1/campaigns", { key: organization.key })).status).toBe(200);
    expect((await api.get("/v1/me", { headers })).status).toBe(200);
    expect((await api.post("/v1/me/totp", { headers })).status).toBe(201);
    const confirmed = await api.post("/v1/me/totp/confirm", { headers, body: { code: await codeAt(userId, NOON) } });
    expect(confirmed.status).toBe(200);
    const now = await after(confirmed);
    expect(confirmed.body.csrf_token).toBe(now.headers["x-csrf-token"]);
    expect((await api.get("/v1/campaigns", { headers: now.headers })).status).toBe(200);
    expect((await api.get("/v1/campaigns", { headers })).status).toBe(401);
  });
});

describe("an authenticator app, on the API", () => {
  it("is set up with a key, a link and a picture of it, and shown once", async ({ expect }) => {
    const { headers, userId, email } = await newPerson();
    expect((await api.get("/v1/me/totp", { headers })).body).toEqual({ state: "none", confirmed_at: null });
    const begun = await api.post("/v1/me/totp", { headers });
    expect(begun.headers.get("cache-control")).toBe("no-store");
    const { key, key_groups: groups, url, qr_svg: svg } = begun.body;
    expect(groups.join("")).toBe(key);
    expect(url).toContain(`Trunkline:${encodeURIComponent(email)}?secret=${key}`);
    expect(svg).toMatch(/^<svg .*<\/svg>$/s);
    expect((await api.get("/v1/me/totp", { headers })).body).toEqual({ state: "pending", confirmed_at: null });
    expect((await api.post("/v1/me/totp/confirm", { headers, body: { code: "no code" } })).status).toBe(422);
    const code = await codeAt(userId, NOON);
    const confirmed = await api.post("/v1/me/totp/confirm", { headers, body: { code } });
    expect(confirmed.body.recovery_codes).toHaveLength(10);
    const now = (await after(confirmed)).headers;
    expect((await api.get("/v1/me", { headers: now })).body).toMatchObject({
      strength: "password+totp",
      second_factors: ["totp", "recovery_code"],
    });
    expect((await api.get("/v1/me/recovery-codes", { headers: now })).body).toEqual({ left: 10 });
    expect((await api.post("/v1/me/recovery-codes", { headers: now })).body.recovery_codes).toHaveLength(10);
    expect((await api.call("DELETE", "/v1/me/totp", { headers: now })).status).toBe(204);
    expect((await api.get("/v1/me/recovery-codes", { headers: now })).body).toEqual({ left: 0 });
  });

  it("leaves no secret in the audit log", async ({ expect }) => {
    const { headers, userId, organization } = await newPerson();
    const begun = await api.post("/v1/me/totp", { headers });
    const code = await codeAt(userId, NOON);
    const confirmed = await api.post("/v1/me/totp/confirm", { headers, body: { code } });
    const rows = await db.select().from(auditLog).where(eq(auditLog.organizationId, organization.id));
    const actions = rows.map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(["totp.created", "totp.confirmed", "recovery_code.created"]));
    const text = JSON.stringify(rows);
    const sealed = (await db.select().from(userTotp).where(eq(userTotp.userId, userId)).get())?.secret ?? "";
    for (const secret of [begun.body.key, code, sealed, ...confirmed.body.recovery_codes])
      expect(text).not.toContain(secret);
  });
});

describe("passkeys, on the API", () => {
  it("are added, listed, renamed and removed by their owner", async ({ expect }) => {
    const { headers, userId } = await newPerson();
    const authenticator = await newAuthenticator({ rpId: "trunkline.test", origin: "https://trunkline.test" }, userId);
    const options = await api.post("/v1/me/passkeys/options", { headers });
    expect(options.body).toMatchObject({ rp: { id: "trunkline.test" }, user: { name: expect.any(String) } });
    const response = await authenticator.create(options.body.challenge);
    const added = await api.post("/v1/me/passkeys", { headers, body: { name: "Laptop", response } });
    expect(added.body).toMatchObject({ name: "Laptop", host: "trunkline.test", works: true });
    expect(added.body.recovery_codes).toHaveLength(10);
    const now = (await after(added)).headers;
    expect((await api.get("/v1/me", { headers: now })).body).toMatchObject({ strength: "passkey" });
    expect((await api.get("/v1/me/passkeys", { headers: now })).body.data).toHaveLength(1);

    const path = `/v1/me/passkeys/${added.body.id}`;
    const other = (await newPerson()).headers;
    expect((await api.call("PATCH", path, { headers: other, body: { name: "Mine" } })).status).toBe(404);
    expect((await api.call("DELETE", path, { headers: other })).status).toBe(404);
    const renamed = await api.call("PATCH", path, { headers: now, body: { name: "Phone" } });
    expect(renamed.body).toMatchObject({ name: "Phone" });
    expect((await api.call("DELETE", path, { headers: now })).status).toBe(204);
    expect((await api.get("/v1/me/passkeys", { headers: now })).body.data).toEqual([]);
  });
});

describe("confirming that it is you", () => {
  it("is asked for before sensitive acts once fifteen minutes have passed", async ({ expect }) => {
    const { headers, hash, organization, userId } = await newPerson({ password: "correct horse battery staple" });
    const endpoint = await mintEndpoint(db, organization.id);
    const sensitive = [
      ["POST", `/v1/endpoints/${endpoint.id}/reveal-secret`],
      ["POST", "/v1/me/totp"],
      ["DELETE", "/v1/me/totp"],
      ["POST", "/v1/me/passkeys/options"],
      ["DELETE", "/v1/me/passkeys/x"],
      ["POST", "/v1/me/recovery-codes"],
      ["POST", "/v1/api-keys"],
      ["GET", "/v1/audit-log/export"],
    ] as const;
    await confirmAt(db, hash, NOON - HOUR / 4);
    for (const [method, path] of sensitive) {
      const answer = await api.call(method, path, { headers, body: method === "GET" ? undefined : { name: "x" } });
      expect(`${path} ${answer.status} ${answer.body.reason}`).toBe(`${path} 403 confirmation_required`);
    }
    expect((await api.get("/v1/campaigns", { headers })).status).toBe(200);

    const wrong = await api.post("/v1/me/confirmations", { headers, body: { password: "wrong" } });
    expect(wrong.status).toBe(401);
    const right = { password: "correct horse battery staple" };
    const confirmed = await api.post("/v1/me/confirmations", { headers, body: right });
    expect(confirmed.status).toBe(200);
    const now = await after(confirmed);
    expect((await api.get("/v1/me", { headers })).status).toBe(401);
    for (const [method, path] of sensitive) {
      const answer = await api.call(method, path, { headers: now.headers, body: method === "GET" ? undefined : {} });
      expect(answer.body?.reason).toBeUndefined();
    }
    expect((await findSession(db, now.token, NOON))?.user.id).toBe(userId);
  });

  it("is done by code and by passkey too, each of one's own", async ({ expect }) => {
    const { headers, userId } = await newPerson();
    await api.post("/v1/me/totp", { headers });
    const set = await api.post("/v1/me/totp/confirm", { headers, body: { code: await codeAt(userId, NOON) } });
    const first = (await after(set)).headers;
    const code = await codeAt(userId, NOON + 30_000);
    const byCode = await api.post("/v1/me/confirmations", { headers: first, body: { code } });
    expect(byCode.status).toBe(200);
    const second = (await after(byCode)).headers;
    expect((await api.post("/v1/me/confirmations", { headers: second, body: { code } })).status).toBe(401);

    const place = { rpId: "trunkline.test", origin: "https://trunkline.test" };
    const authenticator = await newAuthenticator(place, userId);
    const { challenge } = (await api.post("/v1/me/passkeys/options", { headers: second })).body;
    const response = await authenticator.create(challenge);
    const added = await api.post("/v1/me/passkeys", { headers: second, body: { name: "Laptop", response } });
    const third = (await after(added)).headers;
    const asked = (await api.post("/v1/me/confirmations/options", { headers: third })).body;
    const passkey = await authenticator.get(asked.challenge);
    const stranger = (await newPerson()).headers;
    expect((await api.post("/v1/me/confirmations", { headers: stranger, body: { passkey } })).status).toBe(401);
    const byPasskey = await api.post("/v1/me/confirmations", { headers: third, body: { passkey } });
    expect(byPasskey.status).toBe(200);
    const fourth = (await after(byPasskey)).headers;
    expect((await api.post("/v1/me/confirmations", { headers: fourth, body: { passkey } })).status).toBe(401);
  });
});

describe("one's password, on the API", () => {
  it("is changed by who knows it, and other sessions end", async ({ expect }) => {
    const { headers, organization, userId } = await newPerson({ password: "correct horse battery staple" });
    const change = (current: string, next: string) =>
      api.post("/v1/me/password", { headers, body: { current_password: current, new_password: next } });
    expect((await change("wrong", "another long password")).body.errors).toMatchObject([{ field: "current_password" }]);
    expect((await change("correct horse battery staple", "short")).status).toBe(422);
    expect((await change("correct horse battery staple", "another long password")).status).toBe(204);
    expect((await api.get("/v1/me", { headers })).status).toBe(200);
    const entries = await db.select().from(auditLog).where(eq(auditLog.organizationId, organization.id));
    const entry = entries.find(({ action, resourceId }) => action === "user.updated" && resourceId === userId);
    expect(entry).toMatchObject({ actor: userId, after: '{"password_hash":"masked"}' });
  });
});
