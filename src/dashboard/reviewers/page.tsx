import type { Reviewer } from "../../quality";
import { Button } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { CheckField, SelectField, TextField } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { Toast } from "../../ui/components/toast";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf } from "../../ui/strings/define";
import { reviewingWords } from "../../ui/strings/reviewing";
import type { View } from "../../ui/view";

type Props = {
  view: View;
  frame: Frame;
  reviewers: readonly Reviewer[];
  /** An absence is one in every campaign. */
  maySetAway: boolean;
  done: "away" | "back" | null;
};

/** Who may review, what is theirs, and who is away. */
export function ReviewersPage(props: Props) {
  const { view, frame, reviewers, maySetAway, done } = props;
  const words = wordsOf(reviewingWords, view.language);
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={words.reviewers}
      current="tasks"
      toast={done && <Toast>{done === "away" ? words.isAway : words.isBack}</Toast>}
    >
      <PageHead title={words.reviewers} state={words.reviewersText} />
      <Panel flush>
        {reviewers.length === 0 ? (
          <EmptyState title={words.reviewersNone}>{words.reviewersNoneText}</EmptyState>
        ) : (
          <Table view={view} label={words.reviewers} rows={reviewers} columns={columnsOf(props)} />
        )}
      </Panel>
      {maySetAway && reviewers.length > 0 && <AwayPanel {...props} />}
    </FramedPage>
  );
}

function columnsOf({ view, frame, maySetAway }: Props): Column<Reviewer>[] {
  const words = wordsOf(reviewingWords, view.language);
  const { number, moment } = view.formats;
  return [
    { name: "person", title: words.person, narrow: "start", cell: ({ name }) => <span dir="auto">{name}</span> },
    {
      name: "open",
      title: words.open,
      kind: "number",
      narrow: "below",
      titled: true,
      cell: ({ open }) => number(open),
    },
    {
      name: "overdue",
      title: words.overdue,
      kind: "number",
      narrow: "below-end",
      titled: true,
      cell: ({ overdue }) => number(overdue),
    },
    {
      name: "state",
      title: words.state,
      narrow: "middle",
      cell: ({ awayUntil }) =>
        awayUntil === undefined ? (
          <Status tone="good">{words.here}</Status>
        ) : (
          <Status tone="attention">
            {awayUntil === null ? words.away : words.awayUntil(moment(awayUntil, view.now))}
          </Status>
        ),
    },
    {
      name: "act",
      title: words.back,
      silent: true,
      narrow: "end",
      cell: ({ id, awayUntil }) =>
        maySetAway &&
        awayUntil !== undefined && (
          <form method="post" action={`/dashboard/reviewers/${id}/back`}>
            <input type="hidden" name="csrf" value={frame.csrf} />
            <Button small>{words.back}</Button>
          </form>
        ),
    },
  ];
}

function AwayPanel({ view, frame, reviewers }: Props) {
  const words = wordsOf(reviewingWords, view.language);
  return (
    <Panel title={words.setAwayTitle} id="away">
      <form method="post" action="/dashboard/reviewers/away" class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <SelectField
          view={view}
          name="reviewer"
          label={words.person}
          options={reviewers.map(({ id, name }) => [id, name] as const)}
        />
        <TextField view={view} name="until" type="date" label={words.until} hint={words.untilHint} optional />
        <CheckField name="handOn" label={words.handOn} />
        <div class="actions">
          <Button kind="main">{words.setAway}</Button>
        </div>
      </form>
    </Panel>
  );
}
