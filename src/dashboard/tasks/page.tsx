import type { CallHead } from "../../calls";
import type { CampaignRow } from "../../campaigns";
import type { ListedTask } from "../../quality";
import { ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { KeyHint } from "../../ui/components/key-hint";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Status, Tag } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { TalkStrip } from "../../ui/components/talk-strip";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { bulkWords } from "../../ui/strings/bulk";
import { wordsOf } from "../../ui/strings/define";
import { frame as frameWords } from "../../ui/strings/frame";
import { reviewWords } from "../../ui/strings/reviews";
import { reviewingWords } from "../../ui/strings/reviewing";
import { operatorWords } from "../../ui/strings/operators";
import type { View } from "../../ui/view";
import { SelectionBar } from "../bulk/selection-bar";
import { stripOf } from "../calls/read";
import { otherPartyOf } from "../calls/row";
import { DoneToast, type ReviewDone } from "../reviews/page";
import { TASK_STATES, tasksHref, type TaskQuery } from "./query";

export type ShownTask = ListedTask & { call: CallHead | undefined };

type Props = {
  view: View;
  frame: Frame;
  rows: readonly ShownTask[];
  asked: TaskQuery;
  /** Of reviewers, by id. */
  names: ReadonlyMap<string, string>;
  campaigns: readonly CampaignRow[];
  scannedTo: number | null;
  firstHref: string | undefined;
  nextHref: string | undefined;
  /** Whether the visitor may take calls to review. */
  mayReview: boolean;
  /** Whether they may decide what nobody has to review. */
  mayClose: boolean;
  /** This page. */
  href: string;
  /** Whether they choose who reviews what. */
  mayAssign: boolean;
  /** Nothing waited for them. */
  isQueueEmpty: boolean;
  done: ReviewDone | null;
};

/** Calls to listen to, the newest first. A row opens its call. */
export function TaskListPage(props: Props) {
  const {
    view,
    frame,
    rows,
    asked,
    scannedTo,
    firstHref,
    nextHref,
    mayReview,
    mayAssign,
    mayClose,
    href,
    isQueueEmpty,
    done,
  } = props;
  const ofReviews = wordsOf(reviewWords, view.language);
  const words = wordsOf(operatorWords, view.language);
  const keys = wordsOf(frameWords, view.language);
  const { mine, state } = asked;
  const states = [[undefined, words.all], ...TASK_STATES.map((one) => [one, words[one]] as const)] as const;
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={words.tasks}
      current="tasks"
      toast={done && <DoneToast view={view} words={ofReviews} frame={frame} done={done} />}
    >
      <PageHead
        title={words.tasks}
        state={words.tasksText}
        actions={
          <>
            {mayAssign && (
              <ButtonLink href="/dashboard/reviewers">{wordsOf(reviewingWords, view.language).reviewers}</ButtonLink>
            )}
            {mayReview && (
              <form method="post" action="/dashboard/reviews/take">
                <input type="hidden" name="csrf" value={frame.csrf} />
                <button class="button main" data-focus>
                  {ofReviews.takeNext}
                </button>
              </form>
            )}
          </>
        }
      />
      {isQueueEmpty && <Panel>{ofReviews.nothing}</Panel>}
      <div class="bar">
        {mayReview && (
          <nav class="chips choose" aria-label={words.whose}>
            {(
              [
                [true, words.mine],
                [false, words.everyones],
              ] as const
            ).map(([one, title]) => (
              <a class="chip" href={tasksHref(asked, { mine: one })} aria-current={one === mine ? "true" : undefined}>
                {title}
              </a>
            ))}
          </nav>
        )}
        <nav class="chips choose" aria-label={words.state}>
          {states.map(([one, title]) => (
            <a class="chip" href={tasksHref(asked, { state: one })} aria-current={one === state ? "true" : undefined}>
              {title}
            </a>
          ))}
        </nav>
      </div>
      <form action="/dashboard/calls/bulk">
        <Panel flush>
          {rows.length > 0 ? (
            <Table
              view={view}
              label={words.tasksLabel}
              columns={columnsOf(props)}
              rows={rows}
              hrefOf={({ task }) => `/dashboard/calls/${task.callId}?tab=scorecard`}
              {...(mayClose ? { select: selectOf(props) } : {})}
            />
          ) : mine && state === undefined ? (
            <EmptyState title={words.mineEmptyTitle}>{words.mineEmptyText}</EmptyState>
          ) : state === undefined && firstHref === undefined ? (
            <EmptyState title={words.tasksEmptyTitle}>{words.tasksEmptyText}</EmptyState>
          ) : (
            <EmptyState
              title={words.tasksNone}
              action={<ButtonLink href="/dashboard/tasks">{words.showAll}</ButtonLink>}
            >
              {words.tasksEmptyText}
            </EmptyState>
          )}
        </Panel>
        {mayClose && rows.length > 0 && <SelectionBar view={view} back={href} />}
      </form>
      <Pager view={view} firstHref={firstHref} nextHref={nextHref}>
        {scannedTo !== null && <span>{words.searchedTo(view.formats.moment(scannedTo, view.now))}</span>}
        <KeyHint keys={["j", "k"]} does={keys.keyMove} />
        <KeyHint keys={["Enter"]} does={keys.keyOpen} />
        {mayClose && <KeyHint keys={["x"]} does={keys.keySelect} />}
      </Pager>
    </FramedPage>
  );
}

