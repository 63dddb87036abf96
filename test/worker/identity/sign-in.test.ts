import { scryptSync } from "node:crypto";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { contextOf } from "../../../src/db/sealed-places";
import { codeAttempts, passwordResets, sessions, users, userTotp } from "../../../src/db/schema";
import {
  addMember,
  addPasskey,
  askForPasskey,
  beginPasskey,
  beginTotp,
  changePassword,
  confirmSession,
  confirmTotp,
  countResetRequest,
  findSession,
  hashPassword,
  isConfirmed,
  isResetOpen,
  mailPasswordReset,
  readSecondStep,
  resetPassword,
  signInByPasskey,
  signInByPassword,
  systemAct,
  takeSecondStep,
  totpCode,
  totpStepAt,
  type FactorProof,
} from "../../../src/identity";
import { fromHex, toBase64 } from "../../../src/lib/hmac";
import { newId } from "../../../src/lib/id";
import { unseal } from "../../../src/lib/seal";
import { newAuthenticator } from "../../authenticator";
import { ACT_AT_NOON, mintOrganization, NOON, openDatabase, TEST_MASTER_KEYS } from "../../factories";

const deps = { db: openDatabase(env.DB), masterKeys: TEST_MASTER_KEYS };
const HOME = { id: "calls.example.com", origin: "https://calls.example.com" };
const PLACE = { address: "203.0.113.7", userAgent: "a browser" };
const PASSWORD = "correct horse battery staple";
const MINUTES = 60_000;

/** Hashing takes a noticeable part of a second, and all have the same password. */
const HASH = hashPassword(PASSWORD);

/** A member of an organization of their own. */
async function newPerson(passwordHash?: string) {
  const { id: organizationId } = await mintOrganization(deps.db);
  const email = `${newId("ana", NOON)}@acme.example`;
  const added = await addMember(deps, { organizationId, email, name: "Ana", role: "owner" }, ACT_AT_NOON);
  if (!added.ok) throw new Error("the member was not added");
  const userId = added.value.id;
  await deps.db
    .update(users)
    .set({ passwordHash: passwordHash ?? (await HASH) })
    .where(eq(users.id, userId));
  return { organizationId, email, userId };
}

/** A hash of the password that was made with little. */
function weakHash(): string {
  const hash = scryptSync(PASSWORD, new Uint8Array(16), 32, { N: 1024, r: 8, p: 1 });
  return `scrypt$10$8$1$${btoa("\0".repeat(16))}$${toBase64(new Uint8Array(hash))}`;
}

async function codeAt(userId: string, at: number) {
  const row = await deps.db.select().from(userTotp).where(eq(userTotp.userId, userId)).get();
  const secret = fromHex(await unseal(TEST_MASTER_KEYS, contextOf("user_totp.secret", userId), row?.secret ?? ""));
  return totpCode(secret ?? new Uint8Array(), totpStepAt(at));
}

/** The same with an authenticator app. */
async function personWithApp() {
  const person = await newPerson();
  await beginTotp(deps, { userId: person.userId, account: person.email }, ACT_AT_NOON);
  const at = NOON - MINUTES;
  const confirmed = await confirmTotp(
    deps,
    { userId: person.userId, code: await codeAt(person.userId, at) },
    systemAct(at),
  );
  return { ...person, codes: confirmed.ok ? (confirmed.value.recoveryCodes ?? []) : [] };
}

async function personWithPasskey() {
  const person = await newPerson();
  const authenticator = await newAuthenticator({ rpId: HOME.id, origin: HOME.origin }, person.userId);
  const { challenge } = await beginPasskey(deps, { ...person, name: "Ana" }, HOME, ACT_AT_NOON);
  const response = await authenticator.create(challenge);
  await addPasskey(deps, { userId: person.userId, name: "Laptop", response }, HOME, ACT_AT_NOON);
  return { ...person, authenticator };
}

const byPassword = (email: string, password = PASSWORD, now = NOON, place = PLACE) =>
  signInByPassword(deps, { email, password }, HOME, place, now);

async function ticketOf(email: string, now = NOON): Promise<string> {
  const first = await byPassword(email, PASSWORD, now);
  if (!first.ok || !("ticket" in first.value)) throw new Error("no second step was asked for");
  return first.value.ticket;
}

