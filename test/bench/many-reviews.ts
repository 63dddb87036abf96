import { DAY } from "../../src/lib/time.ts";
import type { Server } from "./server.ts";

const DAYS = 365;
const OPERATORS = 200;
const CAMPAIGNS = 8;
const REVIEWERS = 5;
/** Reviews of an operator by each of two reviewers, a day. */
const A_DAY = 7;

/** What `fillReports` stands for. */
export const REPORTED_REVIEWS = DAYS * OPERATORS * 2 * A_DAY;

/**
 * The roll-ups of a year of reviews, of 200 operators in eight campaigns, each judged by two of five reviewers with fifteen
 * criteria; by day, week and month, as the job counts them. The reviews themselves are not there: no report reads them.
 */
export async function fillReports(server: Server, organizationId: string): Promise<void> {
  const db = await server.miniflare.getD1Database("DB");
  const first = Math.floor(Date.now() / DAY) - DAYS + 1;
  const numbers = (most: number) =>
    `(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${most - 1}) SELECT i FROM n)`;
  const place = `'${organizationId}', 'day', ${first} + day.i, 'cmp_bench' || (1 + person.i % ${CAMPAIGNS}),
    'opr_bench' || printf('%04d', person.i)`;
  const each = `FROM ${numbers(DAYS)} AS day, ${numbers(OPERATORS)} AS person`;
  const month = `CAST(unixepoch(date(period * 86400, 'unixepoch', 'start of month')) / 86400 AS INTEGER)`;
  const calls = (await columnsOf(db, "report_calls")).slice(6);
  const reviews = (await columnsOf(db, "report_reviews")).slice(8);
  const ones = (names: readonly string[], of: Readonly<Record<string, number>>) =>
    names.map((name) => String(of[name] ?? 1)).join(", ");
  const sums = (names: readonly string[]) => names.map((name) => `sum(${name})`).join(", ");
  await db.batch([
    db.prepare(
      `INSERT INTO report_calls SELECT ${place}, '', ${ones(calls, { calls: 40, analysed: 40, heard_ms: 9_000_000 })} ${each}`,
    ),
    db.prepare(`INSERT INTO report_reviews SELECT ${place}, '', 'usr_' || ((person.i + pair.i) % ${REVIEWERS}), 'scd_bench',
      ${ones(reviews, { reviews: A_DAY, scored: A_DAY, score_sum: A_DAY * 8_200, judged: A_DAY, passed: A_DAY - 1 })}
      ${each}, ${numbers(2)} AS pair`),
    db.prepare(`INSERT INTO report_criteria SELECT ${place}, 'scd_bench',
      (SELECT json_group_object('criterion_' || i, json_array(14, 120000, 2, 1)) FROM ${numbers(15)}) ${each}`),
  ]);
  const week = `(period - (period - ${month}) % 7)`;
  for (const [grain, start] of [
    ["week", week],
    ["month", month],
  ])
    await db.batch([
      db.prepare(`INSERT INTO report_calls SELECT organization_id, '${grain}', ${start}, campaign_id, operator_id, team_id, ${sums(calls)}
      FROM report_calls WHERE grain = 'day' GROUP BY 3, 4, 5`),
      db.prepare(`INSERT INTO report_reviews SELECT organization_id, '${grain}', ${start}, campaign_id, operator_id, team_id, reviewer_id,
      scorecard_id, ${sums(reviews)} FROM report_reviews WHERE grain = 'day' GROUP BY 3, 4, 5, 7`),
      db.prepare(`INSERT INTO report_criteria SELECT organization_id, '${grain}', ${start}, campaign_id, operator_id, scorecard_id,
      max(criteria) FROM report_criteria WHERE grain = 'day' GROUP BY 3, 4, 5`),
      db.prepare(`INSERT INTO report_criteria SELECT organization_id, '${grain}_all', ${start}, campaign_id, '', scorecard_id,
      max(criteria) FROM report_criteria WHERE grain = 'day' GROUP BY 3, 4`),
    ]);
}

type Database = Awaited<ReturnType<Server["miniflare"]["getD1Database"]>>;

async function columnsOf(db: Database, table: string): Promise<string[]> {
  const { results } = await db.prepare(`SELECT name FROM pragma_table_info(?)`).bind(table).all<{ name: string }>();
  return results.map(({ name }) => name);
}
