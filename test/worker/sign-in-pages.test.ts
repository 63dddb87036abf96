import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, it, vi } from "vitest";
import { authRoutes, type AuthDeps } from "../../src/auth";
import { contextOf } from "../../src/db/sealed-places";
import { memberships, sessions, users, userTotp } from "../../src/db/schema";
import {
  addPasskey,
  beginPasskey,
  beginTotp,
  confirmTotp,
  countAttempt,
  countedFor,
  hashPassword,
  listAudit,
  systemAct,
  totpCode,
  totpStepAt,
} from "../../src/identity";
import { fromHex } from "../../src/lib/hmac";
import { unseal } from "../../src/lib/seal";
import { viewOf } from "../../src/ui/view";
import { newAuthenticator } from "../authenticator";
import { ACT_AT_NOON, mintOrganization, NOON, openDatabase, TEST_MASTER_KEYS } from "../factories";
import { mintSession } from "../sign-in";

const db = openDatabase(env.DB);
const ORIGIN = "https://trunkline.test";
const HOME = { id: "trunkline.test", origin: ORIGIN };
const PASSWORD = "correct horse battery staple";
const HASH = hashPassword(PASSWORD);

const mails: { email: string; link: string }[] = [];
const deps: AuthDeps = {
  db,
  masterKeys: TEST_MASTER_KEYS,
  config: { adminToken: "op_an-admin-token-for-tests", publicUrl: ORIGIN },
  now: () => NOON,
  sendResetLink: async ({ email, link }) => void mails.push({ email, link }),
};
const pages = authRoutes(
  () => deps,
  (request) => viewOf(request, { now: NOON, isLocal: false }),
);

type Sent = { cookie?: string; headers?: Record<string, string> };

function get(path: string, { cookie = "", headers }: Sent = {}) {
  return Promise.resolve(pages.request(`${ORIGIN}${path}`, { headers: { cookie, ...headers } }, env));
}

function post(path: string, form: Record<string, string>, { cookie = "", headers }: Sent = {}) {
  const sent = { cookie, "sec-fetch-site": "same-origin", ...headers };
  return Promise.resolve(
    pages.request(`${ORIGIN}${path}`, { method: "POST", headers: sent, body: new URLSearchParams(form) }, env),
  );
}

/** The link that was mailed to an address; mail goes behind the answer. */
function mailFor(address: string): Promise<string> {
  return vi.waitFor(() => {
    const mail = mails.find(({ email }) => email === address);
    if (!mail) throw new Error("no mail yet");
    return mail.link;
  });
}

/** The cookies that an answer sets, as a browser sends them back. */
function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0] ?? "")
    .filter((pair) => !pair.endsWith("="))
    .join("; ");
}

async function newPerson() {
  const { id: organizationId } = await mintOrganization(db);
  const person = await mintSession(db, { organizationId, now: NOON });
  await db
    .update(users)
    .set({ passwordHash: await HASH })
    .where(eq(users.id, person.userId));
  await db.delete(sessions).where(eq(sessions.userId, person.userId));
  return person;
}

async function codeAt(userId: string, at: number) {
  const row = await db.select().from(userTotp).where(eq(userTotp.userId, userId)).get();
  const secret = fromHex(await unseal(TEST_MASTER_KEYS, contextOf("user_totp.secret", userId), row?.secret ?? ""));
  return totpCode(secret ?? new Uint8Array(), totpStepAt(at));
}

async function withApp(person: { userId: string; email: string }): Promise<string[]> {
  await beginTotp(deps, { userId: person.userId, account: person.email }, ACT_AT_NOON);
  const at = NOON - 60_000;
  const code = await codeAt(person.userId, at);
  const confirmed = await confirmTotp(deps, { userId: person.userId, code }, systemAct(at));
  return confirmed.ok ? (confirmed.value.recoveryCodes ?? []) : [];
}

async function withPasskey({ userId, email }: { userId: string; email: string }) {
  const authenticator = await newAuthenticator({ rpId: HOME.id, origin: ORIGIN }, userId);
  const { challenge } = await beginPasskey(deps, { userId, email, name: "Ana" }, HOME, ACT_AT_NOON);
  const response = await authenticator.create(challenge);
  await addPasskey(deps, { userId, name: "Laptop", response }, HOME, ACT_AT_NOON);
  return authenticator;
}

const sessionsOf = (userId: string) => db.select().from(sessions).where(eq(sessions.userId, userId));
const signIn = (email: string, password = PASSWORD) => post("/sign-in", { email, password });

