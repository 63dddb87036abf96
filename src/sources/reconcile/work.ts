import { sql } from "drizzle-orm";
import { writeRow } from "../../db/rows";
import { runBatch, type Database } from "../../db/client";
import { reconciliations } from "../../db/schema";
import { advanceWork, endWork, postpone, type Work } from "../../db/work";
import { DAY, MINUTE } from "../../lib/time";
import type { ReconciliationRow } from "./reconciliation";

/** Longer than one turn may take. */
const LEASE = 5 * MINUTE;

export const reconciliationWork: Work<typeof reconciliations> = {
  table: reconciliations,
  key: ["organizationId", "sourceId", "id"],
  open: sql`${reconciliations.state} = 'open'`,
  lease: LEASE,
};

// Some platforms are down for hours; one that is down for longer is a failure its owner should see.
const DELAYS = [1, 5, 15, 30, 60, 120, 240].map((minutes) => minutes * MINUTE);

/** Whatever a platform asks for: while one comparison waits, no other is opened. */
const LONGEST_DELAY = DAY;

/** Writes what a page brought and where the next one begins; the claim goes on. A null cursor completes it. */
export async function advanceReconciliation(
  db: Database,
  claimed: ReconciliationRow,
  page: { listed: number; missing: number; cursor: string | null },
  now: number,
): Promise<ReconciliationRow | undefined> {
  const ended = page.cursor === null;
  return advanceWork(db, reconciliationWork, claimed, {
    listed: sql`${reconciliations.listed} + ${page.listed}`,
    missing: sql`${reconciliations.missing} + ${page.missing}`,
    cursor: page.cursor,
    attempts: 1,
    reason: null,
    ...(ended ? { state: "completed" as const, endedAt: now, leaseUntil: 0 } : { leaseUntil: now + LEASE }),
  });
}

/** Lets go of a claim whose work goes on at another turn. */
export async function restReconciliation(db: Database, claimed: ReconciliationRow, now: number): Promise<void> {
  await runBatch(db, [postpone(db, reconciliationWork, claimed, now, { attempts: 0 })]);
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
  await runBatch(db, [postpone(db, reconciliationWork, claimed, dueAt, { reason: failure.reason })]);
}

/** Ends a comparison that cannot be made; the next one begins where this one should have. */
export async function failReconciliation(
  db: Database,
  claimed: ReconciliationRow,
  reason: string,
  now: number,
): Promise<void> {
  const end = { state: "failed" as const, reason, endedAt: now, leaseUntil: 0 };
  await runBatch(db, [writeRow(db, endWork(reconciliationWork, claimed, end))]);
}
