import { and, inArray, isNull, lt, or } from "drizzle-orm";
import type { Database } from "../db/client";
import { apiKeys } from "../db/schema";
import { HOUR } from "../lib/time";

/** How exactly the last use of a key is known, in milliseconds. */
export const USE_KEPT_TO = HOUR;

/** Whether a use at this time is to be written down: at most one an hour is. */
export function isUseDue({ lastUsedAt }: { lastUsedAt: number | null }, now: number): boolean {
  return lastUsedAt === null || lastUsedAt <= now - USE_KEPT_TO;
}

/**
 * Writes when keys were used. It is a hint for people: a use that is lost with its isolate is written at the next.
 * Several requests may write the same hour, so the statement asks again.
 */
export async function noteKeyUse(db: Database, ids: readonly string[], now: number): Promise<void> {
  if (ids.length === 0) return;
  const due = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, now - USE_KEPT_TO + 1));
  await db
    .update(apiKeys)
    .set({ lastUsedAt: now })
    .where(and(inArray(apiKeys.id, [...ids]), due));
}
