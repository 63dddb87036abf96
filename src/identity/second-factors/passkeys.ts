import { and, desc, eq } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { passkeys } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { forgetCodesOfNoFactor } from "./state";

export type PasskeyRow = typeof passkeys.$inferSelect;

/** A user's passkeys, newest first: few, because there is a limit. */
export async function listPasskeys({ db }: { db: Database }, userId: string): Promise<PasskeyRow[]> {
  return db.select().from(passkeys).where(eq(passkeys.userId, userId)).orderBy(desc(passkeys.id));
}

/** Gives a user's passkey another name. */
export async function renamePasskey(
  { db }: { db: Database },
  { userId, id, name }: { userId: string; id: string; name: string },
): Promise<Result<PasskeyRow, DomainError>> {
  const [row] = await db.update(passkeys).set({ name }).where(mine(userId, id)).returning();
  return row ? ok(row) : err(notFound("passkey"));
}

/** Removes a user's passkey, and with their last factor the recovery codes. */
export async function removePasskey(
  { db }: { db: Database },
  { userId, id }: { userId: string; id: string },
): Promise<Result<void, DomainError>> {
  const [removed] = await runBatch(db, [
    db.delete(passkeys).where(mine(userId, id)),
    forgetCodesOfNoFactor(db, userId),
  ]);
  return changesOf(removed) > 0 ? ok(undefined) : err(notFound("passkey"));
}

function mine(userId: string, id: string) {
  return and(eq(passkeys.userId, userId), eq(passkeys.id, id));
}
