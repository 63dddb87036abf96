import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { authRoutes, type AuthDeps } from "../../src/auth";
import { memberships, organizations, users } from "../../src/db/schema";
import { findSession, formTokenOf, invite, makeFirstOwner } from "../../src/identity";
import { SESSION_COOKIE } from "../../src/lib/http/session-cookie";
import { viewOf } from "../../src/ui/view";
import { ACT_AT_NOON, mintOrganization, NOON, openDatabase, TEST_MASTER_KEYS } from "../factories";
import { mintSession } from "../sign-in";

const db = openDatabase(env.DB);
const ORIGIN = "https://trunkline.test";
const PASSWORD = "correct horse battery staple";
const ADMIN_TOKEN = "op_an-admin-token-for-tests";
const FULL = { scopes: null, campaignId: null, sourceId: null, expiresAt: null };

const deps: AuthDeps = {
  db,
  masterKeys: TEST_MASTER_KEYS,
  config: { publicUrl: ORIGIN, adminToken: ADMIN_TOKEN },
  now: () => NOON,
};
const pages = authRoutes(
  () => deps,
  (request) => viewOf(request, { now: NOON, isLocal: false }),
);

function get(path: string, headers: Record<string, string> = {}) {
  return Promise.resolve(pages.request(`${ORIGIN}${path}`, { headers: { accept: "text/html", ...headers } }, env));
}

function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const sent = { "sec-fetch-site": "same-origin", ...headers };
  return Promise.resolve(
    pages.request(`${ORIGIN}${path}`, { method: "POST", headers: sent, body: new URLSearchParams(form) }, env),
  );
}

async function sessionIn(answer: Response) {
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith(`${SESSION_COOKIE}=`)) ?? "";
  return findSession(db, /=([\w-]+)/.exec(cookie)?.[1] ?? "", NOON);
}

async function newInvitation(email = `ana-${crypto.randomUUID().slice(0, 8)}@acme.example`) {
  const { id: organizationId } = await mintOrganization(db, { name: `Ácme <b>"&` });
  const wanted = { organizationId, emails: [email], role: "reviewer", campaigns: null, teams: null };
  const made = await invite({ db }, wanted, FULL, ACT_AT_NOON);
  const [one] = made.ok ? made.value : [];
  if (one?.result !== "invited") throw new Error("not invited");
  return { email, organizationId, path: `/invitations/${one.invitation.token}` };
}

