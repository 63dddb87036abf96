import { inArray } from "drizzle-orm";
import type { Database } from "../db/client";
import { erasedCalls } from "../db/schema";
import { valueList } from "../db/value-list";

/** Those of the calls that were erased, or are being erased: no late notice brings one back. */
export async function erasedAmong(db: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .select({ callId: erasedCalls.callId })
    .from(erasedCalls)
    .where(inArray(erasedCalls.callId, valueList(ids)));
  return new Set(rows.map(({ callId }) => callId));
}