const second = (ticket: string, proof: FactorProof, now = NOON) =>
  takeSecondStep(deps, { ticket, proof }, HOME, PLACE, now);

async function strengthOf(signedIn: Awaited<ReturnType<typeof second>>) {
  return signedIn.ok ? (await findSession(deps.db, signedIn.value.token, NOON))?.session.strength : signedIn.error.kind;
}

describe("the first step of a sign-in", () => {
  it("opens a session where a password is all there is", async ({ expect }) => {
    const { email, userId, organizationId } = await newPerson();
    const signedIn = await byPassword(email);
    const token = signedIn.ok && "token" in signedIn.value ? signedIn.value.token : "";
    expect(await findSession(deps.db, token, NOON)).toMatchObject({
      session: { userId, organizationId, strength: "password" },
      user: { email },
      membership: { role: "owner" },
    });
    const rows = await deps.db.select().from(sessions).where(eq(sessions.userId, userId));
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it("asks for a second factor that the person has, and opens nothing before", async ({ expect }) => {
    const [app, passkey] = [await personWithApp(), await personWithPasskey()];
    expect(await byPassword(app.email)).toMatchObject({ value: { factors: ["totp", "recovery_code"] } });
    expect(await byPassword(passkey.email)).toMatchObject({ value: { factors: ["passkey", "recovery_code"] } });
    expect(await deps.db.select().from(sessions).where(eq(sessions.userId, app.userId))).toEqual([]);
  });

  it("says the same of an unknown account, a wrong password and one without a password", async ({ expect }) => {
    const { email, organizationId } = await newPerson();
    const without = `${newId("ben", NOON)}@acme.example`;
    await addMember(deps, { organizationId, email: without, name: "Ben", role: "viewer" }, ACT_AT_NOON);
    const answers = [
      await byPassword(email, "wrong"),
      await byPassword("nobody@acme.example"),
      await byPassword(without),
    ];
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ error: { kind: "unauthenticated" } });
  });
});

describe("the second step", () => {
  it("opens one session with its strength, and the ticket is spent", async ({ expect }) => {
    const { email, userId, codes } = await personWithApp();
    const ticket = await ticketOf(email);
    expect(await readSecondStep(deps, ticket, HOME, NOON)).toEqual({ userId, factors: ["totp", "recovery_code"] });
    expect(await strengthOf(await second(ticket, { totp: await codeAt(userId, NOON) }))).toBe("password+totp");
    expect(await second(ticket, { recoveryCode: codes[0] ?? "" })).toMatchObject({
      error: { kind: "unauthenticated" },
    });
    const other = await ticketOf(email);
    expect(await strengthOf(await second(other, { recoveryCode: codes[1] ?? "" }))).toBe("password+recovery_code");
  });

  it("goes on after a wrong code, for ten minutes", async ({ expect }) => {
    const { email, userId } = await personWithApp();
    const ticket = await ticketOf(email);
    expect(await second(ticket, { totp: "no code" })).toMatchObject({ ok: false });
    const late = NOON + 10 * MINUTES;
    expect(await second(ticket, { totp: await codeAt(userId, late) }, late)).toMatchObject({ ok: false });
    const before = late - 1;
    expect(await second(ticket, { totp: await codeAt(userId, before) }, before)).toMatchObject({ ok: true });
  });

  it("is one sign-in of fifty at the same time, with one code and with ten recovery codes", async ({ expect }) => {
    const { email, userId, codes } = await personWithApp();
    const [ticket, code] = [await ticketOf(email), await codeAt(userId, NOON)];
    const tries = await Promise.all(Array.from({ length: 50 }, () => second(ticket, { totp: code })));
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
    await deps.db.delete(codeAttempts).where(eq(codeAttempts.userId, userId));
    const next = await ticketOf(email);
    const more = await Promise.all(codes.map((recoveryCode) => second(next, { recoveryCode })));
    expect(more.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await deps.db.select().from(sessions).where(eq(sessions.userId, userId))).toHaveLength(2);
  });

  it("takes the proof of the ticket's person only, and no made-up ticket", async ({ expect }) => {
    const [ana, ben] = [await personWithApp(), await personWithApp()];
    const ticket = await ticketOf(ana.email);
    expect(await second(ticket, { totp: await codeAt(ben.userId, NOON) })).toMatchObject({ ok: false });
    expect(await second(ticket, { recoveryCode: ben.codes[0] ?? "" })).toMatchObject({ ok: false });
    for (const forged of ["", "x", ticket.slice(1), `${ticket}A`])
      expect(await second(forged, { totp: await codeAt(ana.userId, NOON) })).toMatchObject({ ok: false });
  });

  it("is a passkey too", async ({ expect }) => {
    const { email, userId, authenticator } = await personWithPasskey();
    const use = { purpose: "second_step", userId } as const;
    const { challenge } = await askForPasskey(deps, use, HOME, NOON);
    const passkey = await authenticator.get(challenge);
    expect(await strengthOf(await second(await ticketOf(email), { passkey }))).toBe("passkey");
    expect(await second(await ticketOf(email), { passkey })).toMatchObject({ error: { kind: "unauthenticated" } });
  });
});

