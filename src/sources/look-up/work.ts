import { sql, type SQL } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { callLookups } from "../../db/schema";
import { postpone, removeWork, type Work } from "../../db/work";
import { HOUR, MINUTE, SECOND, DAY } from "../../lib/time";
import type { CallKey } from "../../calls";
import { insertRow, type RowWrite } from "../../db/rows";

export type LookUpRow = typeof callLookups.$inferSelect;

/** The table holds open work only, so it is short: the row goes with the work. */
export const lookUpWork: Work<typeof callLookups> = {
  table: callLookups,
  key: ["callId"],
  open: sql`true`,
  lease: 2 * MINUTE,
};

// The record is there within a minute; a call that goes on is asked about until it has ended.
const DELAYS = [30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE];
const LATER_DELAY = HOUR;

/** Ends a look-up: answered, or of no use any more. */
export async function endLookUp(db: Database, claimed: LookUpRow): Promise<void> {
  await runBatch(db, [removeWork(db, lookUpWork, claimed)]);
}

/** Asks again later; gives up, and reports so, when the call's time is over. `retryAfter` in milliseconds. */
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
  await runBatch(db, [postpone(db, lookUpWork, claimed, dueAt)]);
  return "postponed";
}

/** Platforms write a call's record some seconds after its last notice. */
const FIRST_DELAY = 10 * SECOND;

/**
 * The write that asks for a call to be looked up, where `guard` holds; one that is asked for already changes nothing.
 */
export function requestLookUp(
  { id, organizationId, sourceId, externalId }: Pick<CallKey, "id" | "organizationId" | "sourceId" | "externalId">,
  guard: SQL,
  now: number,
): RowWrite {
  const work = { dueAt: now + FIRST_DELAY, attempts: 0, leaseUntil: 0, giveUpAt: now + DAY };
  return insertRow(callLookups, { callId: id, organizationId, sourceId, externalId, ...work }, guard);
}
