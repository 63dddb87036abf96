import { sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { valueList } from "../db/value-list";
import type { Within } from "../identity";
import { CALL_FIGURES, REVIEW_FIGURES } from "./count-day";
import { monthOfDay, MOST_DAYS_READ, partsOf, type Days } from "./months";

/** What a report is broken down by, beside time. */
export const DIMENSIONS = ["campaign", "operator", "team", "reviewer"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export type ReportFilter = {
  campaignId?: string | undefined;
  operatorId?: string | undefined;
  teamId?: string | undefined;
  reviewerId?: string | undefined;
  scorecardId?: string | undefined;
};

/** Of a span of days, as far as somebody reaches. */
export type ReportQuery = Within & Days & { filter?: ReportFilter | undefined };

type CallSums = Record<(typeof CALL_FIGURES)[number], number>;
type ReviewSums = Record<(typeof REVIEW_FIGURES)[number], number>;
/** What was counted: each sum is of whole numbers. */
export type Sums = CallSums & ReviewSums;
/** `key` is the id of the campaign, operator, team or reviewer; null for none. */
export type ReportRow = Sums & { key: string | null };
export type ReportPeriod = Sums & Days;

/** Rows of one report. */
export const MOST_ROWS = 1_000;

const COLUMNS: Record<Dimension, string> = {
  campaign: "campaign_id",
  operator: "operator_id",
  team: "team_id",
  reviewer: "reviewer_id",
};

/**
 * The sums of a span, by day, or by month where the span is longer than `MOST_DAYS_READ`; a month at an end has the days
 * of it that are in the span.
 */
export async function reportByTime(db: Database, query: ReportQuery): Promise<ReportPeriod[]> {
  const rows = await db.all<Sums & { period: number }>(
    sql`SELECT period, ${SUMS} FROM (${rowsOf(query, "period")}) GROUP BY period ORDER BY period`,
  );
  const isByDay = query.until - query.from <= MOST_DAYS_READ;
  const periods = new Map(periodsOf(query, isByDay).map((one) => [one.from, { ...one, ...NOTHING }]));
  for (const { period, ...sums } of rows) {
    const known = periods.get(isByDay ? period : Math.max(query.from, monthOfDay(period).from));
    if (known) Object.assign(known, sumOfReport([known, sums]));
  }
  return [...periods.values()];
}

function periodsOf({ from, until }: Days, isByDay: boolean): Days[] {
  const periods: Days[] = [];
  for (let at = from; at < until; at = periods.at(-1)?.until ?? until)
    periods.push({ from: at, until: isByDay ? at + 1 : Math.min(until, monthOfDay(at).until) });
  return periods;
}

/** The same by campaign, operator, team or reviewer: those with most first, at most one more than `MOST_ROWS`. */
export async function reportBy(db: Database, dimension: Dimension, query: ReportQuery): Promise<ReportRow[]> {
  const rows = await db.all<Sums & { key: string }>(
    sql`SELECT key, ${SUMS} FROM (${rowsOf(query, COLUMNS[dimension], dimension === "reviewer")})
      GROUP BY key ORDER BY calls DESC, reviews DESC, key LIMIT ${MOST_ROWS + 1}`,
  );
  return rows.map(({ key, ...sums }) => ({ ...sums, key: key === "" ? null : key }));
}

const FIGURES = [...CALL_FIGURES, ...REVIEW_FIGURES] as const;

export const NOTHING = Object.fromEntries(FIGURES.map((name) => [name, 0])) as Sums;

/** All of it together. */
export function sumOfReport(rows: readonly Sums[]): Sums {
  return Object.fromEntries(FIGURES.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)])) as Sums;
}

const SUMS = sql.raw(FIGURES.map((name) => `sum(${name}) AS ${name}`).join(", "));

/** Rows of no reviewer have what calls came to that several reviewed; each of these has the scores of their own. */
const NO_CALLS = sql`AND reviewer_id <> ''`;

/** The rows of the roll-ups that a report is of, with a column of each figure and `name` as its key. */
function rowsOf(query: ReportQuery, name: string, onlyReviews = false): SQL {
  const { filter = {} } = query;
  const own = (figures: readonly string[]) =>
    sql.raw(FIGURES.map((one) => (figures.includes(one) ? one : `0 AS ${one}`)).join(", "));
  const key = sql.raw(name === "period" ? "period" : `${name} AS key`);
  // What a call is has neither reviewer nor scorecard.
  const isOfReviews = onlyReviews || filter.reviewerId !== undefined || filter.scorecardId !== undefined;
  const parts = partsOf(query);
  const ofCalls = parts.map(
    (part) => sql`SELECT ${key}, ${own(CALL_FIGURES)} FROM report_calls WHERE ${conditionOf(query, part)}`,
  );
  const ofReviews = parts.map(
    (part) => sql`SELECT ${key}, ${own(REVIEW_FIGURES)} FROM report_reviews WHERE ${conditionOf(query, part)}
      ${equals("reviewer_id", filter.reviewerId)} ${equals("scorecard_id", filter.scorecardId)}
      ${onlyReviews ? NO_CALLS : sql``}`,
  );
  // Each in a compound of its own: D1 takes no longer ones.
  const together = (of: readonly SQL[]) => sql`SELECT * FROM (${sql.join([...of], sql` UNION ALL `)})`;
  return isOfReviews ? together(ofReviews) : sql`${together(ofCalls)} UNION ALL ${together(ofReviews)}`;
}

/** SQL that is true for the rows of one part of a span, within reach and filter. */
export function conditionOf(
  { organizationId, reach, filter = {} }: ReportQuery,
  { grain, from, until }: ReturnType<typeof partsOf>[number],
): SQL {
  return sql`organization_id = ${organizationId} AND grain = ${grain} AND period >= ${from} AND period < ${until}
    ${reach.campaigns === null ? sql`` : sql`AND campaign_id IN ${valueList(reach.campaigns)}`}
    ${reach.operators === null ? sql`` : sql`AND operator_id IN ${valueList(reach.operators)}`}
    ${equals("campaign_id", filter.campaignId)} ${equals("operator_id", filter.operatorId)}
    ${equals("team_id", filter.teamId)}`;
}

function equals(column: string, value: string | undefined): SQL {
  return value === undefined ? sql`` : sql`AND ${sql.identifier(column)} = ${value}`;
}
