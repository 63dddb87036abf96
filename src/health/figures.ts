import { eq, gt, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { analyses, deadLetters, events, pendingStreams, recordings, sweepRuns, undelivered } from "../db/schema";
import { DAY, MINUTE } from "../lib/time";

/**
 * `dead_letters`: messages that queues gave up on, in 24 hours. The others are in milliseconds: how old the oldest event
 * is that was not handed over, how long the oldest work has been due, and how long ago the last sweep began.
 */
export const FIGURES = ["dead_letters", "oldest_undrained_event", "oldest_due_work", "sweep_lag"] as const;

export type FigureName = (typeof FIGURES)[number];
export type Figures = Record<FigureName, number>;

/** A figure above its threshold needs the admin. */
export const THRESHOLDS: Figures = {
  dead_letters: 0,
  oldest_undrained_event: 5 * MINUTE,
  oldest_due_work: 30 * MINUTE,
  sweep_lag: 5 * MINUTE,
};

/** Marks that are looked at for the oldest event. */
const MOST_STREAMS = 1_000;

/** The figures of the deployment: a few statements, each by an index or over a small table. */
export async function readFigures(db: Database, now: number): Promise<Figures> {
  const oldest = sql<number | null>`min(due_at)`;
  const [dead, undrained, fetching, analysing, waiting, sweep] = await db.batch([
    db
      .select({ messages: sql<number>`coalesce(sum(${deadLetters.messages}), 0)` })
      .from(deadLetters)
      .where(gt(deadLetters.hour, now - DAY)),
    db.select({ at: sql<number | null>`min(${events.recordedAt})` }).from(
      sql`(SELECT stream, from_seq FROM ${pendingStreams} ORDER BY since LIMIT ${MOST_STREAMS}) AS marked
          JOIN ${events} ON ${events.stream} = marked.stream AND ${events.seq} = marked.from_seq`,
    ),
    db
      .select({ at: oldest })
      .from(recordings)
      .where(sql`state = 'pending'`),
    db
      .select({ at: oldest })
      .from(analyses)
      .where(sql`state = 'pending'`),
    db.select({ at: oldest }).from(undelivered),
    db.select({ at: sweepRuns.beganAt }).from(sweepRuns).where(eq(sweepRuns.name, "sweep")),
  ]);
  const age = (at: number | null | undefined) => (typeof at === "number" ? Math.max(0, now - at) : 0);
  return {
    dead_letters: dead[0]?.messages ?? 0,
    oldest_undrained_event: age(undrained[0]?.at),
    oldest_due_work: Math.max(age(fetching[0]?.at), age(analysing[0]?.at), age(waiting[0]?.at)),
    sweep_lag: age(sweep[0]?.at),
  };
}

export function isBeyond(name: FigureName, value: number): boolean {
  return value > THRESHOLDS[name];
}
