import { env, exports } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { contextOf } from "../../src/db/sealed-places";
import { memberships, organizations, passkeys, sessions, users, userTotp } from "../../src/db/schema";
import {
  browserNamed,
  findSession,
  formTokenOf,
  hashPassword,
  listBrowsers,
  openSession,
  rememberBrowser,
  totpCode,
  totpStepAt,
} from "../../src/identity";
import { fromHex } from "../../src/lib/hmac";
import { BROWSER_COOKIE, SESSION_COOKIE } from "../../src/lib/http/session-cookie";
import { unseal } from "../../src/lib/seal";
import { MINUTE } from "../../src/lib/time";
import { newAuthenticator } from "../authenticator";
import { mintOrganization, openDatabase, TEST_MASTER_KEYS } from "../factories";
import { formsIn } from "./forms-in";
import { browserOf, confirmAt, mintSession } from "../sign-in";

const db = openDatabase(env.DB);
const ORIGIN = "https://trunkline.test";
const PROFILE = "/dashboard/settings/profile";
const PASSWORD = "correct horse battery staple";
const HASH = hashPassword(PASSWORD);

/** A browser that keeps its cookies, and the forms it sends. */
async function newPerson(options: { organizationId?: string; confirmed?: boolean } = {}) {
  const organizationId = options.organizationId ?? (await mintOrganization(db, { name: "Acme" })).id;
  const person = await mintSession(db, { organizationId, now: Date.now() });
  await db
    .update(users)
    .set({ passwordHash: await HASH })
    .where(eq(users.id, person.userId));
  if (options.confirmed === false) await confirmAt(db, person.hash, Date.now() - 16 * MINUTE);
  const jar = new Map([[SESSION_COOKIE, person.token]]);
  const send = async (path: string, init: Omit<RequestInit, "headers"> & { headers?: Record<string, string> }) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { "sec-fetch-site": "same-origin", ...init.headers, cookie };
    const answer = await exports.default.fetch(
      new Request(`${ORIGIN}${path}`, { redirect: "manual", ...init, headers }),
    );
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([\w-]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  const csrf = async () => {
    const { hash } = await browserOf(jar.get(SESSION_COOKIE) ?? "");
    return formTokenOf({ hash, organizationId });
  };
  return {
    ...person,
    organizationId,
    jar,
    csrf,
    get: (path: string, headers: Record<string, string> = {}) => send(path, { headers }),
    post: async (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
      send(path, { method: "POST", headers, body: new URLSearchParams({ csrf: await csrf(), ...fields }) }),
    session: async () => findSession(db, jar.get(SESSION_COOKIE) ?? "", Date.now()),
  };
}

type Person = Awaited<ReturnType<typeof newPerson>>;

async function codeOf(userId: string, at = Date.now()): Promise<string> {
  const row = await db.select().from(userTotp).where(eq(userTotp.userId, userId)).get();
  const secret = fromHex(await unseal(TEST_MASTER_KEYS, contextOf("user_totp.secret", userId), row?.secret ?? ""));
  return totpCode(secret ?? new Uint8Array(), totpStepAt(at));
}

/** Sets the app up as the pages do, with a code of the step before, so that the present one is left. */
async function withApp(person: Person): Promise<void> {
  await person.post(`${PROFILE}/app`);
  const confirm = async (): Promise<number> => {
    const at = Date.now();
    const code = await codeOf(person.userId, at - 30_000);
    const { status } = await person.post(`${PROFILE}/app/confirm`, { code });
    // A step that ended in between made the code one of two steps ago.
    return status === 422 && totpStepAt(Date.now()) !== totpStepAt(at) ? confirm() : status;
  };
  expect(await confirm()).toBe(200);
}

async function withPasskey(person: Person, name = "Laptop") {
  const authenticator = await newAuthenticator({ rpId: "trunkline.test", origin: ORIGIN }, person.userId);
  const options = await person.post(`${PROFILE}/passkeys/options`);
  expect(options.status).toBe(200);
  const { challenge } = (await options.json()) as { challenge: string };
  const passkey = JSON.stringify(await authenticator.create(challenge));
  return { authenticator, passkey, answer: await person.post(`${PROFILE}/passkeys`, { name, passkey }) };
}

const appOf = (userId: string) => db.select().from(userTotp).where(eq(userTotp.userId, userId)).get();
const passkeysOf = (userId: string) => db.select().from(passkeys).where(eq(passkeys.userId, userId));

/** The fields of the forms on a page, as a browser would send them with what a person adds. */
function hiddenIn(text: string): Record<string, string> {
  const form = /<form[^>]*>((?:(?!<\/form>)[\s\S])*name="confirm_password"[\s\S]*?)<\/form>/.exec(text)?.[1] ?? "";
  return Object.fromEntries(
    [...form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      value
        .replaceAll("&quot;", '"')
        .replaceAll("&amp;", "&")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&#39;", "'"),
    ]),
  );
}

describe("the profile", () => {
  it("shows what is one's own, and saves name and language", async () => {
    const person = await newPerson();
    const page = await person.get(PROFILE);
    expect(page.status).toBe(200);
    expect(Number(page.headers.get("x-d1-round-trips"))).toBeLessThanOrEqual(4);
    expect(await page.text()).toContain(person.email);
    const saved = await person.post(`${PROFILE}/account`, { name: " Ana María ", locale: "es" });
    expect(saved.headers.get("location")).toBe(`${PROFILE}?done=saved`);
    expect(saved.headers.getSetCookie().join()).toContain("trunkline_language=es");
    const text = await (await person.get(`${PROFILE}?done=saved`)).text();
    expect(text).toContain("Ana María");
    expect(text).toContain("Guardado.");
    const wrong = await person.post(`${PROFILE}/account`, { name: " ", locale: "xx" });
    expect(wrong.status).toBe(422);
  });

  it("takes forms of this session only, and none of another site", async () => {
    const [person, other] = [await newPerson(), await newPerson()];
    const change = { name: "Eve", locale: "" };
    expect((await person.post(`${PROFILE}/account`, { ...change, csrf: "" })).status).toBe(403);
    expect((await person.post(`${PROFILE}/account`, { ...change, csrf: await other.csrf() })).status).toBe(403);
    const foreign = await person.post(`${PROFILE}/account`, change, { "sec-fetch-site": "cross-site" });
    expect(foreign.status).toBe(401);
    expect(await foreign.text()).not.toContain("Eve");
    expect((await person.session())?.user.name).toBe("Ana");
  });

  it("changes the password: other sessions end, this one stays, and its browser stays known", async () => {
    const person = await newPerson();
    const form = { current_password: PASSWORD, new_password: "another horse battery" };
    const wrong = await person.post(`${PROFILE}/password`, { ...form, current_password: "no" });
    expect(wrong.status).toBe(422);
    expect((await person.post(`${PROFILE}/password`, { ...form, new_password: "short" })).status).toBe(422);
    const other = await mintSessionOf(person);
    const changed = await person.post(`${PROFILE}/password`, form);
    expect(changed.headers.get("location")).toBe(`${PROFILE}?done=password`);
    expect(changed.headers.getSetCookie().join()).toContain(`${BROWSER_COOKIE}=`);
    expect(await person.session()).toBeDefined();
    expect(await findSession(db, other, Date.now())).toBeUndefined();
  });

  it("lists sessions with their device, ends one and all others, and no one else's", async () => {
    const [person, stranger] = [await newPerson(), await newPerson()];
    const [one, two] = [await mintSessionOf(person), await mintSessionOf(person)];
    const text = await (await person.get(PROFILE)).text();
    expect(text).toContain("Firefox on Linux");
    expect(text).toContain("203.0.113.7");
    const idOf = async (token: string) => (await findSession(db, token, Date.now()))?.session.id ?? "";
    expect((await person.post(`${PROFILE}/sessions/${(await stranger.session())?.session.id}/end`)).status).toBe(404);
    await person.post(`${PROFILE}/sessions/${await idOf(one)}/end`);
    expect(await findSession(db, one, Date.now())).toBeUndefined();
    expect(await findSession(db, two, Date.now())).toBeDefined();
    const ended = await person.post(`${PROFILE}/sessions/end-others`);
    expect(ended.headers.get("location")).toBe(`${PROFILE}?done=others-1`);
    expect(await findSession(db, two, Date.now())).toBeUndefined();
    expect(await person.session()).toBeDefined();
    expect(await stranger.session()).toBeDefined();
  });

  it("lists the browsers that are remembered, and forgets one that is the visitor's own", async () => {
    const [person, stranger] = [await newPerson(), await newPerson()];
    const place = { address: "203.0.113.9", userAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0" };
    const deps = { db, masterKeys: TEST_MASTER_KEYS };
    const browser = await rememberBrowser(deps, { userId: person.userId, place }, Date.now());
    person.jar.set(BROWSER_COOKIE, browser);
    const text = await (await person.get(PROFILE)).text();
    expect(text).toContain("203.0.113.9");
    expect(text).toMatch(/Remembered browsers[^]*Firefox on Linux[^]*this one/);
    const path = `${PROFILE}/browsers/${browserNamed(browser)}/forget`;
    expect((await stranger.post(path)).status).toBe(404);
    expect(await listBrowsers(db, person.userId, Date.now())).toHaveLength(1);
    expect((await person.post(path)).headers.get("location")).toBe(`${PROFILE}?done=browser`);
    expect(await listBrowsers(db, person.userId, Date.now())).toEqual([]);
    expect(await person.session()).toBeDefined();
  });
});

describe("second factors on pages", () => {
  it("sets an app up by its first code, shows the recovery codes once, and removes it", async () => {
    const person = await newPerson();
    const begun = await person.post(`${PROFILE}/app`);
    expect(begun.headers.get("location")).toContain(`${PROFILE}/app?to=`);
    const page = await (await person.get(`${PROFILE}/app`)).text();
    const key = /data-copy="([A-Z2-7]{32})"/.exec(page)?.[1] ?? "";
    expect(page).toContain("<svg");
    expect(page).toContain(`secret=${key}`);
    const wrong = await person.post(`${PROFILE}/app/confirm`, { code: "000000x" });
    expect(wrong.status).toBe(422);
    // The same key as before: the app need not be set up anew.
    expect(await wrong.text()).toContain(key);
    const before = person.jar.get(SESSION_COOKIE);
    const right = await person.post(`${PROFILE}/app/confirm`, { code: await codeOf(person.userId) });
    const codes = (await right.text()).match(/\b[0-9a-z]{4}(?:-[0-9a-z]{4}){3}\b/g) ?? [];
    expect(new Set(codes).size).toBe(10);
    expect(person.jar.get(SESSION_COOKIE)).not.toBe(before);
    expect((await person.session())?.session.strength).toBe("password+totp");
    expect((await person.get(`${PROFILE}/app`)).headers.get("location")).toBe(PROFILE);
    expect((await person.post(`${PROFILE}/app/confirm`, { code: await codeOf(person.userId) })).status).toBe(409);
    expect((await person.post(`${PROFILE}/app`)).status).toBe(409);
    expect(await (await person.get(PROFILE)).text()).toContain("10 codes left");
    expect((await person.post(`${PROFILE}/app/remove`)).headers.get("location")).toBe(`${PROFILE}?done=app-removed`);
    expect(await appOf(person.userId)).toBeUndefined();
  });

  it("adds a passkey that the browser made, once; renames and removes it", async () => {
    const person = await newPerson();
    const { passkey, answer } = await withPasskey(person);
    expect(answer.status).toBe(200);
    expect((await person.session())?.session.strength).toBe("passkey");
    const [row] = await passkeysOf(person.userId);
    const id = row?.id ?? "";
    // The challenge is spent.
    expect((await person.post(`${PROFILE}/passkeys`, { name: "Again", passkey })).status).toBe(422);
    await person.post(`${PROFILE}/passkeys/${id}/name`, { name: "Phone <b>" });
    const text = await (await person.get(PROFILE)).text();
    expect(text).toContain("Phone &lt;b&gt;");
    expect(await (await person.get(`${PROFILE}/passkeys/${id}/remove`)).text()).toContain("Phone &lt;b&gt;");
    await person.post(`${PROFILE}/passkeys/${id}/remove`);
    expect(await passkeysOf(person.userId)).toEqual([]);
  });

  it("refuses forged, expired and foreign challenges, keeps the name that was typed, and touches no one else's", async () => {
    const [person, stranger] = [await newPerson(), await newPerson()];
    const { answer } = await withPasskey(stranger);
    expect(answer.status).toBe(200);
    const options = await stranger.post(`${PROFILE}/passkeys/options`);
    const { challenge } = (await options.json()) as { challenge: string };
    const authenticator = await newAuthenticator({ rpId: "trunkline.test", origin: ORIGIN }, person.userId);
    const foreign = JSON.stringify(await authenticator.create(challenge));
    const forged = JSON.stringify(await authenticator.create("bWFkZSB1cA"));
    for (const passkey of [foreign, forged, "", "{}", "no JSON"]) {
      const refused = await person.post(`${PROFILE}/passkeys`, { name: "My laptop", passkey });
      expect(refused.status).toBe(422);
      expect(await refused.text()).toContain("My laptop");
    }
    expect(await passkeysOf(person.userId)).toEqual([]);
    const [row] = await passkeysOf(stranger.userId);
    const theirs = `${PROFILE}/passkeys/${row?.id}`;
    expect((await person.get(`${theirs}/remove`)).status).toBe(404);
    expect((await person.post(`${theirs}/remove`)).status).toBe(404);
    expect((await person.post(`${theirs}/name`, { name: "Mine" })).status).toBe(404);
    expect(await passkeysOf(stranger.userId)).toMatchObject([{ name: "Laptop" }]);
  });

  it("replaces recovery codes only where there is a factor", async () => {
    const person = await newPerson();
    expect((await person.post(`${PROFILE}/recovery-codes`)).status).toBe(409);
    await withApp(person);
    expect(await (await person.get(`${PROFILE}/recovery-codes`)).text()).toContain("The 10 codes");
    const made = await person.post(`${PROFILE}/recovery-codes`);
    expect(made.headers.get("cache-control")).toBe("no-store");
    expect((await made.text()).match(/\b[0-9a-z]{4}(?:-[0-9a-z]{4}){3}\b/g)?.length).toBeGreaterThanOrEqual(10);
  });
});

describe("confirmation", () => {
  it("is asked after 15 minutes, and goes on with what was being done", async () => {
    const person = await newPerson();
    await withApp(person);
    const { hash } = await browserOf(person.jar.get(SESSION_COOKIE) ?? "");
    await confirmAt(db, hash, Date.now() - 16 * MINUTE);
    const former = person.jar.get(SESSION_COOKIE) ?? "";
    const asked = await person.post(`${PROFILE}/app/remove`, { note: `kept <"&'>` });
    expect(asked.status).toBe(403);
    const fields = hiddenIn(await asked.text());
    expect(fields["note"]).toBe(`kept <"&'>`);
    expect(await appOf(person.userId)).toBeDefined();
    const wrong = await person.post(`${PROFILE}/app/remove`, { ...fields, confirm_password: "wrong" });
    expect(wrong.status).toBe(403);
    expect(hiddenIn(await wrong.text())).toEqual(fields);
    const done = await person.post(`${PROFILE}/app/remove`, { ...fields, confirm_password: PASSWORD });
    expect(done.headers.get("location")).toBe(`${PROFILE}?done=app-removed`);
    expect(person.jar.get(SESSION_COOKIE)).not.toBe(former);
    expect(await findSession(db, former, Date.now())).toBeUndefined();
    expect(await person.session()).toBeDefined();
  });

  it("takes a code of the app once, and a passkey of the person", async () => {
    const person = await newPerson();
    await withApp(person);
    const { authenticator } = await withPasskey(person);
    const old = async () => {
      const { hash } = await browserOf(person.jar.get(SESSION_COOKIE) ?? "");
      await confirmAt(db, hash, Date.now() - 16 * MINUTE);
    };
    await old();
    const code = await codeOf(person.userId);
    expect((await person.post(`${PROFILE}/recovery-codes`, { confirm_code: code })).status).toBe(200);
    await old();
    expect((await person.post(`${PROFILE}/recovery-codes`, { confirm_code: code })).status).toBe(403);
    const options = await person.post("/dashboard/confirmation/passkey-options");
    const { challenge } = (await options.json()) as { challenge: string };
    const passkey = JSON.stringify(await authenticator.get(challenge));
    expect((await person.post(`${PROFILE}/recovery-codes`, { confirm_passkey: passkey })).status).toBe(200);
    await old();
    for (const replayed of [passkey, "", "{}"])
      expect((await person.post(`${PROFILE}/recovery-codes`, { confirm_passkey: replayed })).status).toBe(403);
  });

  it("is asked before a page with a key too, and gives that page then", async () => {
    const person = await newPerson();
    await person.post(`${PROFILE}/app`);
    await confirmAt(db, person.hash, Date.now() - 16 * MINUTE);
    const asked = await person.get(`${PROFILE}/app`);
    expect(asked.status).toBe(403);
    const text = await asked.text();
    expect(text).not.toContain("otpauth");
    const fields = { ...hiddenIn(text), confirm_password: PASSWORD };
    const forged = await person.post(`${PROFILE}/app`, { ...fields, csrf: "made-up" });
    expect(forged.status).toBe(403);
    const gone = await person.post(`${PROFILE}/app`, fields);
    expect(gone.headers.get("location")).toBe(`${PROFILE}/app`);
    expect(await (await person.get(`${PROFILE}/app`)).text()).toContain("otpauth");
  });

  it("is asked before calls leave as a file, which comes then", async () => {
    const person = await newPerson({ confirmed: false });
    const path = "/dashboard/calls.csv?direction=inbound";
    const asked = await person.get(path);
    expect(asked.status).toBe(403);
    const gone = await person.post(path, { ...hiddenIn(await asked.text()), confirm_password: PASSWORD });
    expect(gone.headers.get("location")).toBe(path);
    const file = await person.get(path);
    expect(file.headers.get("content-type")).toContain("text/csv");
  });

  it("gives no options for a passkey to a form that is not of the session", async () => {
    const person = await newPerson();
    expect((await person.post("/dashboard/confirmation/passkey-options", { csrf: "made-up" })).status).toBe(403);
    expect((await person.post(`${PROFILE}/passkeys/options`, { csrf: "made-up" })).status).toBe(403);
    await confirmAt(db, person.hash, Date.now() - 16 * MINUTE);
    expect((await person.post(`${PROFILE}/passkeys/options`)).status).toBe(403);
  });

  it("limits passwords that are tried", async () => {
    const person = await newPerson({ confirmed: false });
    const statuses = [];
    for (let tries = 0; tries < 11; tries += 1)
      statuses.push((await person.post(`${PROFILE}/recovery-codes`, { confirm_password: "wrong" })).status);
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 403));
    expect(statuses[10]).toBe(429);
  });
});

