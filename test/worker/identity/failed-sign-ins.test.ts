import { env } from "cloudflare:workers";
import { and, eq, like } from "drizzle-orm";
import { beforeEach, describe, it, vi } from "vitest";
import { runBatch } from "../../../src/db/client";
import { auditLog, memberships, signInAttempts } from "../../../src/db/schema";
import {
  addMember,
  addPasskey,
  askForPasskey,
  beginPasskey,
  beginTotp,
  changePassword,
  confirmTotp,
  countAttempt,
  countedFor,
  forgetOldAttempts,
  proveFactor,
  provePassword,
  signInByPasskey,
  signInByPassword,
  systemAct,
  takeSecondStep,
  type FactorProof,
} from "../../../src/identity";
import { recordFailedProof, type FailedProof } from "../../../src/identity/failed-proofs";
import { newId } from "../../../src/lib/id";
import { newAuthenticator } from "../../authenticator";
import { ACT_AT_NOON, mintOrganization, NOON, openDatabase, TEST_MASTER_KEYS } from "../../factories";
import { appCodeOf } from "../../sign-in";

const deps = { db: openDatabase(env.DB), masterKeys: TEST_MASTER_KEYS };
const { db } = deps;
const HOME = { id: "calls.example.com", origin: "https://calls.example.com" };
const MINUTE = 60_000;
const PASSWORD = "correct horse battery staple";

const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
beforeEach(() => void warned.mockClear());

async function newPerson(password?: string) {
  const organization = await mintOrganization(db);
  const email = `${newId("ana", NOON)}@acme.example`;
  const added = await addMember(
    deps,
    { organizationId: organization.id, email, name: "Ana", role: "viewer", password },
    ACT_AT_NOON,
  );
  if (!added.ok) throw new Error("the member was not added");
  return { email, userId: added.value.id, organizationId: organization.id };
}

async function personWithApp() {
  const person = await newPerson(PASSWORD);
  await beginTotp(deps, { userId: person.userId, account: person.email }, ACT_AT_NOON);
  const at = NOON - MINUTE;
  await confirmTotp(deps, { userId: person.userId, code: await appCodeOf(db, person.userId, at) }, systemAct(at));
  return person;
}

const from = (address: string | null) => ({ address, userAgent: "a browser" });
const byPassword = (email: string, password: string, address = "203.0.113.7", now = NOON) =>
  signInByPassword(deps, { email, password }, HOME, from(address), now);

/** What was recorded of failures in an organization, oldest first. */
async function failures(organizationId: string) {
  const rows = await db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.organizationId, organizationId), like(auditLog.action, "%.failed")))
    .orderBy(auditLog.id);
  return rows.map(({ action, actor, resourceType, resourceId, address, after }) => ({
    action,
    actor,
    on: `${resourceType} ${resourceId}`,
    address,
    reason: (JSON.parse(after ?? "{}") as { reason?: string }).reason,
  }));
}

/** In the order of words: entries of one moment are in none. */
const reasons = async (organizationId: string) =>
  (await failures(organizationId)).map(({ reason = "" }) => reason).toSorted();

