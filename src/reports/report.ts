import type { Database } from "../db/client";
import type { Days } from "./months";
import { namesOfRows } from "./names";
import {
  MOST_ROWS,
  reportBy,
  reportByTime,
  sumOfReport,
  type Dimension,
  type ReportPeriod,
  type ReportQuery,
  type Sums,
} from "./read";

export type ReportKind = Dimension | "time";

/** A report whole: its rows with their names, the total of all, and how it went over time. */
export type Report = {
  by: ReportKind;
  span: Days;
  /** `days` of a report by time alone. */
  rows: (Sums & { key: string | null; name: string | null; days: Days | null })[];
  /** How many rows there are, `MOST_ROWS` at most: more than `rows` where a page of them was asked for. */
  count: number;
  /** Whether there are more than `MOST_ROWS`. */
  more: boolean;
  total: Sums;
  periods: ReportPeriod[];
  /** Whether it says anything of calls: they have neither reviewer nor scorecard. */
  hasCalls: boolean;
};

/** Some of a report's rows: so many, after so many others. */
export type RowsShown = { skip: number; limit: number };

/** Reads a report, of its rows all or a page; days are always all. It is asked in at most three round trips. */
export async function readReport(
  db: Database,
  by: ReportKind,
  query: ReportQuery,
  { skip, limit }: RowsShown = { skip: 0, limit: MOST_ROWS },
): Promise<Report> {
  const { from, until, organizationId, filter = {} } = query;
  const [periods, found] = await Promise.all([reportByTime(db, query), by === "time" ? [] : reportBy(db, by, query)]);
  const shown = found.slice(0, MOST_ROWS).slice(skip, skip + limit);
  const ids = shown.flatMap(({ key }) => key ?? []);
  const names =
    by === "time" ? new Map<string, string>() : await namesOfRows(db, { organizationId, dimension: by, ids });
  const isOfReviews = by === "reviewer" || filter.reviewerId !== undefined || filter.scorecardId !== undefined;
  return {
    by,
    span: { from, until },
    rows:
      by === "time"
        ? periods.map(({ from: first, until: end, ...sums }) => ({
            ...sums,
            key: null,
            name: null,
            days: { from: first, until: end },
          }))
        : shown.map((row) => ({ ...row, name: names.get(row.key ?? "") ?? null, days: null })),
    count: by === "time" ? periods.length : Math.min(found.length, MOST_ROWS),
    more: found.length > MOST_ROWS,
    total: sumOfReport(periods),
    periods,
    hasCalls: !isOfReviews,
  };
}
