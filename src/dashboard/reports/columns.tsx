import type { Child } from "hono/jsx";
import {
  callFigures,
  reviewFigures,
  type CallFigures,
  type Report,
  type ReviewFigures,
  type Sums,
} from "../../reports";
import type { Column } from "../../ui/components/table";
import { wordsOf, type Words } from "../../ui/strings/define";
import { reportWords } from "../../ui/strings/reports";
import type { View } from "../../ui/view";
import { RISK_FROM, type CallQuery } from "../calls/filter";
import { dateOf } from "./days";

export type Row = Report["rows"][number];
type ReportWords = Words<typeof reportWords>;

/** What is not known of a row is a dash. */
function shown(value: number | null, text: (value: number) => string): string {
  return value === null ? "–" : text(value);
}

/** The figures of a report as its pages show them, each with its name. */
export function figuresIn(view: View) {
  const words = wordsOf(reportWords, view.language);
  const { number, percent, decimal, length, score, span } = view.formats;
  const plain = (value: number | null) => shown(value, number);
  const share = (value: number | null) => shown(value, percent);
  const calls = {
    calls: [words.calls, (of: CallFigures) => plain(of.calls)],
    analysed: [words.analysed, (of: CallFigures) => plain(of.analysed)],
    length: [words.length, (of: CallFigures) => shown(of.mean_duration_seconds, length)],
    operatorShare: [words.operatorShare, (of: CallFigures) => share(of.operator_share)],
    silenceShare: [words.silenceShare, (of: CallFigures) => share(of.silence_share)],
    interruptions: [words.interruptions, (of: CallFigures) => shown(of.interruptions_per_minute, decimal)],
    highRisk: [words.highRisk, (of: CallFigures) => plain(of.high_risk)],
    criticalRisk: [words.criticalRisk, (of: CallFigures) => plain(of.critical_risk)],
  } as const;
  const reviews = {
    reviews: [words.reviews, (of: ReviewFigures) => plain(of.reviews)],
    average: [words.average, (of: ReviewFigures) => shown(of.average_score, score)],
    passRate: [words.passRate, (of: ReviewFigures) => share(of.pass_rate)],
    turnaround: [
      words.turnaround,
      (of: ReviewFigures) => shown(of.mean_turnaround_seconds, (seconds) => span(seconds * 1000)),
    ],
    late: [words.late, (of: ReviewFigures) => (of.due === 0 ? "–" : words.ofDue(number(of.late), number(of.due)))],
    slaBroken: [words.slaBroken, (of: ReviewFigures) => plain(of.sla_broken)],
  } as const;
  return { calls, reviews };
}

/** What a row of a report is called: its days as the reader writes them, or who or what it is of. */
function nameOfRow({ formats }: View, words: ReportWords, by: Report["by"], row: Row): string {
  const { days } = row;
  if (!days) return nameOfKey(words, by, row);
  const last = formats.date(dateOf(days.until - 1));
  return days.until - days.from === 1 ? last : words.between(formats.date(dateOf(days.from)), last);
}

/** Who or what a row of a report is of. */
export function nameOfKey(words: ReportWords, by: Report["by"], { key, name }: Row): string {
  if (key !== null) return name ?? key;
  const none = {
    time: words.any,
    campaign: words.noCampaign,
    operator: words.noOperator,
    team: words.noTeam,
    reviewer: words.noReviewer,
  };
  return none[by];
}

/** The number of high risk does not count what is critical. */
const HIGH_ALONE = { risk: "high", below: String(RISK_FROM.critical) } as const;

/** Where the numbers of a row lead; undefined where there is no such list, or the visitor may not read it. */
type Links = {
  callsOf(row: Row, of?: Pick<CallQuery, "risk" | "below">): string | undefined;
  reviewsOf(row: Row, only?: "late" | "sla"): string | undefined;
};

/** The columns of a report's table: on narrow screens the calls, the reviews and their score. */
export function columnsOf(view: View, { by, hasCalls }: Pick<Report, "by" | "hasCalls">, links: Links): Column<Row>[] {
  const words = wordsOf(reportWords, view.language);
  const { calls, reviews } = figuresIn(view);
  const column = <Figures,>(
    name: string,
    [title, text]: readonly [string, (of: Figures) => string],
    of: (sums: Sums) => Figures,
    hrefOf?: (row: Row) => string | undefined,
    narrow?: Column<Row>["narrow"],
  ): Column<Row> => ({
    name,
    title,
    kind: "number",
    ...(narrow && { narrow, titled: true as const }),
    cell: (row) => linked(text(of(row)), hrefOf?.(row)),
  });
  const hrefs: Record<string, (row: Row) => string | undefined> = {
    calls: (row) => (row.calls > 0 ? links.callsOf(row) : undefined),
    highRisk: (row) => (row.high > 0 ? links.callsOf(row, HIGH_ALONE) : undefined),
    criticalRisk: (row) => (row.critical > 0 ? links.callsOf(row, { risk: "critical" }) : undefined),
    reviews: (row) => (row.reviews > 0 ? links.reviewsOf(row) : undefined),
    late: (row) => (row.late > 0 ? links.reviewsOf(row, "late") : undefined),
    slaBroken: (row) => (row.sla_broken > 0 ? links.reviewsOf(row, "sla") : undefined),
  };
  const ofCalls = Object.entries(calls).map(([name, figure]) =>
    column(name, figure, callFigures, hrefs[name], name === "calls" ? "end" : undefined),
  );
  const ofReviews = Object.entries(reviews).map(([name, figure]) =>
    column(
      name,
      figure,
      reviewFigures,
      hrefs[name],
      name === "reviews" ? (hasCalls ? "below" : "end") : name === "average" ? "below-end" : undefined,
    ),
  );
  return [
    {
      name: "name",
      title: by === "time" ? words.period : words[by],
      narrow: "start",
      cell: (row) => (
        <span class="clip" dir="auto">
          {nameOfRow(view, words, by, row)}
        </span>
      ),
    },
    ...(hasCalls ? ofCalls : []),
    ...ofReviews,
  ];
}

/** A number that leads somewhere, where it does. */
export function linked(text: string, href: string | undefined): Child {
  return href === undefined ? text : <a href={href}>{text}</a>;
}
