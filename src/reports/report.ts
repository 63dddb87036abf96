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
  /** Whether there are more than are given. */
  more: boolean;
  total: Sums;
  periods: ReportPeriod[];
  /** Whether it says anything of calls: they have neither reviewer nor scorecard. */
  hasCalls: boolean;
};

/** Reads a report. It is asked in at most three round trips. */
export async function readReport(db: Database, by: ReportKind, query: ReportQuery): Promise<Report> {
  const { from, until, organizationId, filter = {} } = query;
  const [periods, found] = await Promise.all([reportByTime(db, query), by === "time" ? [] : reportBy(db, by, query)]);
  const shown = found.slice(0, MOST_ROWS);
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
    more: found.length > MOST_ROWS,
    total: sumOfReport(periods),
    periods,
    hasCalls: !isOfReviews,
  };
}
