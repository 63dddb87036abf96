import type { BatchItem } from "drizzle-orm/batch";
import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import * as schema from "./schema";

export type Database = DrizzleD1Database<typeof schema>;

/** One statement of a batch: made by a core verb, run by whoever composes the batch. */
export type Statement = BatchItem<"sqlite">;

/** The seam for more than one D1: whoever needs one gets it here. */
export function openDatabase(binding: D1Database): Database {
  return drizzle(binding, { schema });
}

/** Runs the statements as one atomic unit, in order, and gives each one's result. D1 has no other transaction. */
export async function runBatch(db: Database, statements: readonly Statement[]): Promise<unknown[]> {
  const [first, ...rest] = statements;
  return first === undefined ? [] : await db.batch([first, ...rest]);
}

/** How many rows a statement of a batch changed. */
export function changesOf(result: unknown): number {
  return (result as D1Result).meta.changes;
}
