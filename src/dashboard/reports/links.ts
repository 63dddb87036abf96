import type { CriterionRow, Report } from "../../reports";
import { callsHref, type CallQuery } from "../calls/filter";
import type { Row } from "./columns";
import { dateOf } from "./days";
import { NONE, reportHref, REPORTS, type ReportAsked } from "./query";

/** The report whose rows lead somewhere, and its first and last day. */
type Shown = { asked: ReportAsked; first: string; last: string; report: Pick<Report, "by"> };

/** The list of the calls that a number of a row counts, `of` these alone; undefined where that list has no such filter. */
export function callsOfRow(
  { asked, first, last, report }: Shown,
  { key, days }: Row,
  of: Pick<CallQuery, "risk" | "below"> = {},
): string | undefined {
  const { by } = report;
  // The list is asked for what has a campaign, an operator and a team.
  if (by === "reviewer" || (by !== "time" && key === null)) return undefined;
  const [from, to] = days ? [dateOf(days.from), dateOf(days.until - 1)] : [first, last];
  const campaign = by === "campaign" ? (key ?? undefined) : asked.campaign;
  const operator = by === "operator" ? (key ?? undefined) : asked.operator;
  const team = by === "team" ? (key ?? undefined) : asked.team;
  if (campaign === NONE || operator === NONE || team === NONE) return undefined;
  return callsHref({}, { from, to, campaign, operator, team, ...of });
}

/** The list of the reviews that a number of a row counts, `only` these. */
export function reviewsOfRow(
  { asked, first, last, report }: Shown,
  { key, days }: Row,
  only?: ReportAsked["only"],
): string {
  const [from, to] = days ? [dateOf(days.from), dateOf(days.until - 1)] : [first, last];
  const of = report.by === "time" ? {} : { [report.by]: key ?? NONE };
  return reportHref(asked, { when: undefined, from, to, only, ...of }, `${REPORTS}/reviews`);
}

/** The list of the reviews that failed a criterion. */
export function reviewsOfCriterion(asked: ReportAsked, { scorecardId, criterionId }: CriterionRow): string {
  return reportHref(asked, { scorecard: scorecardId, failed: criterionId }, `${REPORTS}/reviews`);
}
