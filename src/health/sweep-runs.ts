import { eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { sweepRuns } from "../db/schema";

const NAME = "sweep";

/** Notes that a sweep begins. */
export async function noteSweepBegan(db: Database, now: number): Promise<void> {
  const row = { name: NAME, beganAt: now, endedAt: null, failed: 0 };
  await db.insert(sweepRuns).values(row).onConflictDoUpdate({ target: sweepRuns.name, set: row });
}

/** Notes that a sweep ended, and how many of its parts failed. */
export async function noteSweepEnded(db: Database, failed: number, now: number): Promise<void> {
  await db.update(sweepRuns).set({ endedAt: now, failed }).where(eq(sweepRuns.name, NAME));
}

/** When a sweep last began; null where none ever did. */
export async function lastSweepAt(db: Database): Promise<number | null> {
  const row = await db.select({ beganAt: sweepRuns.beganAt }).from(sweepRuns).where(eq(sweepRuns.name, NAME)).get();
  return row?.beganAt ?? null;
}
