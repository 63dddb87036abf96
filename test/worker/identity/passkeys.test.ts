import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { passkeys } from "../../../src/db/schema";
import {
  addPasskey,
  askForPasskey,
  beginPasskey,
  factorStateOf,
  listPasskeys,
  proveFactor,
  provePasskey,
  removePasskey,
  renamePasskey,
  type ChallengeUse,
  type PasskeyResponse,
} from "../../../src/identity";
import { newId } from "../../../src/lib/id";
import { newAuthenticator } from "../../authenticator";
import { ACT_AT_NOON, NOON, openDatabase, TEST_MASTER_KEYS } from "../../factories";

const deps = { db: openDatabase(env.DB), masterKeys: TEST_MASTER_KEYS };
const HOME = { id: "calls.example.com", origin: "https://calls.example.com" };
const PLACE = { rpId: HOME.id, origin: HOME.origin };
const SIGN_IN: ChallengeUse = { purpose: "sign_in", userId: "" };
const FIVE_MINUTES = 300_000;

const begin = (userId: string) =>
  beginPasskey(deps, { userId, email: "ana@acme.example", name: "Ana" }, HOME, ACT_AT_NOON);

/** A user with a passkey. */
async function userWithPasskey(place = PLACE) {
  const userId = newId("usr", NOON);
  const authenticator = await newAuthenticator(place, userId);
  const { challenge } = await begin(userId);
  const response = await authenticator.create(challenge);
  const added = await addPasskey(deps, { userId, name: "Laptop", response }, HOME, ACT_AT_NOON);
  return { userId, authenticator, added };
}

const ask = async (use = SIGN_IN) => (await askForPasskey(deps, use, HOME, NOON)).challenge;
const prove = (response: PasskeyResponse, { use = SIGN_IN, home = HOME, now = NOON } = {}) =>
  provePasskey(deps, { use, response }, home, now);

