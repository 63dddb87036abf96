import type { reconciliations } from "../../db/schema";
import { HOUR, MINUTE } from "../../lib/time";

export type ReconciliationRow = typeof reconciliations.$inferSelect;

/** How often a platform's list is compared with ours. */
export const EVERY = HOUR;

/** A call that ended a moment ago may still be on its way here: only calls that began before this are looked for. */
export const SETTLING = 30 * MINUTE;

/**
 * How far before its span a comparison looks again: a call still going on at the last one has ended by now, if it was
 * no longer than the finalizer gives any call. Of these calls only the missing ones are counted, the others were
 * before.
 */
export const OVERLAP = 4 * HOUR;
