import { desc, lte, sql, type SQL } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../db/client";
import { reportCalls, reportCriteria, reportMarks, reportReviews } from "../db/schema";
import { DAY } from "../lib/time";
import { CALL_FIGURES, CALL_KEYS, CRITERIA_KEYS, REVIEW_FIGURES, REVIEW_KEYS } from "./count-day";
import { replaceRows } from "./roll-up";

type Mark = typeof reportMarks.$inferSelect;

/**
 * Sums the marked weeks and months of organizations from their days, at most `limit` of them, the newest first. One that is
 * not over is left: until then no report reads more than its days. A period is summed and its mark deleted in one batch: a day
 * that is counted in between marks it again. Gives how many it summed.
 */
export async function sumPeriods(db: Database, limit: number, now: number): Promise<number> {
  // A span ends with today, so the last day of a period is enough.
  const tomorrow = Math.floor(now / DAY) + 1;
  const marks = await db
    .select()
    .from(reportMarks)
    .where(lte(reportMarks.until, tomorrow))
    .orderBy(desc(reportMarks.until), reportMarks.organizationId, reportMarks.grain)
    .limit(limit);
  for (const mark of marks) await runBatch(db, statementsOf(db, mark));
  return marks.length;
}

function statementsOf(db: Database, { organizationId, grain, period, until }: Mark): Statement[] {
  const rows = { organizationId, grain, period };
  const days = (table: SQL) => sql`${table} WHERE organization_id = ${organizationId} AND grain = 'day'
    AND period >= ${period} AND period < ${until}`;
  const ofCriteria = sql`report_criteria CROSS JOIN json_each(report_criteria.criteria) AS one`;
  return [
    ...replaceRows(db, reportCalls, {
      ...rows,
      keys: CALL_KEYS,
      from: summed(days(sql`report_calls`), CALL_KEYS, CALL_FIGURES),
    }),
    ...replaceRows(db, reportReviews, {
      ...rows,
      keys: REVIEW_KEYS,
      from: summed(days(sql`report_reviews`), REVIEW_KEYS, REVIEW_FIGURES),
    }),
    ...replaceRows(db, reportCriteria, {
      ...rows,
      keys: CRITERIA_KEYS,
      from: summedCriteria(days(ofCriteria), sql`operator_id`),
    }),
    // Rows of criteria are large, and mostly asked for of everybody.
    ...replaceRows(db, reportCriteria, {
      ...rows,
      grain: `${grain}_all`,
      keys: CRITERIA_KEYS,
      from: summedCriteria(days(ofCriteria), sql`''`),
    }),
    db.run(sql`DELETE FROM ${reportMarks}
      WHERE organization_id = ${organizationId} AND grain = ${grain} AND period = ${period}`),
  ];
}

function summed(from: SQL, keys: readonly string[], figures: readonly string[]): SQL {
  const sums = figures.map((name) => sql`sum(${sql.identifier(name)}) AS ${sql.identifier(name)}`);
  const list = sql.raw(keys.join(", "));
  return sql`SELECT ${list}, ${sql.join(sums, sql`, `)} FROM ${from} GROUP BY ${list}`;
}

function summedCriteria(from: SQL, operator: SQL): SQL {
  return sql`
    SELECT campaign_id, operator_id, scorecard_id,
      json_group_object(criterion, json_array(counted, percents, failed, absent)) AS criteria
    FROM (
      SELECT campaign_id, ${operator} AS operator_id, scorecard_id, one.key AS criterion, sum(one.value ->> 0) AS counted,
        sum(one.value ->> 1) AS percents, sum(one.value ->> 2) AS failed, sum(one.value ->> 3) AS absent
      FROM ${from} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4)
    GROUP BY 1, 2, 3`;
}
