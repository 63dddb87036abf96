/** Reports of calls and reviews, read from roll-ups that a job counts anew from what changed. */
export { countDayOfReports } from "./count-day";
export { sumPeriods } from "./sum-periods";
export { nameOfCriterion, reportByCriterion, type CriterionRow } from "./criteria";
export { lastDays, monthOfDay, MOST_DAYS_READ, type Days } from "./months";
export {
  DIMENSIONS,
  MOST_ROWS,
  NOTHING,
  reportBy,
  reportByTime,
  sumOfReport,
  type Dimension,
  type ReportFilter,
  type ReportPeriod,
  type ReportQuery,
  type ReportRow,
  type Sums,
} from "./read";
export { callFigures, reviewFigures, type CallFigures, type ReviewFigures } from "./figures";
export { readReport, type Report, type ReportKind, type RowsShown } from "./report";
export { reviewsBehind, type BehindPage, type BehindPosition } from "./behind";
export { namesAskedFor } from "./asked-names";
export { namesOfReports } from "./names";
export * from "./schedules";
