import type { Report } from "../../reports";
import { callsHref } from "../calls/filter";
import type { Row } from "./columns";
import { dateOf } from "./days";
import { NONE, reportHref, REPORTS, type ReportAsked } from "./query";

/** The report whose rows lead somewhere, and its first and last day. */
type Shown = { asked: ReportAsked; first: string; last: string; report: Pick<Report, "by"> };

/** The list of the calls that a row counts; undefined where that list has no such filter. */
export function callsOfRow({ asked, first, last, report }: Shown, { key, days }: Row): string | undefined {
  const { by } = report;
  // The list is asked for what has a campaign and an operator.
  if (by === "team" || by === "reviewer" || asked.team !== undefined || (by !== "time" && key === null))
    return undefined;
  const [from, to] = days ? [dateOf(days.from), dateOf(days.until - 1)] : [first, last];
  const campaign = by === "campaign" ? (key ?? undefined) : asked.campaign;
  const operator = by === "operator" ? (key ?? undefined) : asked.operator;
  if (campaign === NONE || operator === NONE) return undefined;
  return callsHref({}, { from, to, campaign, operator });
}

/** The list of the reviews that a row counts. */
export function reviewsOfRow({ asked, first, last, report }: Shown, { key, days }: Row): string {
  const [from, to] = days ? [dateOf(days.from), dateOf(days.until - 1)] : [first, last];
  const of = report.by === "time" ? {} : { [report.by]: key ?? NONE };
  return reportHref(asked, { when: undefined, from, to, ...of }, `${REPORTS}/reviews`);
}