describe("a sign-in that is refused", () => {
  it("is in the log of each organization of the person who was tried, and of no other", async ({ expect }) => {
    const [{ email, userId, organizationId }, stranger] = [await newPerson(PASSWORD), await newPerson()];
    const [second, former] = [await mintOrganization(db), await mintOrganization(db)];
    for (const { id } of [second, former])
      await addMember(deps, { organizationId: id, email, name: "Ana", role: "admin" }, ACT_AT_NOON);
    await db.update(memberships).set({ disabledAt: NOON }).where(eq(memberships.organizationId, former.id));
    await byPassword(email, "hunter2-of-somebody");
    const expected = [
      {
        action: "sign_in.failed",
        actor: "unknown",
        on: `user ${userId}`,
        address: "203.0.113.7",
        reason: "wrong_password",
      },
    ];
    expect(await failures(organizationId)).toEqual(expected);
    expect(await failures(second.id)).toEqual(expected);
    expect(await failures(former.id)).toEqual([]);
    expect(await failures(stranger.organizationId)).toEqual([]);
    expect(JSON.stringify(await db.select().from(auditLog))).not.toContain("hunter2");
  });

  it("asks and writes the same for an address without an account, and answers the same", async ({ expect }) => {
    const { email } = await newPerson(PASSWORD);
    const tried = async (address: string) => {
      const asked: string[] = [];
      const noting = new Proxy(env.DB, {
        get: (target, name) => {
          if (name === "prepare") return (sql: string) => (asked.push(sql), target.prepare(sql));
          const value: unknown = Reflect.get(target, name);
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      });
      const own = { ...deps, db: openDatabase(noting) };
      const answer = await signInByPassword(own, { email: address, password: "wrong" }, HOME, from("::1"), NOON);
      return { asked, answer };
    };
    const [known, unknown] = [await tried(email), await tried(`${newId("x", NOON)}@acme.example`)];
    expect(unknown).toEqual(known);
    expect(known.asked.length).toBeGreaterThan(2);
    expect(known.answer).toMatchObject({ error: { kind: "unauthenticated" } });
  });

  it("is in the log of the deployment, which names no account", async ({ expect }) => {
    const { email, userId } = await newPerson(PASSWORD);
    await byPassword(email, "wrong", "203.0.113.9");
    await byPassword("nobody@acme.example", "wrong", "203.0.113.9");
    const line = JSON.stringify({ event: "sign_in.failed", reason: "wrong_password", address: "203.0.113.9" });
    expect(warned.mock.calls).toEqual([[line], [line]]);
    expect(JSON.stringify(warned.mock.calls)).not.toMatch(new RegExp(`${email}|${userId}|nobody`));
  });

  it("has its reason: tried too often once, and a wrong code, also of recovery", async ({ expect }) => {
    const locked = await newPerson();
    for (let at = 0; at < 10; at += 1)
      await countAttempt(db, countedFor("password", locked.email, "203.0.113.7"), NOON);
    for (let at = 0; at < 3; at += 1)
      expect(await byPassword(locked.email, PASSWORD)).toMatchObject({ error: { kind: "too_many" } });
    expect(await reasons(locked.organizationId)).toEqual(["too_many"]);

    const person = await personWithApp();
    const first = await byPassword(person.email, PASSWORD);
    const ticket = first.ok && "ticket" in first.value ? first.value.ticket : "";
    const second = (proof: FactorProof) => takeSecondStep(deps, { ticket, proof }, HOME, from("198.51.100.1"), NOON);
    await second({ totp: "no code" });
    await second({ recoveryCode: "no code" });
    for (let at = 0; at < 20; at += 1) await second({ totp: "no code" });
    expect(await reasons(person.organizationId)).toEqual(["too_many", ...Array(10).fill("wrong_code")]);
    expect((await failures(person.organizationId))[0]).toMatchObject({
      actor: "unknown",
      address: "198.51.100.1",
      on: `user ${person.userId}`,
    });
  });

  it("by passkey is its owner's, and nobody's where the passkey is unknown", async ({ expect }) => {
    const person = await newPerson();
    const authenticator = await newAuthenticator({ rpId: HOME.id, origin: HOME.origin }, person.userId);
    const { challenge } = await beginPasskey(deps, { ...person, name: "Ana" }, HOME, ACT_AT_NOON);
    const made = await authenticator.create(challenge);
    await addPasskey(deps, { userId: person.userId, name: "Laptop", response: made }, HOME, ACT_AT_NOON);
    const asked = await askForPasskey(deps, { purpose: "sign_in", userId: "" }, HOME, NOON);
    const answered = await authenticator.get(asked.challenge);
    const signIn = (response: typeof answered) => signInByPasskey(deps, response, HOME, from("192.0.2.1"), NOON);
    expect(await signIn(answered)).toMatchObject({ ok: true });
    expect(await signIn(answered)).toMatchObject({ ok: false });
    expect(await signIn({ ...answered, id: "bWFkZSB1cA", rawId: "bWFkZSB1cA" })).toMatchObject({ ok: false });
    expect(await failures(person.organizationId)).toMatchObject([
      { action: "sign_in.failed", actor: "unknown", reason: "refused_passkey", address: "192.0.2.1" },
    ]);
    expect(warned).toHaveBeenCalledTimes(2);
  });
});

describe("who is signed in and does not prove again who they are", () => {
  it("is the actor of the entry", async ({ expect }) => {
    const { userId, organizationId } = await personWithApp();
    const address = "203.0.113.1";
    await provePassword(deps, { userId, password: "wrong", address }, NOON);
    await proveFactor(deps, { userId, proof: { totp: "no code" }, purpose: "confirm", address }, HOME, NOON);
    const change = { userId, present: "wrong", next: "another password", sessionHash: "", address };
    await changePassword(deps, change, ACT_AT_NOON);
    const entry = { action: "confirmation.failed", actor: userId, on: `user ${userId}`, address };
    expect((await failures(organizationId)).toSorted((one, other) => (one.reason! < other.reason! ? -1 : 1))).toEqual([
      { ...entry, reason: "wrong_code" },
      { ...entry, reason: "wrong_password" },
      { ...entry, reason: "wrong_password" },
    ]);
  });

  it("has none where the proof is right", async ({ expect }) => {
    const { userId, organizationId } = await newPerson(PASSWORD);
    expect(await provePassword(deps, { userId, password: PASSWORD, address: null }, NOON)).toMatchObject({ ok: true });
    expect(await failures(organizationId)).toEqual([]);
  });
});

describe("an attacker", () => {
  const wrong = (tried: FailedProof["tried"], address: string | null = null): FailedProof => ({
    at: "sign_in",
    reason: "wrong_password",
    tried,
    address,
  });

  it("makes ten entries of a person in a quarter of an hour, from wherever", async ({ expect }) => {
    const { email, organizationId } = await newPerson();
    const tries = Array.from({ length: 50 }, (_, at) => wrong({ email }, `198.51.${at}.1`));
    await Promise.all(tries.map((one) => recordFailedProof(db, one, NOON)));
    expect(await failures(organizationId)).toHaveLength(10);
    await recordFailedProof(db, wrong({ email }), NOON + 15 * MINUTE - 1);
    expect(await failures(organizationId)).toHaveLength(10);
    await recordFailedProof(db, wrong({ email }), NOON + 15 * MINUTE);
    expect(await failures(organizationId)).toHaveLength(11);
  });

  it("makes a hundred of an organization in an hour, whoever is tried", async ({ expect }) => {
    const { organizationId } = await newPerson();
    const emails = await Promise.all(
      Array.from({ length: 11 }, async () => {
        const email = `${newId("ben", NOON)}@acme.example`;
        await addMember(deps, { organizationId, email, name: "Ben", role: "viewer" }, ACT_AT_NOON);
        return email;
      }),
    );
    for (const email of emails) for (let at = 0; at < 10; at += 1) await recordFailedProof(db, wrong({ email }), NOON);
    expect(await failures(organizationId)).toHaveLength(100);
    await recordFailedProof(db, wrong({ email: emails[0]! }), NOON + 60 * MINUTE + 1);
    expect(await failures(organizationId)).toHaveLength(101);
  });

  it("fills no table with made-up accounts: what is counted is forgotten", async ({ expect }) => {
    const names = Array.from({ length: 30 }, (_, at) => `made-up-${at}@acme.example`);
    const long = NOON - 1000 * MINUTE;
    for (const email of names) await recordFailedProof(db, wrong({ email }), long);
    const counted = async () =>
      (await db.select().from(signInAttempts).where(like(signInAttempts.name, "%made-up-%"))).length;
    expect(await counted()).toBe(30);
    await runBatch(db, [forgetOldAttempts(db, long + 15 * MINUTE - 1, 1000)]);
    expect(await counted()).toBe(30);
    for (let turn = 0; turn < 3; turn += 1) await runBatch(db, [forgetOldAttempts(db, long + 15 * MINUTE, 10)]);
    expect(await counted()).toBe(0);
  });
});
