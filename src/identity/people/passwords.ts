import { and, eq, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database, type Statement } from "../../db/client";
import { passwordResets, secondSteps, users } from "../../db/schema";
import { invalid, notFound, type DomainError } from "../../errors";
import { sha256Hex, toBase64Url } from "../../lib/hmac";
import { err, ok, type Result } from "../../lib/result";
import { MINUTE } from "../../lib/time";
import type { Act } from "../actor";
import { auditedDatabase } from "../audit";
import { recordFailedProof } from "../failed-proofs";
import { hashPassword, isPassword } from "./password";
import { forgetBrowsers } from "./remembered-browser";
import { endSessions } from "./sessions";
import { countAttempt, countedFor } from "./sign-in-attempts";
import { findUser, type UserRow } from "./users";

const LINK_LIFETIME = 30 * MINUTE;
const TOKEN_BYTES = 32;
const MOST_RESETS = 3;

/**
 * Replaces the password of someone who knows the present one. Other sessions end, and so do reset links and sign-ins that
 * are half done.
 */
export async function changePassword(
  { db }: { db: Database },
  input: { userId: string; present: string; next: string; sessionHash: string; address: string | null },
  { now }: Act,
): Promise<Result<void, DomainError>> {
  const { userId, present, next, sessionHash, address } = input;
  const proven = await provePassword({ db }, { userId, password: present, address }, now);
  if (!proven.ok)
    return proven.error.kind === "too_many" ? proven : err(invalid("current_password", "is not your password"));
  const passwordHash = await hashPassword(next);
  await runBatch(db, [
    db.update(users).set({ passwordHash }).where(eq(users.id, userId)),
    ...endWhatThePasswordOpened(db, userId, sessionHash),
  ]);
  return ok(undefined);
}

/**
 * Whether this is the person's password: they prove again who they are. Tries are counted first, and what is refused is in
 * the audit log.
 */
export async function provePassword(
  { db }: { db: Database },
  { userId, password, address }: { userId: string; password: string; address: string | null },
  now: number,
): Promise<Result<void, DomainError>> {
  const allowed = await countAttempt(db, countedFor("password", userId, address), now);
  const failed = { at: "confirmation", tried: { userId }, address } as const;
  if (!allowed.ok) {
    await recordFailedProof(db, { ...failed, reason: "too_many" }, now);
    return allowed;
  }
  const user = await db.select().from(users).where(eq(users.id, userId)).get();
  if (await isPassword(password, user?.passwordHash ?? null)) return ok(undefined);
  await recordFailedProof(db, { ...failed, reason: "wrong_password" }, now);
  return err({ kind: "unauthenticated", message: "The password is wrong." });
}

/**
 * Whether a link may be asked for once more: three in a quarter of an hour for an account, counted whether it exists or
 * not.
 */
export function countResetRequest(
  { db }: { db: Database },
  { email, address }: { email: string; address: string | null },
  now: number,
): Promise<Result<void, DomainError>> {
  return countAttempt(db, countedFor("reset", email, address, MOST_RESETS), now);
}

/** A letter with a link by which a password is replaced. `locale`: the language that its person chose. */
export type ResetLetter = { email: string; locale: string | null; link: string };

/**
 * Sends a link to who has the address, and nothing where no one does. It is work of another length then, so it is done
 * behind an answer that is the same for everyone.
 */
export async function mailPasswordReset(
  { db, publicUrl, send }: { db: Database; publicUrl: string; send(letter: ResetLetter): Promise<void> },
  email: string,
  now: number,
): Promise<void> {
  const made = await makeResetToken({ db }, email, now);
  if (!made) return;
  const { user, token } = made;
  await send({ email: user.email, locale: user.locale, link: `${publicUrl}/reset-password/${token}` });
}

/** Makes a reset token for an account, without a limit: the admin's way. */
export async function makeResetToken(
  { db }: { db: Database },
  email: string,
  now: number,
): Promise<{ user: UserRow; token: string } | undefined> {
  const user = await findUser(db, email);
  if (!user) return undefined;
  const token = toBase64Url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
  await runBatch(db, [
    db.delete(passwordResets).where(sql`expires_at <= ${now}`),
    db.insert(passwordResets).values({
      hash: await sha256Hex(token),
      userId: user.id,
      createdAt: now,
      expiresAt: now + LINK_LIFETIME,
    }),
  ]);
  return { user, token };
}

/** Whether a reset link still works. */
export async function isResetOpen(db: Database, token: string, now: number): Promise<boolean> {
  const good = await open(token, now);
  return (await db.select({ hash: passwordResets.hash }).from(passwordResets).where(good).get()) !== undefined;
}

/**
 * Sets the password by a reset link: once. The link is spent in the batch that sets the password, so of two at the same
 * time the second finds none. All sessions end; a second factor is asked for as before. Tries are counted by address
 * first, and a link that is none costs the same hash.
 */
export async function resetPassword(
  { db }: { db: Database },
  { token, password, ...from }: { token: string; password: string; address: string | null; requestId?: string },
  now: number,
): Promise<Result<void, DomainError>> {
  const allowed = await countAttempt(db, countedFor("reset link", "", from.address), now);
  if (!allowed.ok) return allowed;
  return spendResetLink({ db }, { token, passwordHash: await hashPassword(password), ...from }, now);
}

/** The part of `resetPassword` that is one of many at the same time. */
export async function spendResetLink(
  { db }: { db: Database },
  { token, passwordHash, ...from }: { token: string; passwordHash: string; address: string | null; requestId?: string },
  now: number,
): Promise<Result<void, DomainError>> {
  const good = await open(token, now);
  const link = await db.select().from(passwordResets).where(good).get();
  if (!link) return err(notFound("reset link, or it is over"));
  const { userId } = link;
  // Whoever has the link is the person, as far as can be known.
  const theirs = auditedDatabase(db, { actor: { kind: "user", id: userId }, now, ...from });
  const [set] = await runBatch(theirs, [
    theirs
      .update(users)
      .set({ passwordHash })
      .where(and(eq(users.id, userId), sql`EXISTS (SELECT 1 FROM ${passwordResets} WHERE ${good})`)),
    ...endWhatThePasswordOpened(theirs, userId),
  ]);
  return changesOf(set) > 0 ? ok(undefined) : err(notFound("reset link, or it is over"));
}

/** What the former password opened or could open: other sessions, links to replace it, sign-ins that are half done. */
function endWhatThePasswordOpened(db: Database, userId: string, sessionHash?: string): Statement[] {
  return [
    db.delete(passwordResets).where(eq(passwordResets.userId, userId)),
    db.delete(secondSteps).where(eq(secondSteps.userId, userId)),
    endSessions(db, userId, sessionHash),
    forgetBrowsers(db, userId),
  ];
}

async function open(token: string, now: number) {
  return and(eq(passwordResets.hash, await sha256Hex(token)), sql`${passwordResets.expiresAt} > ${now}`);
}
