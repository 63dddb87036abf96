import { and, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { calls } from "../db/schema";
import { byIndex, type IndexedFilter } from "./scan";

/** Counts are exact up to this; beyond it they say that there are more. */
const EXACT = 1_000;

export type CallCount = { calls: number; more: boolean };

/** How many calls the indexed filters select. Reads no more of the index than it counts. */
export async function countCalls(db: Database, filter: IndexedFilter): Promise<CallCount> {
  const counted = await db.get<{ calls: number }>(
    sql`SELECT count(*) AS calls FROM (SELECT 1 FROM ${calls} WHERE ${and(byIndex(filter))} LIMIT ${EXACT + 1})`,
  );
  return { calls: Math.min(counted.calls, EXACT), more: counted.calls > EXACT };
}
