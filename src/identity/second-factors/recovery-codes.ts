import { and, eq, sql, type SQL } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../../db/client";
import { recoveryCodes } from "../../db/schema";
import type { DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import type { Act } from "../actor";
import { hashRecoveryCode, newRecoveryCode } from "./recovery-code";
import { hasFactor } from "./state";

const HOW_MANY = 10;

/** Codes that are to be shown once, and the statement that stores their hashes. */
type NewCodes = { codes: string[]; write: Statement };

/** The codes that come with a user's first factor. The statement writes none where the user has codes. */
export async function firstRecoveryCodes(db: Database, userId: string, act: Act): Promise<NewCodes> {
  const none = sql`NOT EXISTS (SELECT 1 FROM ${recoveryCodes} WHERE ${eq(recoveryCodes.userId, userId)})`;
  return makeCodes(db, userId, sql`${none} AND ${hasFactor(userId)}`, act);
}

/** Replaces a user's codes by ten new ones. A user without a second factor has no use for them, and gets none. */
export async function replaceRecoveryCodes(
  { db }: { db: Database },
  userId: string,
  act: Act,
): Promise<Result<string[], DomainError>> {
  const { codes, write } = await makeCodes(db, userId, hasFactor(userId), act);
  const [, written] = await runBatch(db, [db.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId)), write]);
  if (written && written.meta.changes > 0) return ok(codes);
  return err({ kind: "conflict", message: "Recovery codes stand in for a second factor. Set one up first." });
}

/** Whether this is a recovery code of the user. It is then spent: of many at the same time one deletes it. */
export async function spendRecoveryCode(
  { db }: { db: Database },
  { userId, code }: { userId: string; code: string },
): Promise<boolean> {
  const hash = await hashRecoveryCode(userId, code);
  if (hash === undefined) return false;
  const spent = await db
    .delete(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.hash, hash)))
    .returning({ userId: recoveryCodes.userId });
  return spent.length > 0;
}

async function makeCodes(db: Database, userId: string, when: SQL, { now }: Act): Promise<NewCodes> {
  const codes = Array.from({ length: HOW_MANY }, newRecoveryCode);
  const hashes = await Promise.all(codes.map(async (code) => hashRecoveryCode(userId, code)));
  const write = db.run(sql`INSERT INTO ${recoveryCodes} (user_id, hash, created_at)
    SELECT ${userId}, value, ${now} FROM json_each(${JSON.stringify(hashes)}) WHERE ${when}`);
  return { codes, write };
}
