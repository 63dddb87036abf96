import { and, asc, eq, lte, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { reconciliations } from "../../db/schema";
import { DAY, MINUTE } from "../../lib/time";
import { named, type ReconciliationName, type ReconciliationRow } from "./reconciliation";

/** Longer than one turn of the cron may take. */
const LEASE = 5 * MINUTE;
// Some platforms are down for hours; one that is down for longer is a failure its owner should see.
const DELAYS = [1, 5, 15, 30, 60, 120, 240].map((minutes) => minutes * MINUTE);

/** Whatever a platform asks for: while one comparison waits, no other is opened. */
const LONGEST_DELAY = DAY;

/** Takes open comparisons that are due into this turn's hands, the longest due first. */
export async function claimReconciliations(db: Database, now: number, limit: number): Promise<ReconciliationRow[]> {
  const due = await db
    .select({
      organizationId: reconciliations.organizationId,
      sourceId: reconciliations.sourceId,
      id: reconciliations.id,
    })
    .from(reconciliations)
    // Written out, not bound: SQLite uses a partial index only for a literal it can see.
    .where(
      and(
        sql`${reconciliations.state} = 'open'`,
        lte(reconciliations.dueAt, now),
        lte(reconciliations.leaseUntil, now),
      ),
    )
    .orderBy(asc(reconciliations.dueAt))
    .limit(limit);
  const claimed: ReconciliationRow[] = [];
  for (const name of due) {
    const row = await db
      .update(reconciliations)
      .set({ attempts: sql`${reconciliations.attempts} + 1`, leaseUntil: now + LEASE })
      .where(and(named(name), eq(reconciliations.state, "open"), lte(reconciliations.leaseUntil, now)))
      .returning()
      .get();
    if (row) claimed.push(row);
  }
  return claimed;
}

/** Writes what a page brought and where the next one begins; the claim goes on. A null cursor completes it. */
export async function advanceReconciliation(
  db: Database,
  claimed: ReconciliationRow,
  page: { listed: number; missing: number; cursor: string | null },
  now: number,
): Promise<ReconciliationRow | undefined> {
  const ended = page.cursor === null;
  return db
    .update(reconciliations)
    .set({
      listed: sql`${reconciliations.listed} + ${page.listed}`,
      missing: sql`${reconciliations.missing} + ${page.missing}`,
      cursor: page.cursor,
      attempts: 1,
      reason: null,
      ...(ended ? { state: "completed" as const, endedAt: now, leaseUntil: 0 } : { leaseUntil: now + LEASE }),
    })
    .where(stillMine(claimed))
    .returning()
    .get();
}

/** Lets go of a claim whose work goes on at another turn. */
export async function restReconciliation(db: Database, claimed: ReconciliationRow, now: number): Promise<void> {
  await db.update(reconciliations).set({ leaseUntil: 0, dueAt: now, attempts: 0 }).where(stillMine(claimed));
}

/** Puts a comparison off after its platform did not answer, or fails it when that has gone on for too long. */
export async function postponeReconciliation(
  db: Database,
  claimed: ReconciliationRow,
  failure: { reason: string; retryAfter: number | null },
  now: number,
): Promise<void> {
  const delay = DELAYS[claimed.attempts - 1];
  if (delay === undefined) return failReconciliation(db, claimed, failure.reason, now);
  const dueAt = now + Math.min(LONGEST_DELAY, Math.max(delay, failure.retryAfter ?? 0));
  await db.update(reconciliations).set({ dueAt, leaseUntil: 0, reason: failure.reason }).where(stillMine(claimed));
}

/** Ends a comparison that cannot be made; the next one begins where this one should have. */
export async function failReconciliation(
  db: Database,
  claimed: ReconciliationRow,
  reason: string,
  now: number,
): Promise<void> {
  await db
    .update(reconciliations)
    .set({ state: "failed", reason, endedAt: now, leaseUntil: 0 })
    .where(stillMine(claimed));
}

function stillMine(claimed: ReconciliationName & { leaseUntil: number }) {
  return and(named(claimed), eq(reconciliations.state, "open"), eq(reconciliations.leaseUntil, claimed.leaseUntil));
}
