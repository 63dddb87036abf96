import { and, eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { auditLog, invitations, memberships, users } from "../../../src/db/schema";
import {
  acceptWithNewAccount,
  invite as invitePeople,
  newUserId,
  rememberBrowser,
  ROLES,
  type RoleName,
} from "../../../src/identity";
import { DAY } from "../../../src/lib/time";
import { mintCampaign, mintOperator, mintOrganization, NOON, mintTeam, TEST_MASTER_KEYS } from "../../factories";
import { browserOf, giveRole, mintSession } from "../../sign-in";
import { apiClient, db, fieldsOf } from "./client";

const api = apiClient();
const PASSWORD = "correct horse battery staple";

async function newOrganization() {
  const organization = await mintOrganization(db);
  return { ...organization, owner: await mintSession(db, { organizationId: organization.id, now: NOON }) };
}

const member = (organizationId: string, role: RoleName) => mintSession(db, { organizationId, role, now: NOON });

async function membershipOf(organizationId: string, userId: string) {
  const mine = and(eq(memberships.organizationId, organizationId), eq(memberships.userId, userId));
  return db.select().from(memberships).where(mine).get();
}

const tokenOf = (link: string) => link.slice(link.lastIndexOf("/") + 1);
const sessionIn = (headers: Headers) => /__Host-session=([\w-]+)/.exec(headers.get("set-cookie") ?? "")?.[1] ?? "";
let addresses = 0;
const newAddress = () => `person-${(addresses += 1)}-${crypto.randomUUID().slice(0, 8)}@acme.example`;

async function invite(key: string, body: object = {}) {
  const email = newAddress();
  const answer = await api.post("/v1/invitations", { key, body: { emails: [email], role: "viewer", ...body } });
  const [one] = answer.body.data;
  return { email, id: one.id as string, token: tokenOf(one.link), link: one.link as string };
}

describe("members", () => {
  it("are listed page by page, and read", async ({ expect }) => {
    const { id, key, owner } = await newOrganization();
    const viewer = await member(id, "viewer");
    const first = await api.get("/v1/members?limit=1", { key });
    const second = await api.get(`/v1/members?limit=1&cursor=${first.body.next_cursor}`, { key });
    expect(new Set([...first.body.data, ...second.body.data].map((one) => one.id))).toEqual(
      new Set([owner.userId, viewer.userId]),
    );
    expect(second.body.next_cursor).toBeNull();
    const read = await api.get(`/v1/members/${viewer.userId}`, { headers: owner.headers });
    expect(read.body).toMatchObject({ email: viewer.email, role: "viewer", campaigns: null, disabled_at: null });
    expect((await api.get("/v1/members", { headers: viewer.headers })).status).toBe(403);
  });

  it("have another role with their next request", async ({ expect }) => {
    const { id, key } = await newOrganization();
    const person = await member(id, "viewer");
    const write = async () =>
      (await api.post("/v1/campaigns", { headers: person.headers, body: { name: "x" } })).status;
    expect(await write()).toBe(403);
    const changed = await api.patch(`/v1/members/${person.userId}`, { key, body: { role: "supervisor" } });
    expect([changed.status, changed.body.role]).toEqual([200, "supervisor"]);
    expect(await write()).toBe(201);
    await api.patch(`/v1/members/${person.userId}`, { key, body: { role: "reviewer" } });
    expect(await write()).toBe(403);
  });

  it("are limited to campaigns and linked to an operator that the organization has", async ({ expect }) => {
    const [mine, other] = [await newOrganization(), await newOrganization()];
    const person = await member(mine.id, "operator");
    const campaign = await mintCampaign(db, mine.id);
    const operator = await mintOperator(db, mine.id);
    const change = (body: object) => api.patch(`/v1/members/${person.userId}`, { key: mine.key, body });
    const changed = await change({ campaigns: [campaign.id], operator_id: operator.id });
    expect(changed.body).toMatchObject({ campaigns: [campaign.id], operator_id: operator.id });
    const foreign = await change({ campaigns: [(await mintCampaign(db, other.id)).id] });
    expect([foreign.status, fieldsOf(foreign)]).toEqual([422, ["campaigns"]]);
    const stranger = await change({ operator_id: (await mintOperator(db, other.id)).id });
    expect([stranger.status, fieldsOf(stranger)]).toEqual([422, ["operator_id"]]);
    expect((await change({ campaigns: null, operator_id: null })).body).toMatchObject({
      campaigns: null,
      operator_id: null,
    });
  });

  it("who are shut out or removed have no session any more, in this organization only", async ({ expect }) => {
    const { id, key } = await newOrganization();
    const other = await newOrganization();
    const [out, gone] = [await member(id, "viewer"), await member(id, "viewer")];
    await db
      .insert(memberships)
      .values({ organizationId: other.id, userId: out.userId, role: "viewer", createdAt: NOON });
    const opens = async (headers: Record<string, string>) => (await api.get("/v1/campaigns", { headers })).status;
    const elsewhere = await api.post("/v1/me/organization", {
      headers: out.headers,
      body: { organization_id: other.id },
    });
    expect(elsewhere.status).toBe(204);
    await api.patch(`/v1/members/${out.userId}`, { key, body: { disabled: true } });
    expect(await opens(out.headers)).toBe(200);
    const back = await api.post("/v1/me/organization", { headers: out.headers, body: { organization_id: id } });
    expect(back.status).toBe(404);
    expect((await api.delete(`/v1/members/${gone.userId}`, { key })).status).toBe(204);
    expect(await opens(gone.headers)).toBe(401);
    expect((await api.patch(`/v1/members/${out.userId}`, { key, body: { disabled: false } })).body.disabled_at).toBe(
      null,
    );
  });

  it("sign out everywhere when an admin ends their sessions", async ({ expect }) => {
    const { id, key } = await newOrganization();
    const person = await member(id, "viewer");
    const ended = await api.delete(`/v1/members/${person.userId}/sessions`, { key });
    expect([ended.status, ended.body]).toEqual([200, { ended: 1 }]);
    expect((await api.get("/v1/me", { headers: person.headers })).status).toBe(401);
  });

  it("keep their last owner, also when two demote each other at once", async ({ expect }) => {
    const { id, key, owner } = await newOrganization();
    for (const body of [{ role: "admin" }, { disabled: true }])
      expect((await api.patch(`/v1/members/${owner.userId}`, { key, body })).status).toBe(409);
    expect((await api.delete(`/v1/members/${owner.userId}`, { key })).status).toBe(409);
    expect((await api.delete(`/v1/me/organizations/${id}`, { headers: owner.headers })).status).toBe(409);
    for (let round = 0; round < 3; round += 1) {
      const other = await member(id, "owner");
      const demote = (by: typeof other, whom: string) =>
        api.patch(`/v1/members/${whom}`, { headers: by.headers, body: { role: "viewer" } });
      await Promise.all([demote(owner, other.userId), demote(other, owner.userId)]);
      const owners = await db
        .select()
        .from(memberships)
        .where(and(eq(memberships.organizationId, id), eq(memberships.role, "owner")));
      expect(owners.length).toBeGreaterThanOrEqual(1);
      await giveRole(db, owner.userId, "owner");
    }
  });

  it("leave by themselves", async ({ expect }) => {
    const { id } = await newOrganization();
    const person = await member(id, "viewer");
    expect((await api.delete(`/v1/me/organizations/${id}`, { headers: person.headers })).status).toBe(204);
    expect(await membershipOf(id, person.userId)).toBeUndefined();
    expect((await api.get("/v1/me", { headers: person.headers })).status).toBe(401);
  });

  it("give nobody more than they have, by any field", async ({ expect }) => {
    const { id, owner } = await newOrganization();
    const [admin, viewer] = [await member(id, "admin"), await member(id, "viewer")];
    const campaign = await mintCampaign(db, id);
    const { headers } = admin;
    const change = async (whom: string, body: object) =>
      (await api.patch(`/v1/members/${whom}`, { headers, body })).status;
    expect(await change(viewer.userId, { role: "owner" })).toBe(403);
    expect(await change(admin.userId, { role: "owner" })).toBe(403);
    expect(await change(owner.userId, { role: "viewer" })).toBe(403);
    expect(await change(owner.userId, { disabled: true })).toBe(403);
    expect((await api.delete(`/v1/members/${owner.userId}`, { headers })).status).toBe(403);
    expect((await api.delete(`/v1/members/${owner.userId}/sessions`, { headers })).status).toBe(403);
    const invited = (body: object) =>
      api.post("/v1/invitations", { headers, body: { emails: [newAddress()], role: "viewer", ...body } });
    expect((await invited({ role: "owner" })).status).toBe(403);
    expect((await invited({ role: "admin" })).status).toBe(200);
    // Whoever is limited to a part of the organization changes nobody.
    const mine = and(eq(memberships.organizationId, id), eq(memberships.userId, admin.userId));
    await db
      .update(memberships)
      .set({ campaigns: [campaign.id] })
      .where(mine);
    expect((await invited({ campaigns: [campaign.id] })).status).toBe(403);
    expect(await change(admin.userId, { campaigns: null })).toBe(403);
    expect((await api.get("/v1/members", { headers })).status).toBe(403);
  });

  it("give no campaigns or teams beyond their own, whatever asks", async ({ expect }) => {
    const { id } = await newOrganization();
    const admin = await member(id, "admin");
    const [campaign, other] = [await mintCampaign(db, id), await mintCampaign(db, id, "Sales")];
    const [team, otherTeam] = [await mintTeam(db, id), await mintTeam(db, id)];
    const mine = and(eq(memberships.organizationId, id), eq(memberships.userId, admin.userId));
    await db
      .update(memberships)
      .set({ campaigns: [campaign.id], teams: [team.id] })
      .where(mine);
    const full = { scopes: null, campaignId: null, sourceId: null, expiresAt: null };
    const act = { actor: { kind: "user", id: admin.userId }, now: NOON } as const;
    const gives = async (campaigns: string[] | null, teams: string[] | null) =>
      (
        await invitePeople(
          { db },
          { organizationId: id, emails: [newAddress()], role: "viewer", campaigns, teams },
          full,
          act,
        )
      ).ok;
    expect(await gives([campaign.id], [team.id])).toBe(true);
    expect(await gives([campaign.id, other.id], [team.id])).toBe(false);
    expect(await gives(null, [team.id])).toBe(false);
    expect(await gives([campaign.id], null)).toBe(false);
    expect(await gives([campaign.id], [otherTeam.id])).toBe(false);
  });

  it("are limited to teams of the organization only", async ({ expect }) => {
    const { id, owner } = await newOrganization();
    const person = await member(id, "viewer");
    const [team, theirs] = [await mintTeam(db, id), await mintTeam(db, (await newOrganization()).id)];
    const { headers } = owner;
    const limit = (teams: string[]) => api.patch(`/v1/members/${person.userId}`, { headers, body: { teams } });
    const asked = async (teams: string[]) => {
      const body = { emails: [newAddress()], role: "viewer", teams };
      return (await api.post("/v1/invitations", { headers, body })).status;
    };
    expect([(await limit([team.id])).status, await asked([team.id])]).toEqual([200, 200]);
    for (const unknown of [theirs.id, "tem_none"])
      expect([(await limit([unknown])).status, await asked([unknown])]).toEqual([422, 422]);
  });

  it("are changed by a key within its scopes only", async ({ expect }) => {
    const { id, key } = await newOrganization();
    const person = await member(id, "viewer");
    const scopes = ["people:read", "people:write", "calls:read"];
    const made = await api.post("/v1/api-keys", { key, body: { name: "People", scopes } });
    const change = { key: made.body.key as string, body: { role: "supervisor" } };
    expect((await api.patch(`/v1/members/${person.userId}`, change)).status).toBe(403);
  });

  it("are asked again who they are before they change others", async ({ expect }) => {
    const { owner } = await newOrganization();
    const late = apiClient({ now: () => NOON + 16 * 60_000 });
    const body = { emails: [newAddress()], role: "viewer" };
    const answer = await late.post("/v1/invitations", { headers: owner.headers, body });
    expect([answer.status, answer.body.reason]).toEqual([403, "confirmation_required"]);
  });
});

describe("invitations", () => {
  it("go to many addresses at once, and say what became of each", async ({ expect }) => {
    const { id, key } = await newOrganization();
    const known = await member(id, "viewer");
    const [one, other] = [newAddress(), newAddress()];
    const body = { emails: [one, other.toUpperCase(), one, known.email], role: "reviewer" };
    const { body: answer, headers } = await api.post("/v1/invitations", { key, body });
    expect(headers.get("cache-control")).toBe("no-store");
    expect(answer.data.map((row: { email: string; result: string }) => [row.email, row.result])).toEqual([
      [one, "invited"],
      [other, "invited"],
      [known.email, "member_already"],
    ]);
    for (const row of answer.data.slice(0, 2))
      expect(row).toMatchObject({
        mailed: false,
        link: expect.stringMatching(/^https:\/\/trunkline\.test\/invitations\//),
      });
    const listed = await api.get("/v1/invitations", { key });
    expect(listed.body.data.map((row: { email: string }) => row.email).toSorted()).toEqual([one, other].toSorted());
    expect(JSON.stringify(listed.body)).not.toContain(tokenOf(answer.data[0].link));
    const entries = await db.select().from(auditLog).where(eq(auditLog.organizationId, id));
    expect(JSON.stringify(entries)).not.toContain(tokenOf(answer.data[0].link));
  });

  it("come as CSV where it is asked for", async ({ expect }) => {
    const { key } = await newOrganization();
    const body = { emails: ["+plus@acme.example"], role: "viewer" };
    const { body: text } = await api.post("/v1/invitations", { key, headers: { accept: "text/csv" }, body });
    expect(text.split("\r\n")[0]).toBe("email,result,link");
    expect(text).toMatch(/^'\+plus@acme\.example,invited,https:\/\/trunkline\.test\/invitations\/[\w-]+\r$/m);
  });

  it("are mailed where the deployment sends mail, and then the link is not shown", async ({ expect }) => {
    const { key } = await newOrganization();
    const letters: { to: string; subject: string; text: string }[] = [];
    const mailing = apiClient({
      mailer: {
        send: async (letter) => {
          letters.push(letter);
          return letter.to.startsWith("bad") ? { ok: false, error: "refused" } : { ok: true, value: undefined };
        },
      },
    });
    const [good, bad] = [newAddress(), `bad-${newAddress()}`];
    const body = { emails: [good, bad], role: "viewer", language: "es" };
    const answer = await mailing.post("/v1/invitations", { key, body, headers: { host: "evil.example" } });
    expect(answer.body.data).toMatchObject([
      { email: good, mailed: true, link: null },
      { email: bad, mailed: false, link: expect.stringContaining("/invitations/") },
    ]);
    expect(letters.map(({ to }) => to).toSorted()).toEqual([good, bad].toSorted());
    for (const { text, subject } of letters) {
      expect(text).toContain("https://trunkline.test/invitations/");
      expect(text).not.toContain("evil");
      expect(subject).toContain("Invitación");
    }
    const listed = await api.get("/v1/invitations", { key });
    expect(listed.body.data.filter((row: { mailed_at: string | null }) => row.mailed_at !== null)).toHaveLength(1);
  });

  it("make an account and a session, once", async ({ expect }) => {
    const { id, key } = await newOrganization();
    const { token, email } = await invite(key, { role: "reviewer" });
    const send = (body: object) => api.post("/v1/invitations/accept", { body: { token, ...body } });
    expect(fieldsOf(await send({}))).toEqual(["name", "password"]);
    expect((await send({ name: "Ana", password: "short" })).status).toBe(422);
    const accepted = await send({ name: "Ana", password: PASSWORD });
    expect([accepted.status, accepted.body.organization_id]).toEqual([200, id]);
    const { headers } = await browserOf(sessionIn(accepted.headers));
    expect((await api.get("/v1/me", { headers })).body).toMatchObject({ email, name: "Ana", role: "reviewer" });
    expect((await send({ name: "Eve", password: PASSWORD })).status).toBe(404);
    const entries = await db.select().from(auditLog).where(eq(auditLog.organizationId, id));
    const byThem = entries.filter(({ actor }) => actor === accepted.body.user_id).map(({ action }) => action);
    expect(byThem).toEqual(
      expect.arrayContaining(["membership.created", "user.created", "invitation.deleted", "session.opened"]),
    );
    expect(JSON.stringify(entries)).not.toContain("scrypt$");
  });

  it("are spent once, however many accept at the same time", async ({ expect }) => {
    const { key, id } = await newOrganization();
    const { token, email } = await invite(key);
    const tries = await Promise.all(
      Array.from({ length: 50 }, () =>
        acceptWithNewAccount({ db }, { token, userId: newUserId(NOON), name: "Ana", passwordHash: "x" }, NOON),
      ),
    );
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await db.select().from(users).where(eq(users.email, email))).toHaveLength(1);
    expect(await db.select().from(memberships).where(eq(memberships.organizationId, id))).toHaveLength(2);
    expect(await db.select().from(invitations).where(eq(invitations.email, email))).toHaveLength(0);
  });

  it("that are forged, over, withdrawn or replaced open nothing", async ({ expect }) => {
    const { key } = await newOrganization();
    const accept = async (token: string, now = NOON) =>
      (
        await apiClient({ now: () => now }).post("/v1/invitations/accept", {
          body: { token, name: "A", password: PASSWORD },
        })
      ).status;
    const [late, gone, renewed] = [await invite(key), await invite(key), await invite(key)];
    expect(await accept("A".repeat(43))).toBe(404);
    expect(await accept(late.token, NOON + 7 * DAY)).toBe(404);
    expect((await api.delete(`/v1/invitations/${gone.id}`, { key })).status).toBe(204);
    expect(await accept(gone.token)).toBe(404);
    const again = await api.post(`/v1/invitations/${renewed.id}/resend`, { key });
    expect(again.status).toBe(200);
    expect(await accept(renewed.token)).toBe(404);
    expect(await accept(tokenOf(again.body.link))).toBe(200);
  });

  it("show no link of more than the one who asks has", async ({ expect }) => {
    const { id, key } = await newOrganization();
    const { id: invitation } = await invite(key, { role: "owner" });
    const admin = await member(id, "admin");
    const again = await api.post(`/v1/invitations/${invitation}/resend`, { headers: admin.headers });
    expect(again.status).toBe(403);
  });

  it("to someone with an account are accepted with their session, and by nobody else", async ({ expect }) => {
    const [first, second] = [await newOrganization(), await newOrganization()];
    const [person, stranger] = [await member(first.id, "viewer"), await member(first.id, "viewer")];
    const made = await api.post("/v1/invitations", {
      key: second.key,
      body: { emails: [person.email], role: "supervisor" },
    });
    const token = tokenOf(made.body.data[0].link);
    const accept = (headers: Record<string, string>, body: object = {}) =>
      api.post("/v1/invitations/accept", { headers, body: { token, ...body } });
    expect((await accept({}, { name: "Eve", password: PASSWORD })).status).toBe(409);
    expect((await accept(stranger.headers)).status).toBe(403);
    expect((await accept({ cookie: person.headers.cookie, "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await accept(person.headers)).status).toBe(200);
    expect((await api.get("/v1/me", { headers: person.headers })).body).toMatchObject({
      organization_id: second.id,
      role: "supervisor",
    });
    const { body } = await api.get("/v1/me/organizations", { headers: person.headers });
    expect(body.data.map((one: { id: string; role: string; open: boolean }) => [one.id, one.role, one.open])).toEqual(
      expect.arrayContaining([
        [first.id, "viewer", false],
        [second.id, "supervisor", true],
      ]),
    );
    expect((await accept(person.headers)).status).toBe(404);
  });

  it("are not accepted from another site", async ({ expect }) => {
    const { key } = await newOrganization();
    const { token } = await invite(key);
    const body = { token, name: "Ana", password: PASSWORD };
    const foreign: Record<string, string>[] = [{ "sec-fetch-site": "cross-site" }, { origin: "https://evil.example" }];
    for (const headers of foreign)
      expect((await api.post("/v1/invitations/accept", { headers, body })).status).toBe(403);
  });
});

describe("one's own sessions", () => {
  it("are listed and ended, and those of others are not found", async ({ expect }) => {
    const { id } = await newOrganization();
    const [person, stranger] = [await member(id, "viewer"), await member(id, "viewer")];
    const { body } = await api.get("/v1/me/sessions", { headers: person.headers });
    expect(body.data).toMatchObject([{ current: true, organization_id: id, user_agent: "a browser" }]);
    const own = body.data[0].id as string;
    expect((await api.delete(`/v1/me/sessions/${own}`, { headers: stranger.headers })).status).toBe(404);
    expect((await api.delete(`/v1/me/sessions/${own}`, { headers: person.headers })).status).toBe(204);
    expect((await api.get("/v1/me", { headers: person.headers })).status).toBe(401);
  });
});

describe("the owner's invitation of an organization", () => {
  const admin = { authorization: `Bearer ${api.deps.config.adminToken}` };

  it("comes from the admin, and only from the admin", async ({ expect }) => {
    const { id, key } = await newOrganization();
    const path = `/admin/organizations/${id}/owner-invitations`;
    const body = { email: newAddress() };
    expect((await api.post(path, { key, body })).status).toBe(401);
    const made = await api.post(path, { headers: admin, body });
    expect([made.status, made.body.mailed]).toEqual([201, false]);
    const token = tokenOf(made.body.link);
    const accepted = await api.post("/v1/invitations/accept", { body: { token, name: "Bo", password: PASSWORD } });
    expect((await membershipOf(id, accepted.body.user_id))?.role).toBe("owner");
    const none = await api.post("/admin/organizations/org_x/owner-invitations", { headers: admin, body });
    expect(none.status).toBe(404);
  });
});

describe("roles", () => {
  it.for(Object.keys(ROLES) as RoleName[])(
    "%s: a session opens of people what the role has",
    async (role, { expect }) => {
      const { id } = await newOrganization();
      const { headers } = await member(id, role);
      const scopes: readonly string[] | null = ROLES[role].scopes;
      const may = (permission: string) => scopes === null || scopes.includes(permission);
      // The role operator is for one's own calls, and has nothing yet that is not limited to those.
      const has = (permission: string) => role !== "operator" && may(permission);
      expect((await api.get("/v1/members", { headers })).status).toBe(has("people:read") ? 200 : 403);
      const body = { emails: [newAddress()], role: "viewer" };
      expect((await api.post("/v1/invitations", { headers, body })).status).toBe(has("people:write") ? 200 : 403);
    },
  );
});

describe("one's own remembered browsers", () => {
  it("are listed and forgotten, and those of others are not found", async ({ expect }) => {
    const { id } = await newOrganization();
    const [person, stranger] = [await member(id, "viewer"), await member(id, "viewer")];
    const place = { address: "203.0.113.9", userAgent: "a browser" };
    const deps = { db, masterKeys: TEST_MASTER_KEYS };
    const browser = await rememberBrowser(deps, { userId: person.userId, place }, NOON);
    const cookie = `${person.headers.cookie}; __Host-browser=${browser}`;
    const { body } = await api.get("/v1/me/browsers", { headers: { ...person.headers, cookie } });
    expect(body.data).toMatchObject([{ current: true, user_agent: "a browser", address: "203.0.113.9" }]);
    const path = `/v1/me/browsers/${body.data[0].id}`;
    expect((await api.delete(path, { headers: stranger.headers })).status).toBe(404);
    expect((await api.delete(path, { headers: person.headers })).status).toBe(204);
    expect((await api.delete(path, { headers: person.headers })).status).toBe(404);
    expect((await api.get("/v1/me/browsers", { headers: person.headers })).body.data).toEqual([]);
  });
});
