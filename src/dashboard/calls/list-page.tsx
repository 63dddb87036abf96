import type { SavedView } from "../../identity";
import { ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { KeyHint } from "../../ui/components/key-hint";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Table } from "../../ui/components/table";
import { StripLegend } from "../../ui/components/talk-strip";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { bulkWords } from "../../ui/strings/bulk";
import { callWords } from "../../ui/strings/calls";
import { wordsOf } from "../../ui/strings/define";
import { frame as frameWords } from "../../ui/strings/frame";
import type { View } from "../../ui/view";
import { afterOf, callsHref, hasFilter, type CallQuery } from "./filter";
import { SelectionBar } from "../bulk/selection-bar";
import { FilterChips, type CallWords } from "./filter-chips";
import { SaveViewMenu, ViewBar } from "../views/bar";
import { newViewId } from "../views/form";
import type { CallList, ListedCall } from "./read";
import { hrefOf, SaidLine } from "./said-line";
import { callColumns, otherPartyOf, REVIEW_COLUMNS, type OptionalColumn } from "./row";

export type CallListProps = {
  view: View;
  frame: Frame;
  asked: CallQuery;
  list: CallList;
  columns: readonly OptionalColumn[];
  /** The name of the operator that the list is filtered by. */
  operatorName: string | null;
  views: readonly SavedView[];
  mayShareViews: boolean;
  /** Whether this person may change calls, and so select some. */
  mayChange: boolean;
  /** Whether this person may read what reviews of calls came to. */
  mayReadReviews: boolean;
  /** Whether they may choose by whom calls were reviewed: those who give calls to reviewers know these. */
  mayNameReviewers: boolean;
  /** Whether calls can be found by risk and scores: where there is an index of them. */
  mayGrade: boolean;
};

/** Calls, newest or worst first. The URL holds every filter. */
export function CallListPage(props: CallListProps) {
  const { view, frame, asked, list, columns, mayChange } = props;
  const words = wordsOf(callWords, view.language);
  const keys = wordsOf(frameWords, view.language);
  const names = new Map(list.campaigns.map(({ id, name }) => [id, name]));
  const { rows, next, reviewers } = list;
  const shown = columns.filter((column) => props.mayReadReviews || !REVIEW_COLUMNS.includes(column));
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="calls" search={asked.q ?? ""}>
      <PageHead
        title={words.title}
        state={stateOf(props, words)}
        actions={
          <>
            <ButtonLink href={callsHref(asked, {}, "/dashboard/calls.csv")} icon="download">
              {words.export}
            </ButtonLink>
            <SaveViewMenu
              view={view}
              csrf={frame.csrf}
              asked={asked}
              views={props.views}
              formId={newViewId(view.now)}
              mayShare={props.mayShareViews}
            />
          </>
        }
      />
      <ViewBar view={view} asked={asked} views={props.views} />
      <div class="bar">
        <FilterChips {...props} words={words} names={names} />
        <StripLegend view={view} />
      </div>
      <form action="/dashboard/calls/bulk" class="calls-list">
        <Panel flush>
          {rows.length > 0 ? (
            <Table
              view={view}
              label={asked.sort === "worst" ? words.labelWorst : words.label}
              columns={callColumns(view, words, { campaigns: names, reviewers }, shown)}
              rows={rows}
              hrefOf={hrefOf}
              belowOf={(row) => row.said && <SaidLine view={view} row={row} search={asked.q ?? ""} />}
              audioOf={({ audio }) => audio}
              {...(mayChange ? { select: selectOf(props, words) } : {})}
            />
          ) : (
            <Nothing {...props} words={words} />
          )}
        </Panel>
        {mayChange && (
          <SelectionBar
            view={view}
            back={callsHref(asked, { after: asked.after })}
            allHref={hasFilter(asked) ? callsHref(asked, {}, "/dashboard/calls/bulk") : undefined}
          />
        )}
      </form>
      <Pager
        view={view}
        firstHref={asked.after === undefined ? undefined : callsHref(asked, {})}
        nextHref={next ? callsHref(asked, { after: afterOf(next) }) : undefined}
      >
        {list.scannedTo && <span>{words.scannedUntil(view.formats.moment(list.scannedTo.startedAt, view.now))}</span>}
        <KeyHint keys={["j", "k"]} does={keys.keyMove} />
        <KeyHint keys={["Enter"]} does={keys.keyOpen} />
        <KeyHint keys={["Space"]} does={keys.keyPlay} />
        {mayChange && <KeyHint keys={["x"]} does={keys.keySelect} />}
        <KeyHint keys={["?"]} does={keys.keyAll} />
      </Pager>
    </FramedPage>
  );
}

function stateOf({ view, list, asked }: CallListProps, words: CallWords): string {
  const { rows, next } = list;
  if (asked.sort === "worst") return words.worstFirstState;
  if (next !== null || asked.after !== undefined) return words.newestFirst;
  if (rows.length === 0) return words.none;
  return rows.length === 1 ? words.foundOne : words.found(view.formats.number(rows.length));
}

function selectOf({ view }: CallListProps, words: CallWords) {
  const bulk = wordsOf(bulkWords, view.language);
  return {
    name: "call",
    all: bulk.selectPage,
    idOf: ({ call }: ListedCall) => call.id,
    labelOf: ({ call }: ListedCall) => bulk.selectCall(otherPartyOf(call) ?? words.unknownParty),
  };
}

function Nothing({ asked, words, list }: CallListProps & { words: CallWords }) {
  if (!hasFilter(asked)) return <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>;
  if (asked.sort === "worst")
    return (
      <EmptyState
        title={words.emptyWorst}
        action={<ButtonLink href={callsHref({ ...asked, sort: undefined }, {})}>{words.newestFirst}</ButtonLink>}
      >
        {words.emptyWorstText}
      </EmptyState>
    );
  const next = list.next;
  return (
    <EmptyState
      title={words.emptyFound}
      action={
        next ? (
          <ButtonLink href={callsHref(asked, { after: afterOf(next) })}>{words.searchOn}</ButtonLink>
        ) : (
          <ButtonLink href={callsHref({}, {})}>{words.clear}</ButtonLink>
        )
      }
    >
      {words.emptyFoundText}
    </EmptyState>
  );
}
