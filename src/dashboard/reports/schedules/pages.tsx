import type { Child } from "hono/jsx";
import type { PausedBecause, RunRow, ScheduleRow } from "../../../reports";
import { Button, ButtonLink } from "../../../ui/components/button";
import { EmptyState } from "../../../ui/components/empty-state";
import { Moment } from "../../../ui/components/moment";
import { Panel } from "../../../ui/components/panel";
import { Pager } from "../../../ui/components/pager";
import { Status } from "../../../ui/components/status";
import { Table, type Column } from "../../../ui/components/table";
import { Toast } from "../../../ui/components/toast";
import { FramedPage, type Frame } from "../../../ui/layout/framed";
import { PageHead } from "../../../ui/layout/page-head";
import { wordsOf } from "../../../ui/strings/define";
import { reportScheduleWords, type ReportScheduleWords } from "../../../ui/strings/report-schedules";
import type { View } from "../../../ui/view";
import type { Paged } from "../../settings/paged";
import { dateOf } from "../days";
import { REPORTS } from "../query";
import { ScheduleForm, type Filled } from "./schedule-form";

export const SCHEDULES = `${REPORTS}/schedules`;

type Common = { view: View; frame: Frame; mayWrite: boolean };

/** All that is sent, and how it went the last time. */
export function ScheduleListPage(props: Common & { schedules: Paged<ScheduleRow>; done: string }) {
  const { view, frame, mayWrite, schedules, done } = props;
  const words = wordsOf(reportScheduleWords, view.language);
  const columns: Column<ScheduleRow>[] = [
    { name: "name", title: words.name, narrow: "start", cell: ({ name }) => <span dir="auto">{name}</span> },
    { name: "every", title: words.every, narrow: "below", cell: ({ every }) => words[every] },
    {
      name: "state",
      title: words.result,
      narrow: "end",
      cell: (row) => (
        <Status tone={row.paused ? "attention" : row.trouble === null ? "good" : "wrong"}>
          {row.paused ? words.paused : row.trouble === null ? words.active : words[row.trouble as "failed"]}
        </Status>
      ),
    },
    {
      name: "sent",
      title: words.when,
      narrow: "below-end",
      cell: ({ sentAt }) => (sentAt === null ? "–" : <Moment view={view} at={sentAt} />),
    },
  ];
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={words.title}
      current="reports"
      toast={done === "removed" && <Toast>{words.removed}</Toast>}
    >
      <PageHead
        title={words.title}
        state={words.state}
        actions={
          <>
            <ButtonLink href={REPORTS}>{words.back}</ButtonLink>
            {mayWrite && (
              <ButtonLink href={`${SCHEDULES}/new`} kind="main">
                {words.add}
              </ButtonLink>
            )}
          </>
        }
      />
      <Panel flush>
        {schedules.rows.length === 0 ? (
          <EmptyState title={words.none}>{words.noneText}</EmptyState>
        ) : (
          <Table
            view={view}
            label={words.title}
            rows={schedules.rows}
            columns={columns}
            hrefOf={({ id }) => `${SCHEDULES}/${id}`}
          />
        )}
        <Pager view={view} firstHref={schedules.firstHref} nextHref={schedules.nextHref} label={words.title} />
      </Panel>
    </FramedPage>
  );
}

/** Has the report that somebody looks at sent. */
export function NewSchedulePage(props: Common & Filled & { once: string }) {
  const { view, frame, once } = props;
  const words = wordsOf(reportScheduleWords, view.language);
  return (
    <FramedPage view={view} frame={frame} title={words.add} current="reports">
      <PageHead title={words.add} state={words.state} />
      <Panel>
        <ScheduleForm {...props} action={SCHEDULES} words={words}>
          <input type="hidden" name="once" value={once} />
        </ScheduleForm>
      </Panel>
    </FramedPage>
  );
}

type OneProps = Common &
  Filled & { schedule: ScheduleRow; seen: string; ownerName: string; runs: Paged<RunRow>; done: string; once: string };