describe("a sign-in by passkey", () => {
  it("opens a session of its owner, and a replay none", async ({ expect }) => {
    const [ana, ben] = [await personWithPasskey(), await personWithPasskey()];
    const { challenge } = await askForPasskey(deps, { purpose: "sign_in", userId: "" }, HOME, NOON);
    const response = await ana.authenticator.get(challenge);
    const signedIn = await signInByPasskey(deps, response, HOME, PLACE, NOON);
    const session = signedIn.ok ? await findSession(deps.db, signedIn.value.token, NOON) : undefined;
    expect(session).toMatchObject({ user: { id: ana.userId }, session: { strength: "passkey" } });
    expect(session?.user.id).not.toBe(ben.userId);
    expect(await signInByPasskey(deps, response, HOME, PLACE, NOON)).toMatchObject({
      error: { kind: "unauthenticated" },
    });
  });
});

describe("confirming a session", () => {
  it("holds for fifteen minutes and changes the cookie", async ({ expect }) => {
    const { email } = await newPerson();
    const signedIn = await byPassword(email);
    const token = signedIn.ok && "token" in signedIn.value ? signedIn.value.token : "";
    const found = await findSession(deps.db, token, NOON);
    const later = NOON + 15 * MINUTES;
    expect(found && isConfirmed(found.session, later - 1)).toBe(true);
    expect(found && isConfirmed(found.session, later)).toBe(false);
    const renewed = await confirmSession(deps, { hash: found?.session.hash ?? "" }, later);
    expect(await findSession(deps.db, token, later)).toBeUndefined();
    const next = renewed.ok ? await findSession(deps.db, renewed.value.token, later) : undefined;
    expect(next?.session).toMatchObject({ id: found?.session.id, confirmedAt: later, strength: "password" });
  });
});

