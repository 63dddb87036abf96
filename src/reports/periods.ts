import { sql, type SQL } from "drizzle-orm";
import { partsOf, type Days } from "./months";

/** The grains of roll-ups, with the periods of each that a span is read from (`periodsOf`). */
export const PARTS: readonly { grain: "day" | "week" | "month"; periods: SQL }[] = [
  {
    grain: "month",
    periods: sql`SELECT period FROM months WHERE period NOT IN (SELECT period FROM marked WHERE grain = 'month')`,
  },
  {
    grain: "week",
    periods: sql`SELECT period FROM weeks WHERE period NOT IN (SELECT period FROM marked WHERE grain = 'week')`,
  },
  { grain: "day", periods: sql`SELECT period FROM days` },
];

/**
 * The head of a statement that reads a span: which months, weeks and days. A month that is marked, since it has not been summed
 * since a day of it was counted, is read from its weeks, and such a week from its days.
 */
export function periodsOf(organizationId: string, span: Days): SQL {
  const { days, weeks, months } = partsOf(span);
  const list = (of: readonly unknown[]) => sql`json_each(${JSON.stringify(of)})`;
  return sql`WITH
    marked AS (SELECT grain, period FROM report_marks WHERE organization_id = ${organizationId}),
    months AS (SELECT value ->> 0 AS period, value ->> 1 AS until FROM ${list(months)}),
    weeks AS (
      SELECT value ->> 0 AS period, value ->> 1 AS until FROM ${list(weeks)}
      UNION ALL SELECT months.period + step.value, min(months.period + step.value + 7, months.until)
      FROM months, json_each('[0, 7, 14, 21, 28]') AS step
      WHERE months.period + step.value < months.until
        AND months.period IN (SELECT period FROM marked WHERE grain = 'month')),
    days AS (
      SELECT value AS period FROM ${list(days)}
      UNION ALL SELECT weeks.period + step.value FROM weeks, json_each('[0, 1, 2, 3, 4, 5, 6]') AS step
      WHERE weeks.period + step.value < weeks.until
        AND weeks.period IN (SELECT period FROM marked WHERE grain = 'week'))
    `;
}
