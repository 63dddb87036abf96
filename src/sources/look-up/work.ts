import { and, eq, lte, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { callLookups } from "../../db/schema";
import { HOUR, MINUTE, SECOND } from "../../lib/time";

export type LookUpRow = typeof callLookups.$inferSelect;

const LEASE = 2 * MINUTE;
// The record is there within a minute; a call that goes on is asked about until it has ended.
const DELAYS = [30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE];
const LATER_DELAY = HOUR;

/** Takes look-ups that are due into this turn's hands. The table holds open work only, so it is short. */
export async function claimLookUps(db: Database, now: number, limit: number): Promise<LookUpRow[]> {
  return db
    .update(callLookups)
    .set({ attempts: sql`${callLookups.attempts} + 1`, leaseUntil: now + LEASE })
    .where(
      sql`${callLookups.callId} IN (SELECT call_id FROM call_lookups WHERE due_at <= ${now} AND lease_until <= ${now}
        ORDER BY due_at LIMIT ${limit})`,
    )
    .returning();
}

/** Ends a look-up: answered, or of no use any more. */
export async function endLookUp(db: Database, claimed: LookUpRow): Promise<void> {
  await db.delete(callLookups).where(stillMine(claimed));
}

/** Asks again later; gives up, and says so, when the call's time is over. `retryAfter` in milliseconds. */
export async function postponeLookUp(
  db: Database,
  claimed: LookUpRow,
  retryAfter: number | null,
  now: number,
): Promise<"postponed" | "given_up"> {
  const dueAt = now + Math.max(DELAYS[claimed.attempts - 1] ?? LATER_DELAY, retryAfter ?? 0);
  if (dueAt > claimed.giveUpAt) {
    await endLookUp(db, claimed);
    return "given_up";
  }
  await db.update(callLookups).set({ dueAt, leaseUntil: 0 }).where(stillMine(claimed));
  return "postponed";
}

function stillMine(claimed: LookUpRow) {
  return and(
    eq(callLookups.callId, claimed.callId),
    eq(callLookups.leaseUntil, claimed.leaseUntil),
    lte(callLookups.attempts, claimed.attempts),
  );
}
