import type { CampaignRow } from "../../campaigns";
import {
  callFigures,
  MOST_DAYS_READ,
  MOST_ROWS,
  reviewFigures,
  type CriterionRow,
  type Report,
  type ReportPeriod,
} from "../../reports";
import { Button, ButtonLink } from "../../ui/components/button";
import { BarChart } from "../../ui/components/chart";
import { Chip, ChipMenu, Chips } from "../../ui/components/chips";
import { EmptyState } from "../../ui/components/empty-state";
import { SelectField, TextField } from "../../ui/components/form";
import { Figure, Figures, Panel } from "../../ui/components/panel";
import { Pager } from "../../ui/components/pager";
import { Table } from "../../ui/components/table";
import { Tabs } from "../../ui/components/tabs";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf, type Words } from "../../ui/strings/define";
import { reportScheduleWords } from "../../ui/strings/report-schedules";
import { reportWords } from "../../ui/strings/reports";
import type { View } from "../../ui/view";
import { columnsOf, figuresIn } from "./columns";
import { CriteriaPanels } from "./criteria-panels";
import { dateOf } from "./days";
import { callsOfRow, reviewsOfCriterion, reviewsOfRow } from "./links";
import { KINDS, NONE, reportHref, REPORTS, type ReportAsked } from "./query";

export type ReportParts = {
  asked: ReportAsked;
  /** The first and the last day, as dates. */
  first: string;
  last: string;
  /** How many rows of a report are on a page. */
  rowsOfPage: number;
  campaigns: readonly CampaignRow[];
  /** The names of what the report is limited to, by id. */
  names: ReadonlyMap<string, string>;
  /** Whether the visitor may open calls, and reviews. */
  mayRead: { calls: boolean; reviews: boolean; schedule: boolean };
} & ({ report: Report; criteria: null } | { report: null; criteria: readonly CriterionRow[] });

type Props = { view: View; frame: Frame; parts: ReportParts };
type ReportWords = Words<typeof reportWords>;

/** Bars that share one label on the axis. */
const LABELS = 8;

/** Calls and reviews of a time, over time and by who and what they are of. */
export function ReportPage({ view, frame, parts }: Props) {
  const words = wordsOf(reportWords, view.language);
  const { asked, first, last, report } = parts;
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="reports">
      <PageHead
        title={words.title}
        state={words.state(view.formats.date(first), view.formats.date(last))}
        actions={
          <>
            <ButtonLink href={`${REPORTS}/schedules`}>{wordsOf(reportScheduleWords, view.language).title}</ButtonLink>
            {parts.mayRead.schedule && (
              <ButtonLink href={reportHref(asked, {}, `${REPORTS}/schedules/new`)}>
                {wordsOf(reportScheduleWords, view.language).schedule}
              </ButtonLink>
            )}
            <ButtonLink href={reportHref(asked, {}, `${REPORTS}.csv`)} icon="download">
              {words.csv}
            </ButtonLink>
          </>
        }
      />
      <Tabs
        label={words.kinds}
        current={reportHref(asked, {})}
        tabs={KINDS.map((by) => ({ href: reportHref(asked, { by }), title: words[by] }))}
      />
      <div class="bar">
        <Filters view={view} parts={parts} words={words} />
      </div>
      {report === null ? (
        <CriteriaPanels
          view={view}
          rows={parts.criteria}
          reviewsOf={(row) => (parts.mayRead.reviews ? reviewsOfCriterion(asked, row) : undefined)}
        />
      ) : report.total.calls === 0 && report.total.reviews === 0 ? (
        <Panel>
          <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
        </Panel>
      ) : (
        <>
          <Totals view={view} words={words} report={report} />
          <Charts view={view} words={words} report={report} />
          <Rows view={view} words={words} parts={parts} report={report} />
        </>
      )}
    </FramedPage>
  );
}

type RowsProps = { view: View; words: ReportWords; parts: ReportParts; report: Report };

/** The rows of a report, a page of them. */
function Rows({ view, words, parts, report }: RowsProps) {
  const { asked, first, last, mayRead, rowsOfPage } = parts;
  const { number } = view.formats;
  const { by, rows, count, more } = report;
  const shown = { asked, first, last, report };
  const { page = 1 } = asked;
  const before = (page - 1) * rowsOfPage;
  const isPaged = by !== "time" && count > rowsOfPage;
  return (
    <>
      <Panel title={words[by]} aside={more ? words.more(number(MOST_ROWS)) : undefined} flush>
        <div class="report-rows">
          <Table
            view={view}
            label={words[by]}
            rows={rows}
            columns={columnsOf(view, report, {
              callsOf: (row, of) => (mayRead.calls ? callsOfRow(shown, row, of) : undefined),
              reviewsOf: (row, only) => (mayRead.reviews ? reviewsOfRow(shown, row, only) : undefined),
            })}
          />
        </div>
      </Panel>
      {isPaged && (
        <Pager
          view={view}
          firstHref={page > 1 ? reportHref(asked, {}) : undefined}
          nextHref={before + rowsOfPage < count ? reportHref(asked, { page: page + 1 }) : undefined}
          titles={{ first: words.firstRows, next: words.nextRows }}
        >
          {rows.length > 0 && words.rowsShown(number(before + 1), number(before + rows.length), number(count))}
        </Pager>
      )}
    </>
  );
}