describe("adding a passkey", () => {
  it("asks for one that says who its owner is, and keeps its public key", async ({ expect }) => {
    const userId = newId("usr", NOON);
    const options = await begin(userId);
    expect(options).toMatchObject({
      rp: { id: "calls.example.com" },
      attestation: "none",
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    const { userId: owner, added } = await userWithPasskey();
    expect(added).toMatchObject({ value: { passkey: { userId: owner, name: "Laptop", counter: 0 } } });
    expect(added.ok && added.value.recoveryCodes).toHaveLength(10);
    expect(await listPasskeys(deps, owner)).toHaveLength(1);
    expect((await begin(owner)).excludeCredentials).toHaveLength(1);
  });

  it("takes one answer to a challenge, its own user's, within five minutes", async ({ expect }) => {
    const [userId, stranger] = [newId("usr", NOON), newId("usr", NOON)];
    const authenticator = await newAuthenticator(PLACE, userId);
    const add = (challenge: string, { as = userId, now = NOON } = {}) =>
      authenticator
        .create(challenge)
        .then((response) => addPasskey(deps, { userId: as, name: "x", response }, HOME, { ...ACT_AT_NOON, now }));

    const { challenge } = await begin(userId);
    expect(await add(challenge, { as: stranger })).toMatchObject({ error: { kind: "invalid" } });
    const tries = await Promise.all(Array.from({ length: 50 }, () => add(challenge)));
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await add((await begin(userId)).challenge, { now: NOON + FIVE_MINUTES })).toMatchObject({ ok: false });
    expect(await add("bWFkZSB1cA")).toMatchObject({ ok: false });
    expect(await add(await ask())).toMatchObject({ ok: false });
    // The same authenticator once more, for whomever.
    expect(await add((await begin(userId)).challenge)).toMatchObject({ error: { kind: "conflict" } });
    expect(await add((await begin(stranger)).challenge, { as: stranger })).toMatchObject({ ok: false });
  });

  it("refuses what another site, an unverified person or another ceremony made", async ({ expect }) => {
    const userId = newId("usr", NOON);
    const add = async (place: typeof PLACE, faults = {}) => {
      const authenticator = await newAuthenticator(place, userId);
      const response = await authenticator.create((await begin(userId)).challenge, faults);
      return addPasskey(deps, { userId, name: "x", response }, HOME, ACT_AT_NOON);
    };
    expect(await add({ ...PLACE, rpId: "evil.example" })).toMatchObject({ ok: false });
    expect(await add({ ...PLACE, origin: "https://evil.example" })).toMatchObject({ ok: false });
    expect(await add(PLACE, { verified: false })).toMatchObject({ ok: false });
    expect(await add(PLACE, { type: "webauthn.get" })).toMatchObject({ ok: false });
    expect(await listPasskeys(deps, userId)).toEqual([]);
  });

  it("looks at no certificates, whose addresses it would ask", async ({ expect }) => {
    const userId = newId("usr", NOON);
    const authenticator = await newAuthenticator(PLACE, userId);
    const attStmt = new Map<string, unknown>([
      ["alg", -7],
      ["sig", new Uint8Array(64)],
      ["x5c", [new Uint8Array(500)]],
    ]);
    for (const fmt of ["packed", "fido-u2f", "android-key", "tpm", "apple", "android-safetynet", "other"]) {
      const format = new Map<string, unknown>([
        ["fmt", fmt],
        ["attStmt", attStmt],
      ]);
      const response = await authenticator.create((await begin(userId)).challenge, { format });
      expect(await addPasskey(deps, { userId, name: "x", response }, HOME, ACT_AT_NOON)).toMatchObject({ ok: false });
    }
  });

  it("stops at twenty", async ({ expect }) => {
    const { userId } = await userWithPasskey();
    const [first] = await listPasskeys(deps, userId);
    const others = Array.from({ length: 19 }, () => ({ id: newId("pky", NOON), credentialId: newId("c", NOON) }));
    for (const other of others) await deps.db.insert(passkeys).values({ ...first!, ...other });
    const response = await (await newAuthenticator(PLACE, userId)).create((await begin(userId)).challenge);
    expect(await addPasskey(deps, { userId, name: "x", response }, HOME, ACT_AT_NOON)).toMatchObject({
      error: { kind: "conflict" },
    });
  });
});

describe("signing in with a passkey", () => {
  it("says whose it is", async ({ expect }) => {
    const [one, other] = [await userWithPasskey(), await userWithPasskey()];
    expect(await prove(await one.authenticator.get(await ask()))).toBe(one.userId);
    expect(await prove(await other.authenticator.get(await ask()))).toBe(other.userId);
  });

  it("works once, under fifty tries at the same time too, and within five minutes", async ({ expect }) => {
    const { userId, authenticator } = await userWithPasskey();
    const response = await authenticator.get(await ask());
    const tries = await Promise.all(Array.from({ length: 50 }, () => prove(response)));
    expect(tries.filter((owner) => owner === userId)).toHaveLength(1);
    expect(await prove(response)).toBeUndefined();
    expect(await prove(await authenticator.get(await ask()), { now: NOON + FIVE_MINUTES })).toBeUndefined();
    expect(await prove(await authenticator.get(await ask()), { now: NOON + FIVE_MINUTES - 1 })).toBe(userId);
  });

  it("refuses forged answers, and spends the challenge", async ({ expect }) => {
    const { authenticator } = await userWithPasskey();
    const stranger = await newAuthenticator(PLACE, "usr_x");
    const challenge = await ask();
    const forged = {
      ...(await stranger.get(challenge)),
      id: authenticator.credentialId,
      rawId: authenticator.credentialId,
    };
    expect(await prove(forged)).toBeUndefined();
    expect(await prove(await authenticator.get(challenge))).toBeUndefined();

    for (const faults of [{ verified: false }, { type: "webauthn.create" }, { challenge: "bWFkZSB1cA" }])
      expect(await prove(await authenticator.get(await ask(), faults))).toBeUndefined();
    const good = await authenticator.get(await ask());
    const changed = {
      ...good,
      response: { ...good.response, authenticatorData: `A${good.response.authenticatorData.slice(1)}` },
    };
    expect(await prove(changed)).toBeUndefined();
    for (const clientDataJSON of ["", "bm8ganNvbg", "e30"])
      expect(await prove({ ...good, response: { ...good.response, clientDataJSON } })).toBeUndefined();
  });

  it("refuses a counter that does not grow: there is a copy", async ({ expect }) => {
    const { userId, authenticator } = await userWithPasskey();
    authenticator.countFrom(40);
    expect(await prove(await authenticator.get(await ask()))).toBe(userId);
    authenticator.countFrom(40);
    expect(await prove(await authenticator.get(await ask()))).toBeUndefined();
    authenticator.countFrom(12);
    expect(await prove(await authenticator.get(await ask()))).toBeUndefined();
    authenticator.countFrom(41);
    expect(await prove(await authenticator.get(await ask()))).toBe(userId);
  });

  it("takes authenticators that do not count", async ({ expect }) => {
    const { userId, authenticator } = await userWithPasskey();
    for (let at = 0; at < 3; at += 1) {
      authenticator.countFrom(-1);
      expect(await prove(await authenticator.get(await ask()))).toBe(userId);
    }
  });

  it("opens nothing after the deployment moved to another host", async ({ expect }) => {
    const { userId, authenticator } = await userWithPasskey();
    const moved = { id: "new.example.com", origin: "https://new.example.com" };
    expect(await factorStateOf(deps.db, userId, moved.id)).toMatchObject({ passkeys: 0 });
    expect(await prove(await authenticator.get(await ask()), { home: moved })).toBeUndefined();
  });
});

describe("a passkey as the second step", () => {
  it("answers for its own user, by a challenge that was made for this", async ({ expect }) => {
    const [ana, ben] = [await userWithPasskey(), await userWithPasskey()];
    const use = { purpose: "second_step", userId: ana.userId } as const;
    const second = async (passkey: PasskeyResponse, userId = ana.userId) =>
      proveFactor(deps, { userId, proof: { passkey }, purpose: "second_step", address: null }, HOME, NOON);

    const options = await askForPasskey(deps, use, HOME, NOON);
    expect(options.allowCredentials?.map(({ id }) => id)).toEqual([ana.authenticator.credentialId]);
    expect(await second(await ben.authenticator.get(options.challenge))).toMatchObject({ ok: false });
    expect(await second(await ana.authenticator.get(await ask()))).toMatchObject({ ok: false });
    expect(await second(await ana.authenticator.get(await ask({ ...use, purpose: "confirm" })))).toMatchObject({
      ok: false,
    });
    const foreign = await ask({ purpose: "second_step", userId: ben.userId });
    expect(await second(await ben.authenticator.get(foreign))).toMatchObject({ ok: false });
    expect(await second(await ana.authenticator.get(await ask(use)))).toEqual({ ok: true, value: "passkey" });
  });
});

describe("a user's passkeys", () => {
  it("are renamed and removed by their owner only; the recovery codes go with the last one", async ({ expect }) => {
    const [ana, ben] = [await userWithPasskey(), await userWithPasskey()];
    const id = ana.added.ok ? ana.added.value.passkey.id : "";
    const mine = { userId: ana.userId, id };
    const foreign = { userId: ben.userId, id };
    expect(await renamePasskey(deps, { ...foreign, name: "Mine now" })).toMatchObject({ error: { kind: "not_found" } });
    expect(await removePasskey(deps, foreign)).toMatchObject({ error: { kind: "not_found" } });
    expect(await renamePasskey(deps, { ...mine, name: "Phone" })).toMatchObject({ value: { name: "Phone" } });
    expect(await removePasskey(deps, mine)).toMatchObject({ ok: true });
    expect(await factorStateOf(deps.db, ana.userId, HOME.id)).toEqual({ totp: false, passkeys: 0, recoveryCodes: 0 });
    expect(await prove(await ana.authenticator.get(await ask()))).toBeUndefined();
    expect(await deps.db.select().from(passkeys).where(eq(passkeys.userId, ben.userId))).toHaveLength(1);
  });
});