describe("/invitations", () => {
  it("shows whom it is for, and makes the account without any script", async ({ expect }) => {
    const { email, organizationId, path } = await newInvitation();
    const page = await get(path);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const text = await page.text();
    expect(text).toContain(email);
    expect(text).not.toContain("<b>");
    const wrong = await post(path, { name: "", password: "short", email: "other@acme.example" });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).not.toContain("short");
    const done = await post(path, { name: "Ana", password: PASSWORD, email: "other@acme.example" });
    expect([done.status, done.headers.get("location")]).toEqual([303, "/"]);
    expect(await sessionIn(done)).toMatchObject({ user: { email, name: "Ana" }, membership: { role: "reviewer" } });
    expect((await get(path)).status).toBe(404);
    expect((await post(path, { name: "Eve", password: PASSWORD })).status).toBe(404);
    const joined = and(eq(memberships.organizationId, organizationId), eq(memberships.role, "reviewer"));
    expect(await db.select().from(memberships).where(joined)).toHaveLength(1);
  });

  it("speaks the browser's language", async ({ expect }) => {
    const { path } = await newInvitation();
    expect(await (await get(path, { "accept-language": "es" })).text()).toContain("Tiene una invitación");
  });

  it("takes who has an account by their session, and nobody else", async ({ expect }) => {
    const { id: home } = await mintOrganization(db);
    const [person, stranger] = [
      await mintSession(db, { organizationId: home, now: NOON }),
      await mintSession(db, { organizationId: home, now: NOON }),
    ];
    const { path, organizationId } = await newInvitation(person.email);
    const { cookie, "x-csrf-token": csrf } = person.headers;
    expect((await get(path)).status).toBe(409);
    expect((await get(path, { cookie: stranger.headers.cookie })).status).toBe(403);
    expect(await (await get(path, { cookie })).text()).toContain(csrf);
    expect((await post(path, { name: "Eve", password: PASSWORD })).status).toBe(409);
    expect((await post(path, { csrf: "x" }, { cookie })).status).toBe(403);
    expect((await post(path, { csrf }, { cookie, "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await post(path, { csrf }, { cookie })).headers.get("location")).toBe("/");
    const found = await findSession(db, person.token, NOON);
    expect(found?.session.organizationId).toBe(organizationId);
  });
});

describe("/sign-in/organization", () => {
  it("opens another of the person's organizations, and no stranger's", async ({ expect }) => {
    const [one, other, foreign] = [await mintOrganization(db), await mintOrganization(db), await mintOrganization(db)];
    const person = await mintSession(db, { organizationId: one.id, now: NOON });
    await db
      .insert(memberships)
      .values({ organizationId: other.id, userId: person.userId, role: "viewer", createdAt: NOON });
    const { cookie } = person.headers;
    const csrf = await formTokenOf({ hash: person.hash, organizationId: one.id });
    const open = (organization: string, form: object = { csrf }) =>
      post("/sign-in/organization", { organization, ...form }, { cookie });
    expect((await open(foreign.id)).status).toBe(404);
    expect((await open(other.id, {})).status).toBe(403);
    // A form of another session, and one that was shown while another organization was open.
    const elsewhere = await formTokenOf({ hash: person.hash, organizationId: foreign.id });
    for (const wrong of [person.headers["x-csrf-token"], elsewhere])
      expect((await open(other.id, { csrf: wrong })).status).toBe(403);
    expect((await open(other.id)).status).toBe(303);
    expect(await findSession(db, person.token, NOON)).toMatchObject({
      session: { organizationId: other.id },
      membership: { role: "viewer" },
    });
    expect((await post("/sign-in/organization", { organization: other.id, csrf })).headers.get("location")).toBe(
      "/sign-in",
    );
  });
});

describe("/setup", () => {
  const form = { admin_token: ADMIN_TOKEN, organization: "Acme", name: "Ana", password: PASSWORD };
  const newAddress = () => `owner-${crypto.randomUUID().slice(0, 8)}@acme.example`;
  const empty = () => db.delete(memberships);

  it("makes the first owner with the admin's token, once", async ({ expect }) => {
    await empty();
    expect((await get("/setup")).status).toBe(200);
    const email = newAddress();
    const wrong = await post("/setup", { ...form, email, admin_token: "op_wrong" });
    expect(wrong.status).toBe(401);
    const text = await wrong.text();
    expect(text).toContain(email);
    expect(text).not.toContain(PASSWORD);
    expect((await post("/setup", { ...form, email: "none" })).status).toBe(422);
    expect((await post("/setup", { ...form, email }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    const done = await post("/setup", { ...form, email });
    expect([done.status, done.headers.get("location")]).toEqual([303, "/"]);
    expect(await sessionIn(done)).toMatchObject({ user: { email }, membership: { role: "owner" } });
    for (const answer of [await get("/setup"), await post("/setup", { ...form, email: newAddress() })])
      expect(answer.headers.get("location")).toBe("/sign-in");
  });

  it("takes an organization that is there, by name or id", async ({ expect }) => {
    for (const by of ["id", "name"] as const) {
      await empty();
      const organization = await mintOrganization(db, { name: `Old ${crypto.randomUUID()}` });
      const done = await post("/setup", { ...form, organization: organization[by], email: newAddress() });
      expect((await sessionIn(done))?.session.organizationId).toBe(organization.id);
    }
  });

  it("makes one owner of many at the same time", async ({ expect }) => {
    await empty();
    const name = `New ${crypto.randomUUID()}`;
    const tries = await Promise.all(
      Array.from({ length: 10 }, () =>
        makeFirstOwner(
          { db },
          { organization: name, email: newAddress(), name: "Ana", passwordHash: "x" },
          ACT_AT_NOON,
        ),
      ),
    );
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await db.select().from(organizations).where(eq(organizations.name, name))).toHaveLength(1);
    expect(await db.select().from(users).where(eq(users.passwordHash, "x"))).toHaveLength(1);
  });
});
