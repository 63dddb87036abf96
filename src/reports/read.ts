import { sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { valueList } from "../db/value-list";
import type { Within } from "../identity";
import { CALL_FIGURES, REVIEW_FIGURES } from "./count-day";
import { monthOfDay, MOST_DAYS_READ, type Days } from "./months";
import { PARTS, periodsOf } from "./periods";

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
  const isByDay = query.until - query.from <= MOST_DAYS_READ;
  // Rows lie in the order of their periods: grouped by these alone, they are added up as they come, and not sorted.
  const taken = summedBy("period");
  const summed = (of: RollUp) =>
    sql`SELECT period, ${padded(of.figures)} FROM (${isByDay ? daysOf(query, of, taken) : rowsOf(query, of, taken)})`;
  const rows = await db.all<Sums & { period: number }>(
    sql`${periodsOf(query.organizationId, query)}
      ${isOfReviews(query) ? summed(REVIEWS) : sql`${summed(CALLS)} UNION ALL ${summed(REVIEWS)}`}`,
  );
  const periods = new Map(shownPeriods(query, isByDay).map((one) => [one.from, { ...one, ...NOTHING }]));
  for (const { period, ...sums } of rows) {
    const known = periods.get(isByDay ? period : Math.max(query.from, monthOfDay(period).from));
    if (known) addTo(known, sums);
  }
  return [...periods.values()];
}

function shownPeriods({ from, until }: Days, isByDay: boolean): Days[] {
  const periods: Days[] = [];
  for (let at = from; at < until; at = periods.at(-1)?.until ?? until)
    periods.push({ from: at, until: isByDay ? at + 1 : Math.min(until, monthOfDay(at).until) });
  return periods;
}

/** The same by campaign, operator, team or reviewer: those with most first, at most one more than `MOST_ROWS`. */
export async function reportBy(db: Database, dimension: Dimension, query: ReportQuery): Promise<ReportRow[]> {
  const onlyReviews = dimension === "reviewer";
  const column = COLUMNS[dimension];
  const summed = (of: RollUp) =>
    sql`SELECT key, ${padded(of.figures)} FROM (
      SELECT key, ${sumsOf(of.figures)} FROM (${rowsOf(query, of, plainBy(column, onlyReviews))}) GROUP BY key)`;
  // Each summed by itself first: rows of both would carry the columns of the other through the sorting.
  const both =
    onlyReviews || isOfReviews(query)
      ? summed(REVIEWS)
      : sql`SELECT key, ${sumsOf(FIGURES)} FROM (${summed(CALLS)} UNION ALL ${summed(REVIEWS)}) GROUP BY key`;
  const rows = await db.all<Sums & { key: string }>(
    sql`${periodsOf(query.organizationId, query)} SELECT * FROM (${both}) ORDER BY calls DESC, reviews DESC, key LIMIT ${MOST_ROWS + 1}`,
  );
  return rows.map(({ key, ...sums }) => ({ ...sums, key: key === "" ? null : key }));
}

const FIGURES = [...CALL_FIGURES, ...REVIEW_FIGURES] as const;

export const NOTHING = Object.fromEntries(FIGURES.map((name) => [name, 0])) as Sums;

/** All of it together. */
export function sumOfReport(rows: readonly Sums[]): Sums {
  const sums = { ...NOTHING };
  for (const row of rows) addTo(sums, row);
  return sums;
}

function addTo(sums: Sums, more: Sums): void {
  for (const name of FIGURES) sums[name] += more[name];
}

/** A table of roll-ups, and what it has sums of. */
type RollUp = { table: SQL; figures: readonly (typeof FIGURES)[number][] };
const CALLS: RollUp = { table: sql`report_calls`, figures: CALL_FIGURES };
const REVIEWS: RollUp = { table: sql`report_reviews`, figures: REVIEW_FIGURES };

const sumsOf = (figures: RollUp["figures"]) => sql.raw(figures.map((name) => `sum(${name}) AS ${name}`).join(", "));

/** A column of each figure: those that a row does not have are 0. */
const padded = (own: RollUp["figures"]) =>
  sql.raw(FIGURES.map((name) => (own.includes(name) ? name : `0 AS ${name}`)).join(", "));

/** What a call is has neither reviewer nor scorecard. */
function isOfReviews({ filter = {} }: ReportQuery): boolean {
  return filter.reviewerId !== undefined || filter.scorecardId !== undefined;
}

/** Rows of no reviewer have what calls came to that several reviewed; each of these has the scores of their own. */
const NO_CALLS = sql`AND reviewer_id <> ''`;

/** What is taken of the rows of each grain. */
type Taken = (of: RollUp) => { columns: SQL; also: SQL };

/** The rows themselves, with a column as their key. */
function plainBy(column: string, onlyReviews: boolean): Taken {
  return ({ figures }) => ({
    columns: sql.raw([`${column} AS key`, ...figures].join(", ")),
    also: onlyReviews ? NO_CALLS : sql``,
  });
}

/** Their sums by a column. */
function summedBy(column: string): Taken {
  const name = sql.raw(column);
  return ({ figures }) => ({ columns: sql`${name}, ${sumsOf(figures)}`, also: sql`GROUP BY ${name}` });
}

/** The rows of a roll-up that a report is of, of each grain, in a statement that begins with `periodsOf`. */
function rowsOf(query: ReportQuery, of: RollUp, taken: Taken): SQL {
  const { columns, also } = taken(of);
  const parts = PARTS.map(
    ({ grain, periods }) => sql`SELECT ${columns} FROM ${of.table}
      WHERE grain = ${grain} AND period IN (${periods}) AND ${rowCondition(query, of)} ${also}`,
  );
  return sql.join(parts, sql` UNION ALL `);
}

/** The same, of days alone. */
function daysOf(query: ReportQuery, of: RollUp, taken: Taken): SQL {
  const { columns, also } = taken(of);
  return sql`SELECT ${columns} FROM ${of.table}
    WHERE grain = 'day' AND period >= ${query.from} AND period < ${query.until} AND ${rowCondition(query, of)} ${also}`;
}

function rowCondition(query: ReportQuery, of: RollUp): SQL {
  const { reviewerId, scorecardId } = query.filter ?? {};
  if (of !== REVIEWS) return conditionOf(query);
  return sql`${conditionOf(query)} ${equals("reviewer_id", reviewerId)} ${equals("scorecard_id", scorecardId)}`;
}

/** SQL that is true for rows within reach and filter. */
export function conditionOf({ organizationId, reach, filter = {} }: ReportQuery): SQL {
  return sql`organization_id = ${organizationId}
    ${reach.campaigns === null ? sql`` : sql`AND campaign_id IN ${valueList(reach.campaigns)}`}
    ${reach.operators === null ? sql`` : sql`AND operator_id IN ${valueList(reach.operators)}`}
    ${equals("campaign_id", filter.campaignId)} ${equals("operator_id", filter.operatorId)}
    ${equals("team_id", filter.teamId)}`;
}

function equals(column: string, value: string | undefined): SQL {
  return value === undefined ? sql`` : sql`AND ${sql.identifier(column)} = ${value}`;
}