/** One of them: how it stands, what is sent, and how the last ones went. */
export function SchedulePage(props: OneProps) {
  const { view, frame, mayWrite, schedule, seen, ownerName, runs, done, once } = props;
  const words = wordsOf(reportScheduleWords, view.language);
  const at = `${SCHEDULES}/${schedule.id}`;
  const said = { saved: words.saved, sent: words.sent }[done];
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={schedule.name}
      current="reports"
      toast={said !== undefined && <Toast>{said}</Toast>}
    >
      <PageHead
        title={<bdi>{schedule.name}</bdi>}
        state={stateOf(view, words, schedule, ownerName)}
        actions={
          mayWrite && (
            <>
              <Act frame={frame} action={`${at}/${schedule.paused ? "resume" : "pause"}`}>
                {schedule.paused ? words.resume : words.pause}
              </Act>
              <Act frame={frame} action={`${at}/send`} once={once}>
                {words.send}
              </Act>
              <ButtonLink href={`${at}/delete`}>{words.remove}</ButtonLink>
            </>
          )
        }
      />
      <Panel title={words.runs} flush>
        {runs.rows.length === 0 ? (
          <EmptyState title={words.noRuns}>{words.noRunsText}</EmptyState>
        ) : (
          <Table view={view} label={words.runs} rows={runs.rows} columns={runColumns(view, words)} />
        )}
        <Pager view={view} firstHref={runs.firstHref} nextHref={runs.nextHref} label={words.runs} />
      </Panel>
      <Panel title={words.what}>
        <p>
          {words.rights(ownerName)} {words.rightsText}
        </p>
        {mayWrite && (
          <ScheduleForm {...props} action={at} words={words}>
            <input type="hidden" name="seen" value={seen} />
          </ScheduleForm>
        )}
      </Panel>
    </FramedPage>
  );
}

type ActProps = { frame: Frame; action: string; once?: string; children: Child };

function Act({ frame, action, once, children }: ActProps) {
  return (
    <form method="post" action={action}>
      <input type="hidden" name="csrf" value={frame.csrf} />
      {once !== undefined && <input type="hidden" name="once" value={once} />}
      <Button>{children}</Button>
    </form>
  );
}

function stateOf(view: View, words: ReportScheduleWords, schedule: ScheduleRow, ownerName: string): string {
  const { paused, pausedReason, dueAt } = schedule;
  if (!paused) return words.next(view.formats.moment(dueAt, view.now));
  if (pausedReason === null) return words.pausedByPerson;
  return `${words[pausedReason as PausedBecause](ownerName)} ${words.resumeHow}`;
}

function runColumns(view: View, words: ReportScheduleWords): Column<RunRow>[] {
  return [
    {
      name: "days",
      title: words.days,
      narrow: "start",
      cell: ({ fromDay, untilDay }) =>
        `${view.formats.date(dateOf(fromDay))} – ${view.formats.date(dateOf(untilDay - 1))}`,
    },
    {
      name: "result",
      title: words.result,
      narrow: "below",
      cell: (run) => <span>{resultOf(view, words, run)}</span>,
    },
    {
      name: "state",
      title: words.result,
      silent: true,
      narrow: "end",
      cell: ({ state }) => (
        <Status tone={state === "done" ? "good" : state === "open" ? "attention" : "wrong"}>{words[state]}</Status>
      ),
    },
    {
      name: "when",
      title: words.when,
      narrow: "below-end",
      cell: ({ createdAt }) => <Moment view={view} at={createdAt} />,
    },
  ];
}

/** How the letters went, what went wrong with them, and whether webhooks were told. */
function resultOf(view: View, words: ReportScheduleWords, { letters, told }: RunRow): string {
  const states = Object.values(letters);
  const { number } = view.formats;
  const wrong = (["no_mail", "failed", "unclear", "gone"] as const).filter((one) => states.includes(one));
  const sent = states.filter((state) => state === "sent").length;
  return [
    ...(states.length > 0 ? [words.lettersSent(number(sent), number(states.length))] : []),
    ...wrong.map((one) => words[one]),
    ...(told ? [words.told] : []),
  ].join("; ");
}
