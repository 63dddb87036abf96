import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { recoveryCodes, userTotp } from "../../../src/db/schema";
import {
  beginTotp,
  confirmTotp,
  factorStateOf,
  proveFactor,
  removeTotp,
  replaceRecoveryCodes,
  secondFactorsIn,
  systemAct,
  totpCode,
  totpStepAt,
  type FactorProof,
} from "../../../src/identity";
import { contextOf } from "../../../src/db/sealed-places";
import { fromHex } from "../../../src/lib/hmac";
import { newId } from "../../../src/lib/id";
import { unseal } from "../../../src/lib/seal";
import { ACT_AT_NOON, NOON, openDatabase, TEST_MASTER_KEYS } from "../../factories";

const deps = { db: openDatabase(env.DB), masterKeys: TEST_MASTER_KEYS };
const STEP = 30_000;

/** The key of a user's app, as the app has it. */
async function secretOf(userId: string) {
  const row = await deps.db.select().from(userTotp).where(eq(userTotp.userId, userId)).get();
  return (
    fromHex(await unseal(TEST_MASTER_KEYS, contextOf("user_totp.secret", userId), row?.secret ?? "")) ??
    new Uint8Array()
  );
}

const codeAt = async (userId: string, at: number) => totpCode(await secretOf(userId), totpStepAt(at));

/** A user whose app was confirmed two steps before noon, so that no code around noon is spent. */
async function userWithApp() {
  const userId = newId("usr", NOON);
  await beginTotp(deps, { userId, account: "ana@acme.example" }, ACT_AT_NOON);
  const at = NOON - 2 * STEP;
  const confirmed = await confirmTotp(deps, { userId, code: await codeAt(userId, at) }, systemAct(at));
  return { userId, codes: confirmed.ok ? (confirmed.value.recoveryCodes ?? []) : [] };
}

const prove = (userId: string, proof: FactorProof, now = NOON) =>
  proveFactor(deps, { userId, proof, purpose: "second_step", address: null }, undefined, now);

const accepted = (results: { ok: boolean }[]) => results.filter(({ ok }) => ok).length;

describe("an authenticator app", () => {
  it("is given its key once, which is stored sealed", async ({ expect }) => {
    const userId = newId("usr", NOON);
    const begun = await beginTotp(deps, { userId, account: "ana maria@acme.example" }, ACT_AT_NOON);
    const { key, url } = begun.ok ? begun.value : { key: "", url: "" };
    expect(key).toMatch(/^[A-Z2-7]{32}$/);
    expect(url).toBe(`otpauth://totp/Trunkline:ana%20maria%40acme.example?secret=${key}&issuer=Trunkline`);
    const row = await deps.db.select().from(userTotp).where(eq(userTotp.userId, userId)).get();
    expect(row).toMatchObject({ confirmedAt: null, secret: expect.stringMatching(/^v1\./) });
    expect(JSON.stringify(row)).not.toContain(key);
  });

  it("is asked for nothing before a first code confirmed it, and may be begun again until then", async ({ expect }) => {
    const userId = newId("usr", NOON);
    await beginTotp(deps, { userId, account: "a" }, ACT_AT_NOON);
    const former = await codeAt(userId, NOON);
    expect(secondFactorsIn(await factorStateOf(deps.db, userId, "localhost"))).toEqual([]);
    expect(await prove(userId, { totp: former })).toMatchObject({ ok: false });

    await beginTotp(deps, { userId, account: "a" }, ACT_AT_NOON);
    const present = await codeAt(userId, NOON);
    expect(await confirmTotp(deps, { userId, code: former }, ACT_AT_NOON)).toMatchObject({ ok: former === present });
    expect(await confirmTotp(deps, { userId, code: present }, ACT_AT_NOON)).toMatchObject({ ok: true });
    expect(secondFactorsIn(await factorStateOf(deps.db, userId, "localhost"))).toEqual(["totp", "recovery_code"]);
    expect(await beginTotp(deps, { userId, account: "a" }, ACT_AT_NOON)).toMatchObject({ error: { kind: "conflict" } });
  });

  it("has spent the code that confirmed it", async ({ expect }) => {
    const { userId } = await userWithApp();
    expect(await prove(userId, { totp: await codeAt(userId, NOON - 2 * STEP) }, NOON - 2 * STEP)).toMatchObject({
      error: { kind: "unauthenticated" },
    });
  });

  it("may be a step slow or fast, and each code works once", async ({ expect }) => {
    for (const drift of [-STEP, 0, STEP]) {
      const { userId } = await userWithApp();
      const code = await codeAt(userId, NOON + drift);
      expect(await prove(userId, { totp: code })).toEqual({ ok: true, value: "totp" });
      for (const now of [NOON, NOON + STEP, NOON - STEP])
        expect(await prove(userId, { totp: code }, now)).toMatchObject({ error: { kind: "unauthenticated" } });
    }
    for (const drift of [-2 * STEP, 2 * STEP]) {
      const { userId } = await userWithApp();
      expect(await prove(userId, { totp: await codeAt(userId, NOON + drift) })).toMatchObject({ ok: false });
    }
  });

  it("does not go back to a code before the last", async ({ expect }) => {
    const { userId } = await userWithApp();
    expect(await prove(userId, { totp: await codeAt(userId, NOON + STEP) })).toMatchObject({ ok: true });
    expect(await prove(userId, { totp: await codeAt(userId, NOON) })).toMatchObject({ ok: false });
    expect(await prove(userId, { totp: await codeAt(userId, NOON - STEP) })).toMatchObject({ ok: false });
  });

  it("proves one of fifty tries at the same time", async ({ expect }) => {
    const { userId } = await userWithApp();
    const code = await codeAt(userId, NOON);
    const tries = await Promise.all(Array.from({ length: 50 }, () => prove(userId, { totp: code })));
    expect(accepted(tries)).toBe(1);
  });

  it("proves its own user only", async ({ expect }) => {
    const [one, other] = [await userWithApp(), await userWithApp()];
    expect(await prove(other.userId, { totp: await codeAt(one.userId, NOON) })).toMatchObject({ ok: false });
  });

  it("takes ten wrong codes an hour: then a right one is refused too, until the hour is over", async ({ expect }) => {
    const { userId } = await userWithApp();
    const right = await codeAt(userId, NOON);
    const wrong = String((Number(right) + 500_000) % 1_000_000).padStart(6, "0");
    const tries = await Promise.all(Array.from({ length: 50 }, () => prove(userId, { totp: wrong })));
    const kinds = tries.map((one) => (one.ok ? "accepted" : one.error.kind));
    expect(kinds.filter((kind) => kind === "unauthenticated")).toHaveLength(10);
    expect(kinds.filter((kind) => kind === "too_many")).toHaveLength(40);
    expect(await prove(userId, { totp: right })).toMatchObject({ error: { kind: "too_many", retryAfter: 3600 } });
    const later = NOON + 3_600_000;
    expect(await prove(userId, { totp: await codeAt(userId, later) }, later)).toMatchObject({ ok: true });
  });

  it("starts the count anew after a right code", async ({ expect }) => {
    const { userId } = await userWithApp();
    for (let step = 0; step < 4; step += 1) {
      for (let at = 0; at < 9; at += 1) await prove(userId, { totp: "no code" }, NOON + step * STEP);
      const now = NOON + step * STEP;
      expect(await prove(userId, { totp: await codeAt(userId, now) }, now)).toMatchObject({ ok: true });
    }
  });
});