describe("a password that is replaced", () => {
  const ask = (email: string, now = NOON) => countResetRequest(deps, { email, address: PLACE.address }, now);
  const linkFor = async (email: string) => {
    const links: string[] = [];
    const send = async ({ link }: { link: string }) => void links.push(link);
    await mailPasswordReset({ db: deps.db, publicUrl: HOME.origin, send }, email, NOON);
    return /^https:\/\/calls\.example\.com\/reset-password\/(.+)$/.exec(links[0] ?? "")?.[1] ?? "";
  };

  it("by a link: once, within half an hour, and all sessions end", async ({ expect }) => {
    const { email, userId } = await newPerson();
    await byPassword(email);
    const token = await linkFor(email);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(await deps.db.select().from(passwordResets))).not.toContain(token);
    expect(await isResetOpen(deps.db, token, NOON + 30 * MINUTES)).toBe(false);
    const set = (password: string) => resetPassword(deps, { token, password, address: null }, NOON + 30 * MINUTES - 1);
    const tries = await Promise.all(["one of two passwords", "two of two passwords"].map(set));
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await deps.db.select().from(sessions).where(eq(sessions.userId, userId))).toEqual([]);
    expect(await byPassword(email)).toMatchObject({ ok: false });
    const next = tries[0]?.ok ? "one of two passwords" : "two of two passwords";
    expect(await byPassword(email, next)).toMatchObject({ ok: true });
  });

  it("by a link: a second factor is asked for as before", async ({ expect }) => {
    const { email } = await personWithApp();
    await resetPassword(deps, { token: await linkFor(email), password: "another password", address: null }, NOON);
    expect(await byPassword(email, "another password")).toMatchObject({
      value: { factors: ["totp", "recovery_code"] },
    });
  });

  it("sends nothing to an unknown address, and refuses both after three links", async ({ expect }) => {
    const { email } = await newPerson();
    for (const address of [email, `${newId("x", NOON)}@acme.example`]) {
      const kinds = [];
      for (let at = 0; at < 4; at += 1) kinds.push((await ask(address)).ok);
      expect(kinds).toEqual([true, true, true, false]);
    }
    expect(await linkFor(`${newId("x", NOON)}@acme.example`)).toBe("");
  });

  it("by who knows it: links, half sign-ins and other sessions are dead, this session lives", async ({ expect }) => {
    const { email, userId } = await personWithApp();
    const ticket = await ticketOf(email);
    const here = await second(ticket, { totp: await codeAt(userId, NOON) });
    const there = await second(await ticketOf(email), { totp: await codeAt(userId, NOON + 30_000) });
    const half = await ticketOf(email);
    const link = await linkFor(email);
    const token = here.ok ? here.value.token : "";
    const sessionHash = (await findSession(deps.db, token, NOON))?.session.hash ?? "";
    const change = (present: string) =>
      changePassword(deps, { userId, present, next: "another password", sessionHash, address: null }, ACT_AT_NOON);

    expect(await change("wrong")).toMatchObject({ error: { kind: "invalid" } });
    expect(await isResetOpen(deps.db, link, NOON)).toBe(true);
    expect(await change(PASSWORD)).toMatchObject({ ok: true });
    expect(await resetPassword(deps, { token: link, password: "a third password", address: null }, NOON)).toMatchObject(
      { ok: false },
    );
    expect(await readSecondStep(deps, half, HOME, NOON)).toBeUndefined();
    expect(await findSession(deps.db, there.ok ? there.value.token : "", NOON)).toBeUndefined();
    expect(await findSession(deps.db, token, NOON)).toBeDefined();
    expect(await byPassword(email, "another password")).toMatchObject({ ok: true });
  });

  it("is stored as scrypt with its parameters, and made anew from weaker ones at a sign-in", async ({ expect }) => {
    const { email, userId } = await newPerson();
    const hash = async () => (await deps.db.select().from(users).where(eq(users.id, userId)).get())?.passwordHash ?? "";
    expect(await hash()).toMatch(/^scrypt\$14\$8\$5\$/);
    const stored = weakHash();
    await deps.db.update(users).set({ passwordHash: stored }).where(eq(users.id, userId));
    expect(await byPassword(email, "wrong")).toMatchObject({ ok: false });
    expect(await hash()).toBe(stored);
    expect(await byPassword(email)).toMatchObject({ ok: true });
    expect(await hash()).toMatch(/^scrypt\$14\$8\$5\$/);
    expect(await byPassword(email)).toMatchObject({ ok: true });
  });
});

describe("tries with a password", () => {
  it("are ten a quarter of an hour for an account from one address, counted before they are checked", async ({
    expect,
  }) => {
    const { email } = await newPerson(weakHash());
    const tries = await Promise.all(Array.from({ length: 20 }, () => byPassword(email, "wrong")));
    const kinds = tries.map((one) => (one.ok ? "accepted" : one.error.kind));
    expect(kinds.filter((kind) => kind === "unauthenticated")).toHaveLength(10);
    expect(kinds.filter((kind) => kind === "too_many")).toHaveLength(10);
    expect(await byPassword(email)).toMatchObject({ error: { kind: "too_many" } });
    const elsewhere = { ...PLACE, address: "198.51.100.9" };
    expect(await byPassword(email, PASSWORD, NOON, elsewhere)).toMatchObject({ ok: true });
    expect(await byPassword(email, PASSWORD, NOON + 15 * MINUTES)).toMatchObject({ ok: true });
  });
});
