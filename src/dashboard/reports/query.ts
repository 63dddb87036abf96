import { z } from "zod";
import { DAY } from "../../lib/time";
import { MOST_ROWS, type ReportFilter, type ReportKind } from "../../reports";
import type { ReviewFinding } from "../../quality";
import { addDays } from "../days";

export const REPORTS = "/dashboard/reports";

/** What a report may be by. */
export const KINDS = ["time", "campaign", "operator", "team", "reviewer", "criterion"] as const;
export type Kind = ReportKind | "criterion";

/** Stands for no campaign, operator or team. */
export const NONE = "none";

export const SPANS = { week: 7, month: 30, quarter: 90, year: 365 } as const;

const id = z.string().min(1).max(100).optional().catch(undefined);

/** What the URL says. What it does not understand it leaves out. */
const query = z.object({
  by: z.enum(KINDS).catch("time"),
  when: z.enum(["week", "month", "quarter", "year"]).optional().catch(undefined),
  from: z.iso.date().optional().catch(undefined),
  to: z.iso.date().optional().catch(undefined),
  campaign: id,
  operator: id,
  team: id,
  reviewer: id,
  scorecard: id,
  /** Of the reviews behind a report: those that failed this criterion of the scorecard, or of which this holds. */
  failed: id,
  only: z.enum(["late", "sla"]).optional().catch(undefined),
  /** Of the rows of a report: 1 is the first. */
  page: z.coerce.number().int().min(1).max(MOST_ROWS).optional().catch(undefined),
  after: z
    .string()
    .regex(/^\d{1,15}\.\w{1,100}$/)
    .optional()
    .catch(undefined),
});

export type ReportAsked = z.infer<typeof query>;

export function readReportQuery(params: URLSearchParams): ReportAsked {
  return query.parse(Object.fromEntries([...params].filter(([, value]) => value !== "")));
}

/** The URL with some of it changed; undefined takes a part away. */
export function reportHref(asked: ReportAsked, changes: Partial<ReportAsked>, path = REPORTS): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...asked, after: undefined, page: undefined, ...changes }))
    if (value !== undefined && !(name === "by" && value === "time")) params.set(name, String(value));
  const text = params.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** The first and the last day, as dates: the last thirty days where nothing else is asked. At most ten years. */
export function daysOf({ when, from, to }: ReportAsked, now: number): { first: string; last: string } {
  const today = new Date(now).toISOString().slice(0, 10);
  if (when !== undefined || (from === undefined && to === undefined))
    return { first: addDays(today, 1 - SPANS[when ?? "month"]), last: today };
  const last = to === undefined || to > today ? today : to;
  const earliest = addDays(last, -3_650);
  const first = from ?? addDays(last, -29);
  return { first: first > last ? last : first < earliest ? earliest : first, last };
}

/** The same in days since 1970. */
export function spanOfDays({ first, last }: { first: string; last: string }): { from: number; until: number } {
  return { from: Date.parse(first) / DAY, until: Date.parse(last) / DAY + 1 };
}

/** What of the reviews behind a report is asked for. */
export function findingOf({ failed, only }: ReportAsked): ReviewFinding {
  return { failed, ...(only === "late" && { late: true }), ...(only === "sla" && { slaBroken: true }) };
}

/** The report itself, without what of its reviews is asked for. */
export const WHOLE = { failed: undefined, only: undefined } satisfies Partial<ReportAsked>;

export function filterOfReport({ campaign, operator, team, reviewer, scorecard }: ReportAsked): ReportFilter {
  const orNone = (value: string | undefined) => (value === NONE ? "" : value);
  return {
    campaignId: orNone(campaign),
    operatorId: orNone(operator),
    teamId: orNone(team),
    reviewerId: reviewer,
    scorecardId: scorecard,
  };
}