describe("an organization that requires a second factor", () => {
  it("leads a member without one to where it is set up, shows nothing else, and then lets them in", async () => {
    const person = await newPerson();
    await db
      .update(organizations)
      .set({ requireSecondFactor: true })
      .where(eq(organizations.id, person.organizationId));
    for (const path of ["/dashboard", "/dashboard/calls", PROFILE]) {
      const led = await person.get(path);
      expect(led.headers.get("location"), path).toBe(`${PROFILE}/second-factor?to=${encodeURIComponent(path)}`);
    }
    const part = await person.get("/dashboard/first-steps", { "hx-request": "true" });
    expect([part.status, part.headers.get("hx-refresh"), part.headers.get("location")]).toEqual([403, "true", null]);
    const form = await person.post("/dashboard/calls/call_1/replay");
    expect(form.headers.get("location")).toBe(`${PROFILE}/second-factor?to=%2Fdashboard`);
    const page = await (await person.get(`${PROFILE}/second-factor?to=/dashboard/calls`)).text();
    expect(page).toContain("Acme");
    expect(page).not.toContain('class="navigation"');
    const to = "/dashboard/calls";
    const begun = await person.post(`${PROFILE}/app`, { to });
    expect(begun.headers.get("location")).toBe(`${PROFILE}/app?to=%2Fdashboard%2Fcalls`);
    const code = await codeOf(person.userId);
    const codes = await (await person.post(`${PROFILE}/app/confirm`, { code, to })).text();
    expect(codes).toContain('href="/dashboard/calls"');
    expect((await person.get("/dashboard/calls")).status).toBe(200);
    expect((await person.get(`${PROFILE}/second-factor?to=//evil.example`)).headers.get("location")).toBe(PROFILE);
  });

  it("sends back to sign-in whose factor was set up in another session", async () => {
    const person = await newPerson();
    await withApp(person);
    const weak = await mintSessionOf(person);
    await db
      .update(organizations)
      .set({ requireSecondFactor: true })
      .where(eq(organizations.id, person.organizationId));
    person.jar.set(SESSION_COOKIE, weak);
    const page = await (await person.get(`${PROFILE}/second-factor`)).text();
    expect(page).toContain("sign in again with it");
    expect(page).not.toContain(`action="${PROFILE}/app"`);
  });
});