function Filters({ view, parts, words }: { view: View; parts: ReportParts; words: ReportWords }) {
  const { asked, first, last, campaigns, names } = parts;
  const { by, when, campaign, operator, team, reviewer, scorecard } = asked;
  const of = [
    ["campaign", words.ofCampaign, campaign, words.noCampaign],
    ["operator", words.ofOperator, operator, words.noOperator],
    ["team", words.ofTeam, team, words.noTeam],
    ["reviewer", words.ofReviewer, reviewer, words.noReviewer],
    ["scorecard", words.ofScorecard, scorecard, words.any],
  ] as const;
  return (
    <Chips>
      <Chip
        view={view}
        name={words.when}
        value={
          when === undefined && (asked.from ?? asked.to) !== undefined
            ? words.between(view.formats.date(first), view.formats.date(last))
            : words[when ?? "month"]
        }
        withoutHref={reportHref(asked, { when: undefined, from: undefined, to: undefined })}
      />
      {of.map(
        ([name, title, value, none]) =>
          value !== undefined && (
            <Chip
              view={view}
              name={title}
              value={value === NONE ? none : (names.get(value) ?? value)}
              withoutHref={reportHref(asked, { [name]: undefined })}
            />
          ),
      )}
      <ChipMenu title={`+ ${words.filter}`}>
        <form class="form" action={REPORTS}>
          <input type="hidden" name="by" value={by} />
          {of.map(
            ([name, , value]) =>
              name !== "campaign" && value !== undefined && <input type="hidden" name={name} value={value} />,
          )}
          <SelectField
            view={view}
            name="when"
            label={words.when}
            value={when ?? ""}
            options={[
              ["", words.any],
              ["week", words.week],
              ["month", words.month],
              ["quarter", words.quarter],
              ["year", words.year],
            ]}
          />
          <div class="pair">
            <TextField view={view} name="from" type="date" label={words.from} value={asked.from ?? ""} optional />
            <TextField view={view} name="to" type="date" label={words.to} value={asked.to ?? ""} optional />
          </div>
          <SelectField
            view={view}
            name="campaign"
            label={words.ofCampaign}
            value={campaign ?? ""}
            options={[["", words.any], ...campaigns.map(({ id, name }) => [id, name] as const)]}
          />
          <Button kind="main">{words.apply}</Button>
        </form>
      </ChipMenu>
    </Chips>
  );
}

function Totals({ view, words, report }: { view: View; words: ReportWords; report: Report }) {
  const figures = figuresIn(view);
  const { calls, length, operatorShare, silenceShare, highRisk } = figures.calls;
  const { reviews, average, passRate, turnaround, late, slaBroken } = figures.reviews;
  const notes = new Map<string, string>([
    [words.operatorShare, words.talkNote],
    [words.turnaround, words.turnaroundNote],
  ]);
  const ofCalls = callFigures(report.total);
  const ofReviews = reviewFigures(report.total);
  const figure = (name: string, value: string) => <Figure name={name} value={value} note={notes.get(name)} />;
  return (
    <>
      {report.hasCalls && (
        <Figures>
          {[calls, length, operatorShare, silenceShare, highRisk].map(([name, text]) => figure(name, text(ofCalls)))}
        </Figures>
      )}
      <Figures>
        {[reviews, average, passRate, turnaround, late, slaBroken].map(([name, text]) => figure(name, text(ofReviews)))}
      </Figures>
    </>
  );
}

function Charts({ view, words, report }: { view: View; words: ReportWords; report: Report }) {
  const { dayOfMonth, month } = view.formats;
  const { periods, hasCalls, span } = report;
  const isByDay = span.until - span.from <= MOST_DAYS_READ;
  const label = ({ from }: ReportPeriod) => (isByDay ? dayOfMonth : month)(dateOf(from));
  const every = Math.max(1, Math.ceil(periods.length / LABELS));
  return (
    <>
      {hasCalls && (
        <Panel title={words.calls}>
          <BarChart
            label={words.calls}
            series={[words.inbound, words.outbound, words.otherCalls]}
            bars={periods.map((one) => ({
              label: label(one),
              values: [one.inbound, one.outbound, one.calls - one.inbound - one.outbound],
            }))}
            labelEvery={every}
          />
        </Panel>
      )}
      {report.total.judged > 0 && (
        <Panel title={words.reviews}>
          <BarChart
            label={words.reviews}
            series={[words.passed, words.notPassed]}
            bars={periods.map((one) => ({ label: label(one), values: [one.passed, one.judged - one.passed] }))}
            labelEvery={every}
          />
        </Panel>
      )}
    </>
  );
}