describe("recovery codes", () => {
  it("come with the first factor: ten, of which only hashes are stored", async ({ expect }) => {
    const { userId, codes } = await userWithApp();
    expect(codes).toHaveLength(10);
    const rows = await deps.db.select().from(recoveryCodes).where(eq(recoveryCodes.userId, userId));
    expect(rows).toHaveLength(10);
    for (const code of codes) expect(JSON.stringify(rows)).not.toContain(code);
  });

  it("work once each, also under fifty tries at the same time", async ({ expect }) => {
    const { userId, codes } = await userWithApp();
    const [first = "", second = ""] = codes;
    const tries = await Promise.all(Array.from({ length: 50 }, () => prove(userId, { recoveryCode: first })));
    expect(accepted(tries)).toBe(1);
    const later = NOON + 3_600_000;
    expect(await prove(userId, { recoveryCode: first }, later)).toMatchObject({ error: { kind: "unauthenticated" } });
    expect(await prove(userId, { recoveryCode: second }, later)).toEqual({ ok: true, value: "recovery_code" });
    expect((await factorStateOf(deps.db, userId, undefined)).recoveryCodes).toBe(8);
  });

  it("work for their own user only", async ({ expect }) => {
    const [one, other] = [await userWithApp(), await userWithApp()];
    expect(await prove(other.userId, { recoveryCode: one.codes[0] ?? "" })).toMatchObject({ ok: false });
  });

  it("are all dead once there are new ones", async ({ expect }) => {
    const { userId, codes } = await userWithApp();
    const fresh = await replaceRecoveryCodes(deps, userId, ACT_AT_NOON);
    expect(await prove(userId, { recoveryCode: codes[0] ?? "" })).toMatchObject({ ok: false });
    const [first = ""] = fresh.ok ? fresh.value : [];
    expect(await prove(userId, { recoveryCode: first })).toMatchObject({ ok: true });
  });

  it("are for people with a second factor, and go with the last one", async ({ expect }) => {
    const { userId, codes } = await userWithApp();
    expect(await removeTotp(deps, userId)).toMatchObject({ ok: true });
    expect(await factorStateOf(deps.db, userId, undefined)).toEqual({ totp: false, passkeys: 0, recoveryCodes: 0 });
    expect(await prove(userId, { recoveryCode: codes[0] ?? "" })).toMatchObject({ ok: false });
    expect(await replaceRecoveryCodes(deps, userId, ACT_AT_NOON)).toMatchObject({ error: { kind: "conflict" } });
    expect(await removeTotp(deps, userId)).toMatchObject({ error: { kind: "not_found" } });
  });
});
