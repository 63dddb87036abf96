import { sql } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../db/client";
import { usageDays, usageEngines, usageMarks } from "../db/schema";
import { DAY } from "../lib/time";
import { isSampleSource } from "../sources";

/** Statements of others that count a day anew. */
export type AlsoCount = (db: Database, organizationId: string, day: number) => Promise<Statement[]>;

/**
 * Counts the marked days of organizations anew, from their rows, at most `limit` of them, the newest first. A day's
 * counters, and those that `also` counts, are replaced and its mark deleted in one batch: a change in between marks it
 * again. Gives how many it counted.
 */
export async function countDays(db: Database, limit: number, also?: AlsoCount): Promise<number> {
  const marked = await db
    .select()
    .from(usageMarks)
    .orderBy(sql`day DESC`)
    .limit(limit);
  for (const { organizationId, day } of marked)
    await runBatch(db, [...((await also?.(db, organizationId, day)) ?? []), ...countDay(db, organizationId, day)]);
  return marked.length;
}

function countDay(db: Database, organizationId: string, day: number): Statement[] {
  const isIts = sql`organization_id = ${organizationId} AND day = ${day}`;
  const ofDay = sql`calls.organization_id = ${organizationId}
    AND calls.started_at >= ${day * DAY} AND calls.started_at < ${(day + 1) * DAY}
    AND NOT ${isSampleSource(sql`calls.source_id`)}`;
  const campaign = sql`coalesce(calls.campaign_id, '')`;
  const parts = (value: string) =>
    sql`coalesce(sum((SELECT ${sql.raw(value)} FROM recordings
      WHERE recordings.call_id = calls.id AND recordings.state = 'completed')), 0)`;
  const heard = sql`iif(json_valid(findings), CAST(round(coalesce(findings ->> '$.durationSeconds', 0) * 1000) AS INTEGER), 0)`;
  // One with an engine at work again is pending, and has ended once.
  const isHeard = sql`(analyses.state = 'completed' OR analyses.state = 'pending' AND analyses.completed_at IS NOT NULL)`;
  return [
    db.run(sql`DELETE FROM ${usageDays} WHERE ${isIts}`),
    db.run(sql`DELETE FROM ${usageEngines} WHERE ${isIts}`),
    db.run(sql`
      INSERT INTO ${usageDays} (organization_id, day, campaign_id, calls, recordings, bytes)
      SELECT ${organizationId}, ${day}, ${campaign}, count(*), ${parts("count(*)")}, ${parts("sum(size)")}
      FROM calls WHERE ${ofDay} GROUP BY 3`),
    db.run(sql`
      INSERT INTO ${usageEngines} (organization_id, day, campaign_id, engine, analyses, audio_ms)
      SELECT ${organizationId}, ${day}, ${campaign}, analyses.engine, count(*), sum(${heard})
      FROM calls CROSS JOIN analyses ON analyses.call_id = calls.id AND ${isHeard}
      WHERE ${ofDay} GROUP BY 3, 4`),
    // The other engines, which count what they were sent.
    db.run(sql`
      INSERT INTO ${usageEngines} (organization_id, day, campaign_id, engine, analyses, audio_ms)
      SELECT ${organizationId}, ${day}, ${campaign}, run.value ->> 'engine', count(*), sum(coalesce(run.value ->> 'audioMs', 0))
      FROM calls CROSS JOIN analyses ON analyses.call_id = calls.id AND ${isHeard}
      CROSS JOIN json_each(analyses.engines) AS run ON run.value ->> 'state' = 'completed'
      WHERE ${ofDay} GROUP BY 3, 4`),
    db.run(sql`DELETE FROM ${usageMarks} WHERE ${isIts}`),
  ];
}
