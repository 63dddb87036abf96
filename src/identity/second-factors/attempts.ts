import { eq, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { codeAttempts } from "../../db/schema";
import type { DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { HOUR, SECOND } from "../../lib/time";

const WINDOW = HOUR;
const MOST = 10;

/**
 * Counts a code that is about to be checked: ten an hour for a user. It counts before the check, so that fifty at the
 * same time are no more than ten.
 */
export async function countCodeAttempt(db: Database, userId: string, now: number): Promise<Result<void, DomainError>> {
  const over = sql`${codeAttempts.since} <= ${now - WINDOW}`;
  const [row] = await db
    .insert(codeAttempts)
    .values({ userId, since: now, count: 1 })
    .onConflictDoUpdate({
      target: codeAttempts.userId,
      set: {
        since: sql`CASE WHEN ${over} THEN ${now} ELSE ${codeAttempts.since} END`,
        count: sql`CASE WHEN ${over} THEN 1 ELSE ${codeAttempts.count} + 1 END`,
      },
    })
    .returning();
  if (!row || row.count <= MOST) return ok(undefined);
  const retryAfter = Math.max(1, Math.ceil((row.since + WINDOW - now) / SECOND));
  return err({ kind: "too_many", message: "Too many codes were tried. Try again later.", retryAfter });
}

/** Forgets what was tried, once a code was right. */
export async function forgetCodeAttempts(db: Database, userId: string): Promise<void> {
  await db.delete(codeAttempts).where(eq(codeAttempts.userId, userId));
}