describe("a form whose session ends", () => {
  const change = { name: "Ana María", locale: "" };

  it("is kept through a sign-in with a second step, and sent when its person says so", async () => {
    const person = await newPerson();
    await withApp(person);
    const csrf = await person.csrf();
    await db.delete(sessions).where(eq(sessions.userId, person.userId));
    const ended = await person.post(`${PROFILE}/account`, { ...change, csrf });
    expect(ended.status).toBe(401);
    const kept = keptIn(await ended.text());
    expect(kept).toContain("Ana María");
    const signIn = await person.post("/sign-in/kept", { kept });
    expect(keptIn(await signIn.text())).toBe(kept);
    const wrong = await person.post("/sign-in", { email: person.email, password: "wrong", kept });
    expect([wrong.status, keptIn(await wrong.text())]).toEqual([401, kept]);
    const first = await person.post("/sign-in", { email: person.email, password: PASSWORD, kept });
    const step = await first.text();
    expect(step).toContain('name="code"');
    expect(keptIn(step)).toBe(kept);
    const second = await person.post("/sign-in/second-step", { code: await codeOf(person.userId), kept });
    const resume = await second.text();
    expect(resume).toContain(`action="${PROFILE}/account"`);
    expect(resume).toContain(await person.csrf());
    expect((await person.session())?.user.name).toBe("Ana");
    const sent = await person.post(`${PROFILE}/account`, change);
    expect(sent.headers.get("location")).toBe(`${PROFILE}?done=saved`);
  });

  it("is not sent into another organization", async () => {
    const person = await newPerson();
    const other = await mintOrganization(db);
    const foreign = await mintOrganization(db);
    await db
      .insert(memberships)
      .values({ organizationId: other.id, userId: person.userId, role: "viewer", createdAt: 1 });
    const keptFor = (organizationId: string) =>
      JSON.stringify({ action: `${PROFILE}/account`, organizationId, fields: Object.entries(change) });
    const theirs = await (await person.post("/sign-in/kept", { kept: keptFor(person.organizationId) })).text();
    expect(theirs).toContain(await person.csrf());
    const none = await (await person.post("/sign-in/kept", { kept: keptFor(foreign.id) })).text();
    expect(none).not.toContain('<form class="form"');
    // A form that was shown before another organization was opened acts in neither.
    const elsewhere = await formTokenOf({ hash: person.hash, organizationId: other.id });
    const stale = await person.post(`${PROFILE}/account`, { ...change, csrf: elsewhere });
    expect(stale.status).toBe(403);
    // It is kept for its own organization: sent as it stands there, it acts in the open one no more than before.
    const waiting = /name="csrf" value="([^"]+)"/.exec(await stale.text())?.[1] ?? "";
    expect((await person.post(`${PROFILE}/account`, { ...change, csrf: waiting })).status).toBe(403);
    expect((await person.session())?.user.name).toBe("Ana");
  });

  it("that is too long for a sign-in stays in its page, and is sent from there after one in another tab", async () => {
    const person = await newPerson();
    const csrf = await person.csrf();
    await db.delete(sessions).where(eq(sessions.userId, person.userId));
    const long = { ...change, note: "x".repeat(20_001) };
    const ended = await person.post(`${PROFILE}/account`, { ...long, csrf });
    const text = await ended.text();
    expect([ended.status, keptIn(text)]).toEqual([401, ""]);
    const form = formsIn(text, "").find(({ action }) => action === `${PROFILE}/account`);
    expect(form).toEqual({ action: `${PROFILE}/account`, method: "post", fields: Object.entries({ csrf, ...long }) });
    // Sent before that, nothing is lost either.
    expect((await person.post(`${PROFILE}/account`, { ...long, csrf })).status).toBe(401);
    person.jar.set(SESSION_COOKIE, await mintSessionOf(person));
    const again = await (await person.post(`${PROFILE}/account`, { ...long, csrf })).text();
    const shown = formsIn(again, "").find(({ action }) => action === `${PROFILE}/account`);
    const fields = Object.fromEntries(shown?.fields ?? []);
    expect(fields).toEqual({ ...long, csrf: await person.csrf() });
    expect((await person.post(`${PROFILE}/account`, fields)).headers.get("location")).toBe(`${PROFILE}?done=saved`);
    // Of another site, it is no form of ours.
    await db.delete(sessions).where(eq(sessions.userId, person.userId));
    const foreign = await person.post(`${PROFILE}/account`, { ...long, csrf }, { "sec-fetch-site": "cross-site" });
    expect(await foreign.text()).not.toContain("Ana María");
  });

  it("keeps no password, and nothing that another site may have sent", async () => {
    const person = await newPerson();
    const csrf = await person.csrf();
    await db.delete(sessions).where(eq(sessions.userId, person.userId));
    const form = { current_password: "my secret", new_password: "my other secret", csrf };
    const ended = await (await person.post(`${PROFILE}/password`, form)).text();
    expect(ended).not.toContain("secret");
    const foreign = await person.post(`${PROFILE}/account`, { ...change, csrf }, { "sec-fetch-site": "cross-site" });
    expect(await foreign.text()).not.toContain("Ana María");
    for (const kept of [
      JSON.stringify({ action: "//evil.example", organizationId: "x", fields: [] }),
      JSON.stringify({ action: "/sign-out", organizationId: "x", fields: [] }),
      "no JSON",
    ])
      expect(keptIn(await (await person.post("/sign-in/kept", { kept })).text())).toBe("");
  });

  it("can be sent again after a new sign-in in the same browser", async () => {
    const person = await newPerson();
    const csrf = await person.csrf();
    person.jar.set(SESSION_COOKIE, await mintSessionOf(person));
    const stale = await person.post(`${PROFILE}/account`, { ...change, csrf });
    expect(stale.status).toBe(403);
    const text = await stale.text();
    expect(text).toContain("Ana María");
    expect(text).toContain(await person.csrf());
    const surely = await person.post(`${PROFILE}/account`, { ...change, csrf }, { "sec-fetch-site": "none" });
    expect(await surely.text()).not.toContain("Ana María");
  });
});

