import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { deadLetters } from "../db/schema";
import { HOUR } from "../lib/time";

/** Counts messages that a queue gave up on. */
export async function countDeadLetters(db: Database, queue: string, messages: number, now: number): Promise<void> {
  const hour = Math.floor(now / HOUR) * HOUR;
  await db
    .insert(deadLetters)
    .values({ queue, hour, messages, lastAt: now })
    .onConflictDoUpdate({
      target: [deadLetters.queue, deadLetters.hour],
      set: { messages: sql`messages + ${messages}`, lastAt: now },
    });
}
