import { and, eq, isNotNull, isNull, lt } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { contextOf } from "../../db/sealed-places";
import { userTotp } from "../../db/schema";
import { invalid, notFound, type DomainError } from "../../errors";
import { toBase32 } from "../../lib/base32";
import { fromHex, toHex } from "../../lib/hmac";
import { err, ok, type Result } from "../../lib/result";
import { seal, unseal, type MasterKeys } from "../../lib/seal";
import type { Act } from "../actor";
import { firstRecoveryCodes } from "./recovery-codes";
import { forgetCodesOfNoFactor } from "./state";
import { readTotpCode, totpStepOf } from "./totp-code";

const SECRET_BYTES = 20;
const ISSUER = "Trunkline";

type TotpDeps = { db: Database; masterKeys: MasterKeys };

/** What an authenticator app is given: the key in base 32, and the same as a link that the app opens or scans. */
export type TotpKey = { key: string; url: string };

/**
 * Gives a user a new key for an authenticator app. It counts once a first code confirmed it; until then it may be asked
 * for again. `account` is what the app shows beside the code.
 */
export async function beginTotp(
  { db, masterKeys }: TotpDeps,
  { userId, account }: { userId: string; account: string },
  { now }: Act,
): Promise<Result<TotpKey, DomainError>> {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const secret = await seal(masterKeys, contextOf("user_totp.secret", userId), toHex(bytes));
  const row = { userId, secret, totpStep: 0, createdAt: now, confirmedAt: null };
  const begun = await db
    .insert(userTotp)
    .values(row)
    .onConflictDoUpdate({ target: userTotp.userId, set: row, setWhere: isNull(userTotp.confirmedAt) })
    .returning({ userId: userTotp.userId });
  if (begun.length === 0) return err(conflict("An authenticator app is set up already. Remove it first."));
  return ok(keyOf(bytes, account));
}

/** The key of an app that is not confirmed yet, so that a wrong first code is no reason for another key. */
export async function pendingTotpKey(
  { db, masterKeys }: TotpDeps,
  { userId, account }: { userId: string; account: string },
): Promise<Result<TotpKey, DomainError>> {
  const pending = and(eq(userTotp.userId, userId), isNull(userTotp.confirmedAt));
  const row = await db.select().from(userTotp).where(pending).get();
  return row ? ok(keyOf(await openKey(masterKeys, row), account)) : err(notFound("authenticator app to confirm"));
}

/**
 * Confirms the app by its first code, which is thereby spent. Recovery codes come with a user's first factor: they are in
 * this answer and never again.
 */
export async function confirmTotp(
  { db, masterKeys }: TotpDeps,
  { userId, code }: { userId: string; code: string },
  act: Act,
): Promise<Result<{ recoveryCodes: string[] | undefined }, DomainError>> {
  const row = await db.select().from(userTotp).where(eq(userTotp.userId, userId)).get();
  if (!row) return err(notFound("authenticator app to confirm"));
  if (row.confirmedAt !== null) return err(conflict("The authenticator app is confirmed already."));
  const step = await stepOf(masterKeys, row, code, act.now);
  if (step === undefined) return err(invalid("code", "is not the app's present code"));
  const sameKey = and(eq(userTotp.userId, userId), eq(userTotp.secret, row.secret), isNull(userTotp.confirmedAt));
  const codes = await firstRecoveryCodes(db, userId, act);
  const [confirmed, first] = await runBatch(db, [
    db.update(userTotp).set({ confirmedAt: act.now, totpStep: step }).where(sameKey),
    codes.write,
  ]);
  if (changesOf(confirmed) === 0) return err(conflict("The authenticator app was changed at the same time."));
  return ok({ recoveryCodes: changesOf(first) > 0 ? codes.codes : undefined });
}

/**
 * Whether this is a code of the user's app that was not used yet: it is then spent, with all before it. Of many at the
 * same time one is accepted, because the statement compares.
 */
export async function spendTotpCode(
  { db, masterKeys }: TotpDeps,
  { userId, code }: { userId: string; code: string },
  now: number,
): Promise<boolean> {
  const row = await db
    .select()
    .from(userTotp)
    .where(and(eq(userTotp.userId, userId), isNotNull(userTotp.confirmedAt)))
    .get();
  const step = row && (await stepOf(masterKeys, row, code, now));
  if (!row || step === undefined) return false;
  const spent = await db
    .update(userTotp)
    .set({ totpStep: step })
    .where(and(eq(userTotp.userId, userId), eq(userTotp.secret, row.secret), lt(userTotp.totpStep, step)))
    .returning({ userId: userTotp.userId });
  return spent.length > 0;
}

/** Whether a user has an app, and since when it counts. */
export async function totpStateOf(
  { db }: { db: Database },
  userId: string,
): Promise<{ state: "none" | "pending" | "confirmed"; confirmedAt: number | null }> {
  const row = await db.select().from(userTotp).where(eq(userTotp.userId, userId)).get();
  const confirmedAt = row?.confirmedAt ?? null;
  return { state: row ? (confirmedAt === null ? "pending" : "confirmed") : "none", confirmedAt };
}

/** Removes the app, and with a user's last factor the recovery codes. */
export async function removeTotp({ db }: { db: Database }, userId: string): Promise<Result<void, DomainError>> {
  const [removed] = await runBatch(db, [
    db.delete(userTotp).where(eq(userTotp.userId, userId)),
    forgetCodesOfNoFactor(db, userId),
  ]);
  return changesOf(removed) > 0 ? ok(undefined) : err(notFound("authenticator app"));
}

async function stepOf(
  masterKeys: MasterKeys,
  { userId, secret }: Pick<typeof userTotp.$inferSelect, "userId" | "secret">,
  text: string,
  now: number,
): Promise<number | undefined> {
  const code = readTotpCode(text);
  if (code === undefined) return undefined;
  return totpStepOf(await openKey(masterKeys, { userId, secret }), code, now);
}

async function openKey(
  masterKeys: MasterKeys,
  { userId, secret }: Pick<typeof userTotp.$inferSelect, "userId" | "secret">,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = fromHex(await unseal(masterKeys, contextOf("user_totp.secret", userId), secret));
  if (!bytes) throw new Error(`the key of ${userId}'s authenticator app is unreadable`);
  return bytes;
}

function keyOf(bytes: Uint8Array<ArrayBuffer>, account: string): TotpKey {
  const key = toBase32(bytes);
  const label = `${encodeURIComponent(ISSUER)}:${encodeURIComponent(account)}`;
  return { key, url: `otpauth://totp/${label}?secret=${key}&issuer=${encodeURIComponent(ISSUER)}` };
}

function conflict(message: string): DomainError {
  return { kind: "conflict", message };
}