describe("/sign-in", () => {
  it("is a form that a browser fills in, in its language, under the strict policy", async ({ expect }) => {
    const page = await get("/sign-in", { headers: { "accept-language": "es" } });
    const text = await page.text();
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
    for (const part of ['name="email"', 'name="password"', 'autocomplete="current-password"', "Iniciar sesión"])
      expect(text).toContain(part);
    expect(text).toContain('data-passkey="get" data-options="/sign-in/passkey-options"');
  });

  it("sets the session's cookie for a right password, and says the same of whatever is wrong", async ({ expect }) => {
    const { email, userId } = await newPerson();
    const right = await signIn(` ${email.toUpperCase()} `);
    expect(right.status).toBe(303);
    expect(right.headers.get("location")).toBe("/");
    expect(right.headers.getSetCookie()[0]).toMatch(
      /^__Host-session=[\w-]{43}; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Lax$/,
    );
    expect(await sessionsOf(userId)).toHaveLength(1);
    for (const answer of [await signIn(email, "wrong"), await signIn("ben@acme.example"), await signIn("no address")]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(await answer.text()).toContain("The e-mail address or the password is wrong.");
    }
  });

  it("remembers the browser: strangers who use up the account's tries do not shut its person out", async ({
    expect,
  }) => {
    const { email } = await newPerson();
    const first = await signIn(email);
    const browser = /__Host-browser=[^;]+/.exec(cookiesOf(first))?.[0] ?? "";
    expect(first.headers.getSetCookie().find((line) => line.startsWith("__Host-browser="))).toMatch(
      /; Path=\/; Max-Age=7776000; Secure; HttpOnly; SameSite=Lax$/,
    );
    for (let tries = 0; tries < 101; tries += 1)
      await countAttempt(db, countedFor("password", email, `198.51.${tries}.1`), NOON);
    const form = { email, password: PASSWORD };
    expect((await post("/sign-in", form)).status).toBe(429);
    expect((await post("/sign-in", form, { cookie: `${browser}x` })).status).toBe(429);
    expect((await post("/sign-in", form, { cookie: browser })).status).toBe(303);
  });

  it("gives a browser that has no language the one of the account", async ({ expect }) => {
    const { email, userId } = await newPerson();
    await db.update(users).set({ locale: "es" }).where(eq(users.id, userId));
    expect(cookiesOf(await signIn(email))).toContain("trunkline_language=es");
    const chosen = { cookie: "trunkline_language=en" };
    expect(cookiesOf(await post("/sign-in", { email, password: PASSWORD }, chosen))).not.toContain("language");
  });

  it("takes forms from itself only", async ({ expect }) => {
    const { email, userId } = await newPerson();
    const send = async (headers: Record<string, string>) =>
      (await post("/sign-in", { email, password: PASSWORD }, { headers })).status;
    expect(await send({ "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await send({ "sec-fetch-site": "same-site" })).toBe(403);
    const spanish = { "sec-fetch-site": "cross-site", "accept-language": "es" };
    const refused = await post("/sign-in", { email, password: PASSWORD }, { headers: spanish });
    expect(await refused.text()).toContain("Este formulario ya no es válido");
    const old = await pages.request(
      `${ORIGIN}/sign-in`,
      {
        method: "POST",
        headers: { origin: "https://evil.example" },
        body: new URLSearchParams({ email, password: PASSWORD }),
      },
      env,
    );
    expect(old.status).toBe(403);
    expect(await sessionsOf(userId)).toEqual([]);
  });

  it("leads from an address to the name, which cookies and passkeys need", async ({ expect }) => {
    const page = await pages.request("http://127.0.0.1:8787/sign-in?x=1", {}, env);
    expect(page.headers.get("location")).toBe("http://localhost:8787/sign-in?x=1");
  });

  it("leads to the page that asked for it, through the second step too, and to no other site", async ({ expect }) => {
    const person = await newPerson();
    const asked = cookiesOf(await get("/sign-in?to=%2Fdashboard%2Fcalls%3Fcampaign%3D1"));
    const right = await post("/sign-in", { email: person.email, password: PASSWORD }, { cookie: asked });
    expect(right.headers.get("location")).toBe("/dashboard/calls?campaign=1");
    await withApp(person);
    const first = await post("/sign-in", { email: person.email, password: PASSWORD }, { cookie: asked });
    const cookie = `${asked}; ${cookiesOf(first)}`;
    const second = await post("/sign-in/second-step", { code: await codeAt(person.userId, NOON) }, { cookie });
    expect(second.headers.get("location")).toBe("/dashboard/calls?campaign=1");
    for (const foreign of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"]) {
      const page = await get(`/sign-in?to=${encodeURIComponent(foreign)}`);
      expect(page.headers.getSetCookie(), foreign).toEqual([]);
      const planted = `__Host-destination=${encodeURIComponent(foreign)}`;
      const other = await newPerson();
      const signed = await post("/sign-in", { email: other.email, password: PASSWORD }, { cookie: planted });
      expect(signed.headers.get("location"), foreign).toBe("/");
    }
  });

  it("is in the audit log with its person, address and request, like all that its pages do", async ({ expect }) => {
    const person = await newPerson();
    const headers = { "cf-connecting-ip": "203.0.113.7" };
    const entriesOf = async (request: Response) => {
      const id = request.headers.get("x-request-id") ?? "";
      const found = await env.DB.prepare("SELECT action, actor, address FROM audit_log WHERE request_id = ?")
        .bind(id)
        .all<{ action: string; actor: string; address: string }>();
      return found.results.map(({ action, actor, address }) => `${action} ${actor} ${address}`).toSorted();
    };
    const opened = await post("/sign-in", { email: person.email, password: PASSWORD }, { headers });
    const by = `${person.userId} 203.0.113.7`;
    expect(await entriesOf(opened)).toEqual([`remembered_browser.added ${by}`, `session.opened ${by}`]);
    const cookie = cookiesOf(opened);
    expect(await entriesOf(await post("/sign-out", {}, { cookie, headers }))).toEqual([`session.deleted ${by}`]);
    await post("/reset-password", { email: person.email });
    const link = new URL(await mailFor(person.email)).pathname;
    const reset = await post(link, { password: "another horse, another battery" }, { headers });
    expect(reset.status).toBe(200);
    expect((await entriesOf(reset)).every((entry) => entry.endsWith(by))).toBe(true);
    expect(await entriesOf(reset)).toContain(`user.updated ${by}`);
  });

  it("ends the session at /sign-out", async ({ expect }) => {
    const { email, userId } = await newPerson();
    const out = await post("/sign-out", {}, { cookie: cookiesOf(await signIn(email)) });
    expect(out.headers.get("location")).toBe("/sign-in");
    expect(out.headers.getSetCookie()[0]).toContain("Max-Age=0");
    expect(await sessionsOf(userId)).toEqual([]);
    const [membership] = await db.select().from(memberships).where(eq(memberships.userId, userId));
    const { rows } = await listAudit(db, { organizationId: membership?.organizationId ?? "", filter: {}, limit: 9 });
    const own = rows.filter(({ actor }) => actor === userId).map(({ action }) => action);
    expect(own.toSorted()).toEqual(["remembered_browser.added", "session.deleted", "session.opened"]);
  });
});

describe("/sign-in/second-step", () => {
  it("asks for what the person has, and signs in with a code", async ({ expect }) => {
    const person = await newPerson();
    await withApp(person);
    const first = await signIn(person.email);
    expect(first.headers.get("location")).toBe("/sign-in/second-step");
    expect(await sessionsOf(person.userId)).toEqual([]);
    const cookie = cookiesOf(first);
    const page = await (await get("/sign-in/second-step", { cookie })).text();
    expect(page).toContain('name="code"');
    expect(page).toContain('name="recovery_code"');
    expect(page).not.toContain("data-passkey");
    const wrong = await post("/sign-in/second-step", { code: "no" }, { cookie });
    expect(wrong.status).toBe(401);
    expect(await wrong.text()).toContain("The code is wrong or was used before.");
    const code = await codeAt(person.userId, NOON);
    const right = await post("/sign-in/second-step", { code }, { cookie });
    expect(right.headers.get("location")).toBe("/");
    expect(await sessionsOf(person.userId)).toMatchObject([{ strength: "password+totp" }]);
    expect((await post("/sign-in/second-step", { code }, { cookie })).status).toBe(401);
  });

  it("signs in with a recovery code", async ({ expect }) => {
    const person = await newPerson();
    const [recovery = ""] = await withApp(person);
    const cookie = cookiesOf(await signIn(person.email));
    await post("/sign-in/second-step", { recovery_code: recovery }, { cookie });
    expect(await sessionsOf(person.userId)).toMatchObject([{ strength: "password+recovery_code" }]);
  });

  it("signs in with a passkey of the person, and of no one else", async ({ expect }) => {
    const [ana, ben] = [await newPerson(), await newPerson()];
    const [own, foreign] = [await withPasskey(ana), await withPasskey(ben)];
    const cookie = cookiesOf(await signIn(ana.email));
    const ask = async () =>
      ((await (await post("/sign-in/second-step/passkey-options", {}, { cookie })).json()) as { challenge: string })
        .challenge;
    const send = async (response: unknown) =>
      (await post("/sign-in/second-step", { passkey: JSON.stringify(response) }, { cookie })).status;
    expect(await send(await foreign.get(await ask()))).toBe(401);
    expect(await send(await own.get(await ask()))).toBe(303);
    expect(await sessionsOf(ana.userId)).toMatchObject([{ strength: "passkey" }]);
    expect(await sessionsOf(ben.userId)).toEqual([]);
  });

  it("begins again without its ticket", async ({ expect }) => {
    for (const cookie of ["", "__Host-second-step=made-up"]) {
      const page = await get("/sign-in/second-step", { cookie });
      expect(page.status).toBe(401);
      expect(await page.text()).toContain('action="/sign-in"');
      expect((await post("/sign-in/second-step/passkey-options", {}, { cookie })).status).toBe(404);
    }
  });
});

describe("/sign-in/passkey", () => {
  it("signs in without a password; a replay gets 401", async ({ expect }) => {
    const person = await newPerson();
    const authenticator = await withPasskey(person);
    const options = (await (await post("/sign-in/passkey-options", {})).json()) as { challenge: string };
    expect(options).not.toHaveProperty("allowCredentials");
    const passkey = JSON.stringify(await authenticator.get(options.challenge));
    expect((await post("/sign-in/passkey", { passkey })).status).toBe(303);
    expect((await post("/sign-in/passkey", { passkey })).status).toBe(401);
    for (const nonsense of ["", "{}", "null", "no json"])
      expect((await post("/sign-in/passkey", { passkey: nonsense })).status).toBe(401);
    expect(await sessionsOf(person.userId)).toHaveLength(1);
  });

  it("gives an address a hundred challenges in a quarter of an hour", async ({ expect }) => {
    const headers = { "cf-connecting-ip": "198.51.100.77" };
    const statuses = [];
    for (let at = 0; at < 101; at += 1) statuses.push((await post("/sign-in/passkey-options", {}, { headers })).status);
    expect(statuses.slice(0, 100).every((status) => status === 200)).toBe(true);
    expect(statuses[100]).toBe(429);
  });
});

describe("/reset-password", () => {
  it("says the same of known and unknown addresses, and mails a link of PUBLIC_URL to who is known", async ({
    expect,
  }) => {
    const person = await newPerson();
    const host = { headers: { host: "evil.example", "x-forwarded-host": "evil.example" } };
    const texts = [];
    for (const email of [person.email, "unknown@acme.example", "no address"]) {
      const answer = await post("/reset-password", { email }, host);
      texts.push(`${answer.status} ${await answer.text()}`);
    }
    expect(new Set(texts).size).toBe(1);
    expect(await mailFor(person.email)).toMatch(/^https:\/\/trunkline\.test\/reset-password\/[\w-]{43}$/);
    expect(mails.filter(({ email }) => email === person.email)).toHaveLength(1);
    expect(mails.some(({ email }) => email === "unknown@acme.example")).toBe(false);
  });

  it("sets a password by the link, once", async ({ expect }) => {
    const person = await newPerson();
    await post("/reset-password", { email: person.email });
    const path = new URL(await mailFor(person.email)).pathname;
    expect(await (await get(path)).text()).toContain('autocomplete="new-password"');
    const short = await post(path, { password: "short" });
    expect(short.status).toBe(422);
    expect(await short.text()).toContain("needs at least 10 characters");
    expect((await post(path, { password: "another long password" })).status).toBe(200);
    for (const answer of [await get(path), await post(path, { password: "a third long password" })])
      expect(answer.status).toBe(404);
    expect((await signIn(person.email)).status).toBe(401);
    expect((await signIn(person.email, "another long password")).status).toBe(303);
  });

  it("says so where the deployment sends no mail", async ({ expect }) => {
    const { sendResetLink: _, ...without } = deps;
    const quiet = authRoutes(
      () => without,
      (request) => viewOf(request, { now: NOON, isLocal: false }),
    );
    expect(await (await quiet.request(`${ORIGIN}/reset-password`, {}, env)).text()).toContain("sends no mail");
  });
});