const TONES = { open: "attention", completed: "good", closed: "idle" } as const;

function selectOf({ view }: Props) {
  const words = wordsOf(bulkWords, view.language);
  return {
    name: "call",
    all: words.selectPage,
    idOf: ({ task }: ShownTask) => task.callId,
    labelOf: ({ call, startedAt }: ShownTask) =>
      words.selectCall((call && otherPartyOf(call)) ?? view.formats.moment(startedAt, view.now)),
  };
}

function columnsOf({ view, campaigns, names: reviewers }: Props): Column<ShownTask>[] {
  const words = wordsOf(operatorWords, view.language);
  const names = new Map(campaigns.map(({ id, name }) => [id, name]));
  return [
    {
      name: "time",
      title: words.call,
      kind: "mono",
      narrow: "start",
      cell: ({ startedAt }) => <Moment view={view} at={startedAt} as="timeInList" />,
    },
    {
      name: "party",
      title: words.listen,
      kind: "mono",
      silent: true,
      narrow: "middle",
      cell: ({ call }) => (
        <span class="clip" dir="auto">
          {call ? (otherPartyOf(call) ?? "–") : "–"}
        </span>
      ),
    },
    {
      name: "operator",
      title: words.operator,
      narrow: "below",
      cell: ({ call }) => (
        <span class="clip" dir="auto">
          {call?.operatorName ?? call?.operatorReference ?? "–"}
        </span>
      ),
    },
    {
      name: "campaign",
      title: words.campaign,
      cell: ({ task }) => (
        <span class="clip second" dir="auto">
          {task.campaignId === null ? "–" : (names.get(task.campaignId) ?? "–")}
        </span>
      ),
    },
    {
      name: "strip",
      title: words.tasks,
      silent: true,
      narrow: "below",
      cell: ({ call }) => <TalkStrip view={view} strip={stripOf(call?.talkStrip ?? null)} />,
    },
    {
      name: "reviewer",
      title: words.reviewer,
      cell: ({ task }) => (
        <span class="clip" dir="auto">
          {task.assigneeId === null ? "" : (reviewers.get(task.assigneeId) ?? task.assigneeId)}
        </span>
      ),
    },
    {
      name: "due",
      title: words.due,
      narrow: "below-end",
      cell: ({ task }) =>
        task.dueAt === null || task.state !== "open" ? null : task.dueAt < view.now ? (
          <Tag tone="attention">
            {words.late}: <Moment view={view} at={task.dueAt} />
          </Tag>
        ) : (
          <Moment view={view} at={task.dueAt} />
        ),
    },
    {
      name: "state",
      title: words.state,
      narrow: "end",
      cell: ({ task }) => <Status tone={TONES[task.state]}>{words[task.state]}</Status>,
    },
  ];
}
