import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import type { Within } from "../identity";
import { calls } from "../db/schema";
import { countable, rangeOf, type IndexedFilter } from "./scan";

/** Counts are exact up to this; beyond it they say that there are more. */
const EXACT = 1_000;

export type CallCount = { calls: number; more: boolean };

/**
 * How many calls the indexed filters select, within the reach of whoever asks. Reads no more of the index than it
 * counts; of several campaigns or operators, the newest calls that one page scans.
 */
export async function countCalls(db: Database, filter: IndexedFilter): Promise<CallCount> {
  const { where, isCut } = countable(rangeOf(filter));
  const counted = await db.get<{ calls: number; cut: number }>(
    sql`SELECT count(*) AS calls, ${isCut} AS cut FROM (SELECT 1 FROM ${calls} WHERE ${where} LIMIT ${EXACT + 1})`,
  );
  return { calls: Math.min(counted.calls, EXACT), more: counted.calls > EXACT || counted.cut === 1 };
}

/** Whether whoever asks reaches any call. */
export async function hasCalls(db: Database, within: Within): Promise<boolean> {
  const { where } = countable(rangeOf(within));
  return (await db.all(sql`SELECT 1 FROM ${calls} WHERE ${where} LIMIT 1`)).length > 0;
}