function keptIn(text: string): string {
  const value = /name="kept" value="([^"]*)"/.exec(text)?.[1] ?? "";
  return value.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

/** Another browser of the person. */
async function mintSessionOf({ userId }: { userId: string }): Promise<string> {
  const userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  const opened = await openSession(
    { db },
    { userId, strength: "password", address: "203.0.113.7", userAgent },
    Date.now(),
  );
  if (!opened.ok) throw new Error("no session");
  return opened.value;
}

describe("what the organization requires", () => {
  const SECURITY = "/dashboard/settings/security";
  const isRequired = async (id: string) =>
    (await db.select().from(organizations).where(eq(organizations.id, id)).get())?.requireSecondFactor;

  it("is switched by who has a second factor, after a confirmation, and is theirs to undo", async () => {
    const person = await newPerson();
    await mintSession(db, { organizationId: person.organizationId, role: "viewer", now: Date.now() });
    const before = await (await person.get(SECURITY)).text();
    expect(before).toContain("Members without one: 2 of 2.");
    expect(before).not.toContain('name="required"');
    expect((await person.post(SECURITY, { required: "yes" })).status).toBe(409);
    expect(await isRequired(person.organizationId)).toBe(false);
    await withApp(person);
    const page = await person.get(SECURITY);
    expect(Number(page.headers.get("x-d1-round-trips"))).toBeLessThanOrEqual(4);
    expect(await page.text()).toContain("The member without one is led");
    const { hash } = await browserOf(person.jar.get(SESSION_COOKIE) ?? "");
    await confirmAt(db, hash, Date.now() - 16 * MINUTE);
    const asked = await person.post(SECURITY, { required: "yes" });
    expect(asked.status).toBe(403);
    const fields = hiddenIn(await asked.text());
    expect(fields["required"]).toBe("yes");
    const set = await person.post(SECURITY, { ...fields, confirm_password: PASSWORD });
    expect(set.headers.get("location")).toBe(`${SECURITY}?done=saved`);
    expect(await isRequired(person.organizationId)).toBe(true);
    await person.post(SECURITY, { required: "no" });
    expect(await isRequired(person.organizationId)).toBe(false);
  });

  it("is not for roles that may not change it", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const { headers, hash } = await mintSession(db, { organizationId, role: "supervisor", now: Date.now() });
    const ask = (init: RequestInit) =>
      exports.default.fetch(new Request(`${ORIGIN}${SECURITY}`, { redirect: "manual", headers, ...init }));
    expect((await ask({})).status).toBe(403);
    const body = new URLSearchParams({ csrf: await formTokenOf({ hash, organizationId }), required: "yes" });
    expect((await ask({ method: "POST", body })).status).toBe(403);
    expect(await isRequired(organizationId)).toBe(false);
  });
});
