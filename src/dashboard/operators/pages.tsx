import { may, type Caller } from "../../identity";
import type { OperatorRow } from "../../operators";
import { Button, ButtonLink } from "../../ui/components/button";
import { Id } from "../../ui/components/code";
import { EmptyState } from "../../ui/components/empty-state";
import { FormErrors, SelectField, TextField, type FieldErrors } from "../../ui/components/form";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Facts, Panel } from "../../ui/components/panel";
import { Stale, type Difference } from "../../ui/components/stale";
import { Tag } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { Toast } from "../../ui/components/toast";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf, type Words } from "../../ui/strings/define";
import { operatorWords } from "../../ui/strings/operators";
import type { View } from "../../ui/view";

type OperatorWords = Words<typeof operatorWords>;
export type OperatorShow = "all" | "review" | "merged";

type ListProps = {
  view: View;
  frame: Frame;
  rows: readonly OperatorRow[];
  show: OperatorShow;
  search: string;
  isFirst: boolean;
  nextHref: string | undefined;
};

/** The people on the calls, by name. */
export function OperatorListPage({ view, frame, rows, show, search, isFirst, nextHref }: ListProps) {
  const words = wordsOf(operatorWords, view.language);
  const shows = [
    ["all", words.all],
    ["review", words.toReview],
    ["merged", words.mergedOnes],
  ] as const;
  const isFiltered = show !== "all" || search !== "" || !isFirst;
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="operators">
      <PageHead title={words.title} state={words.text} />
      <div class="bar">
        <nav class="chips" aria-label={words.show}>
          {shows.map(([one, title]) => (
            <a class="chip" href={`/dashboard/operators?show=${one}`} aria-current={one === show ? "true" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <form action="/dashboard/operators" class="in-line">
          <input type="search" name="q" value={search} maxlength={200} aria-label={words.search} />
          <Button>{words.find}</Button>
        </form>
      </div>
      <Panel flush>
        {rows.length > 0 ? (
          <Table
            view={view}
            label={words.label}
            columns={columnsOf(view, words)}
            rows={rows}
            hrefOf={({ id }) => `/dashboard/operators/${id}`}
          />
        ) : isFiltered ? (
          <EmptyState
            title={words.noneTitle}
            action={<ButtonLink href="/dashboard/operators">{words.showAll}</ButtonLink>}
          >
            {words.noneText}
          </EmptyState>
        ) : (
          <EmptyState title={words.emptyTitle}>{words.emptyText}</EmptyState>
        )}
      </Panel>
      <Pager view={view} firstHref={isFirst ? undefined : "/dashboard/operators"} nextHref={nextHref} />
    </FramedPage>
  );
}

function columnsOf(view: View, words: OperatorWords): Column<OperatorRow>[] {
  return [
    {
      name: "name",
      title: words.name,
      narrow: "middle",
      cell: ({ name }) => (
        <b class="clip" dir="auto">
          {name}
        </b>
      ),
    },
    {
      name: "state",
      title: words.state,
      narrow: "end",
      cell: ({ needsReview, mergedInto }) => (
        <span class="flags">
          {needsReview && <Tag tone="attention">{words.review}</Tag>}
          {mergedInto !== null && <Tag>{words.merged}</Tag>}
        </span>
      ),
    },
    {
      name: "since",
      title: words.since,
      narrow: "below",
      cell: ({ createdAt }) => <Moment view={view} at={createdAt} />,
    },
  ];
}

type OneProps = {
  view: View;
  frame: Frame;
  caller: Caller;
  operator: OperatorRow;
  into: OperatorRow | null;
  references: readonly string[];
  /** Others that a search found, to merge into. */
  found: readonly OperatorRow[];
  search: string;
  done: string;
  /** What the form of the name is filled with, and from. */
  name: string;
  seen: string;
  errors: FieldErrors;
  differences: readonly Difference[];
};

/** One operator: rename, merge, and the way back. */
export function OperatorPage(props: OneProps) {
  const { view, frame, caller, operator, into, references, done, name, seen, errors, differences } = props;
  const words = wordsOf(operatorWords, view.language);
  const base = `/dashboard/operators/${operator.id}`;
  const texts: Record<string, string> = {
    merged: words.isMerged,
    unmerged: words.isUnmerged,
    renamed: words.isRenamed,
  };
  const undo = (
    <form method="post" action={`${base}/unmerge`}>
      <input type="hidden" name="csrf" value={frame.csrf} />
      <Button small icon="undo">
        {words.undo}
      </Button>
    </form>
  );
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={operator.name}
      current="operators"
      toast={
        Object.hasOwn(texts, done) && (
          <Toast>
            {texts[done]}
            {done === "merged" && operator.mergedInto !== null && undo}
          </Toast>
        )
      }
    >
      <PageHead
        title={<bdi>{operator.name}</bdi>}
        state={operator.needsReview ? <Tag tone="attention">{words.review}</Tag> : undefined}
        actions={
          may(caller, "calls:read") && (
            <ButtonLink href={`/dashboard/calls?operator=${operator.id}`}>{words.calls}</ButtonLink>
          )
        }
      />
      <FormErrors view={view} errors={errors} />
      <div class="halves">
        <Panel title={words.facts}>
          <Facts
            facts={[
              [words.since, <Moment view={view} at={operator.createdAt} focusable />],
              [words.references, references.length === 0 ? "–" : <span dir="auto">{references.join(", ")}</span>],
              ...(into
                ? [
                    [
                      words.mergedInto,
                      <a href={`/dashboard/operators/${into.id}`} dir="auto">
                        {into.name}
                      </a>,
                    ] as const,
                  ]
                : []),
              [words.id, <Id view={view} text={operator.id} what={words.id} />],
            ]}
          />
          {may(caller, "operators:write") && (
            <form method="post" action={`${base}/name`} class="form spaced">
              <input type="hidden" name="csrf" value={frame.csrf} />
              <input type="hidden" name="seen" value={seen} />
              {differences.length > 0 && <Stale view={view} differences={differences} />}
              <TextField
                view={view}
                name="name"
                label={words.name}
                value={name}
                hint={words.renameText}
                errors={errors}
                maxlength={200}
              />
              <div class="actions">
                <Button>{words.rename}</Button>
              </div>
            </form>
          )}
        </Panel>
        {may(caller, "operators:write") && (
          <Panel title={words.merge}>
            {operator.mergedInto === null ? (
              <MergeForms {...props} words={words} />
            ) : (
              <form method="post" action={`${base}/unmerge`} class="actions">
                <input type="hidden" name="csrf" value={frame.csrf} />
                <Button>{words.unmerge}</Button>
              </form>
            )}
          </Panel>
        )}
      </div>
    </FramedPage>
  );
}

function MergeForms({ view, operator, found, search, words }: OneProps & { words: OperatorWords }) {
  const base = `/dashboard/operators/${operator.id}`;
  return (
    <div class="form">
      <p>{words.mergeText}</p>
      <form action={base} class="in-line">
        <input type="search" name="q" value={search} maxlength={200} aria-label={words.mergeFind} />
        <Button>{words.find}</Button>
      </form>
      {search !== "" && found.length === 0 && <p class="second">{words.mergeNone}</p>}
      {found.length > 0 && (
        <form action={`${base}/merge`} class="form">
          <SelectField
            view={view}
            name="into"
            label={words.mergeInto}
            options={found.map(({ id, name }) => [id, name] as const)}
          />
          <div class="actions">
            <Button kind="main">{words.merge}</Button>
          </div>
        </form>
      )}
    </div>
  );
}
