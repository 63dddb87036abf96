import { sql } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../db/client";
import { retentionRules, usageDays, usageEngines, usageMarks } from "../db/schema";
import { valueList } from "../db/value-list";
import { DAY } from "../lib/time";
import { isSampleSource } from "../sources";

/** Statements of others that count a day anew. */
export type AlsoCount = (db: Database, organizationId: string, day: number) => Promise<Statement[]>;

/**
 * Counts the marked days of organizations anew, from their rows, at most `limit` of them, the newest first. A day's
 * counters, and those that `also` counts, are replaced and its mark deleted in one batch: a change in between marks it
 * again. Of a day that a retention clock has come to, what was used is lowered no more but for its stored bytes: what it
 * took was used. Gives how many it counted.
 */
export async function countDays(
  db: Database,
  limit: number,
  also?: AlsoCount,
  now: number = Date.now(),
): Promise<number> {
  const marked = await db
    .select()
    .from(usageMarks)
    .orderBy(sql`day DESC`)
    .limit(limit);
  const shortest = await shortestClocks(db, [...new Set(marked.map(({ organizationId }) => organizationId))]);
  for (const { organizationId, day } of marked) {
    const hasRunOut = (day + (shortest.get(organizationId) ?? Infinity)) * DAY < now;
    const counts = countDay(db, { organizationId, day, hasRunOut });
    await runBatch(db, [...((await also?.(db, organizationId, day)) ?? []), ...counts]);
  }
  return marked.length;
}

/** The days after which the first retention clock takes from organizations what is counted; of those that have one. */
async function shortestClocks(db: Database, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.all<{ id: string; days: number | null }>(sql`
    SELECT organization_id AS id, min(clock.value) AS days
    FROM ${retentionRules}, json_each(${retentionRules.clocks}) AS clock
    WHERE organization_id IN ${valueList(ids)} AND clock.key IN ('findings', 'metadata') AND clock.value IS NOT NULL
    GROUP BY 1`);
  return new Map(rows.flatMap(({ id, days }) => (days === null ? [] : [[id, days]])));
}

type Counting = { organizationId: string; day: number; hasRunOut: boolean };

function countDay(db: Database, { organizationId, day, hasRunOut }: Counting): Statement[] {
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
  const isDone = sql`(${isHeard} AND run.value ->> 'state' = 'completed')`;
  const most = (names: string[]) => sql.raw(names.map((name) => `${name} = max(${name}, excluded.${name})`).join(", "));
  const days = sql`ON CONFLICT DO UPDATE SET bytes = excluded.bytes, ${most(["calls", "recordings"])}`;
  const engines = sql`ON CONFLICT DO UPDATE SET ${most(["analyses", "audio_ms", "micros"])}`;
  const emptied = hasRunOut
    ? [db.run(sql`UPDATE ${usageDays} SET bytes = 0 WHERE ${isIts}`)]
    : [db.run(sql`DELETE FROM ${usageDays} WHERE ${isIts}`), db.run(sql`DELETE FROM ${usageEngines} WHERE ${isIts}`)];
  return [
    ...emptied,
    db.run(sql`
      INSERT INTO ${usageDays} (organization_id, day, campaign_id, calls, recordings, bytes)
      SELECT ${organizationId}, ${day}, ${campaign}, count(*), ${parts("count(*)")}, ${parts("sum(size)")}
      FROM calls WHERE ${ofDay} GROUP BY 3 ${days}`),
    db.run(sql`
      INSERT INTO ${usageEngines} (organization_id, day, campaign_id, engine, analyses, audio_ms)
      SELECT ${organizationId}, ${day}, ${campaign}, analyses.engine, count(*), sum(${heard})
      FROM calls CROSS JOIN analyses ON analyses.call_id = calls.id AND ${isHeard}
      WHERE ${ofDay} GROUP BY 3, 4 ${engines}`),
    // The other engines, which count what they were sent. What it costs counts also where nothing came of it.
    db.run(sql`
      INSERT INTO ${usageEngines} (organization_id, day, campaign_id, engine, analyses, audio_ms, micros)
      SELECT ${organizationId}, ${day}, ${campaign}, run.value ->> 'engine', count(*) FILTER (WHERE ${isDone}),
        coalesce(sum(run.value ->> 'audioMs') FILTER (WHERE ${isDone}), 0), coalesce(sum(run.value ->> 'micros'), 0)
      FROM calls CROSS JOIN analyses ON analyses.call_id = calls.id
      CROSS JOIN json_each(analyses.engines) AS run ON ${isDone} OR run.value ->> 'micros' > 0
      WHERE ${ofDay} GROUP BY 3, 4 ${engines}`),
    db.run(sql`DELETE FROM ${usageMarks} WHERE ${isIts}`),
  ];
}
