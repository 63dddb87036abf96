import { CALL_FLAGS, MAX_TAG_LENGTH } from "../../calls";
import type { SavedView } from "../../identity";
import { Button, ButtonLink } from "../../ui/components/button";
import { Chip, ChipMenu, Chips } from "../../ui/components/chips";
import { EmptyState } from "../../ui/components/empty-state";
import { CheckField, SelectField, TextField } from "../../ui/components/form";
import { KeyHint } from "../../ui/components/key-hint";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Table } from "../../ui/components/table";
import { StripLegend } from "../../ui/components/talk-strip";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { bulkWords } from "../../ui/strings/bulk";
import { callWords } from "../../ui/strings/calls";
import { wordsOf, type Words } from "../../ui/strings/define";
import { frame as frameWords } from "../../ui/strings/frame";
import type { View } from "../../ui/view";
import { afterOf, callsHref, hasFilter, type CallQuery } from "./filter";
import { SelectionBar } from "../bulk/selection-bar";
import { SaveViewMenu, ViewBar } from "../views/bar";
import { newViewId } from "../views/form";
import type { CallList, ListedCall } from "./read";
import { hrefOf, SaidLine } from "./said-line";
import { callColumns, OPTIONAL_COLUMNS, otherPartyOf, type OptionalColumn } from "./row";

type Props = {
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
};

/** Calls, newest first. The URL holds every filter. */
export function CallListPage(props: Props) {
  const { view, frame, asked, list, columns, mayChange } = props;
  const words = wordsOf(callWords, view.language);
  const keys = wordsOf(frameWords, view.language);
  const names = new Map(list.campaigns.map(({ id, name }) => [id, name]));
  const { rows, next } = list;
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="calls" search={asked.q ?? ""}>
      <PageHead
        title={words.title}
        state={stateOf(props, words)}
        actions={
          <>
            <ButtonLink href={callsHref(asked, {}, "/dashboard/calls.csv")} icon="download" download>
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
      <form action="/dashboard/calls/bulk">
        <Panel flush>
          {rows.length > 0 ? (
            <Table
              view={view}
              label={words.label}
              columns={callColumns(view, words, names, columns)}
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
            // What words find is the index's to say, which a change of many calls does not ask.
            allHref={
              hasFilter(asked) && asked.q === undefined ? callsHref(asked, {}, "/dashboard/calls/bulk") : undefined
            }
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

type CallWords = Words<typeof callWords>;

function stateOf({ view, list, asked }: Props, words: CallWords): string {
  const { rows, next } = list;
  if (next !== null || asked.after !== undefined) return words.newestFirst;
  if (rows.length === 0) return words.none;
  return rows.length === 1 ? words.foundOne : words.found(view.formats.number(rows.length));
}

function FilterChips(props: Props & { words: CallWords; names: ReadonlyMap<string, string> }) {
  const { view, asked, words, names, list, operatorName, columns } = props;
  const { q, when, from, to, campaign, operator, source, flag, direction, state, tag, unassigned } = asked;
  const chip = (name: string, value: string, without: Partial<CallQuery>) => (
    <Chip view={view} name={name} value={value} withoutHref={callsHref(asked, without)} />
  );
  return (
    <Chips>
      {q !== undefined && chip(words.search, q, { q: undefined })}
      {when !== undefined && chip(words.when, words[when], { when: undefined })}
      {when === undefined &&
        (from ?? to) !== undefined &&
        chip(words.when, spanOf(words, from, to), { from: undefined, to: undefined })}
      {campaign !== undefined && chip(words.campaign, names.get(campaign) ?? campaign, { campaign: undefined })}
      {operator !== undefined && chip(words.operator, operatorName ?? operator, { operator: undefined })}
      {source !== undefined &&
        chip(words.source, list.sources.find(({ id }) => id === source)?.name ?? source, { source: undefined })}
      {flag !== undefined && chip(words.flags, words[flag], { flag: undefined })}
      {direction !== undefined && chip(words.direction, words[direction], { direction: undefined })}
      {state !== undefined && chip(words.state, words[state], { state: undefined })}
      {tag !== undefined && chip(words.tag, tag, { tag: undefined })}
      {unassigned !== undefined && chip(words.flags, words.unassigned, { unassigned: undefined })}
      <ChipMenu title={`+ ${words.filter}`}>
        <form class="form" action="/dashboard/calls">
          {q !== undefined && <input type="hidden" name="q" value={q} />}
          {operator !== undefined && <input type="hidden" name="operator" value={operator} />}
          {unassigned !== undefined && <input type="hidden" name="unassigned" value={unassigned} />}
          <SelectField
            view={view}
            name="when"
            label={words.when}
            value={when ?? ""}
            options={[
              ["", words.any],
              ["today", words.today],
              ["week", words.week],
              ["month", words.month],
            ]}
          />
          <div class="pair">
            <TextField view={view} name="from" type="date" label={words.from} value={from ?? ""} optional />
            <TextField view={view} name="to" type="date" label={words.to} value={to ?? ""} optional />
          </div>
          <SelectField
            view={view}
            name="campaign"
            label={words.campaign}
            value={campaign ?? ""}
            options={[["", words.any], ...list.campaigns.map(({ id, name }) => [id, name] as const)]}
          />
          <SelectField
            view={view}
            name="source"
            label={words.source}
            value={source ?? ""}
            options={[["", words.any], ...list.sources.map(({ id, name }) => [id, name] as const)]}
          />
          <SelectField
            view={view}
            name="flag"
            label={words.flags}
            value={flag ?? ""}
            options={[["", words.any], ...CALL_FLAGS.map((one) => [one, words[one]] as const)]}
          />
          <SelectField
            view={view}
            name="direction"
            label={words.direction}
            value={direction ?? ""}
            options={[
              ["", words.any],
              ["inbound", words.inbound],
              ["outbound", words.outbound],
              ["internal", words.internal],
            ]}
          />
          <SelectField
            view={view}
            name="state"
            label={words.state}
            value={state ?? ""}
            options={[
              ["", words.any],
              ["in_progress", words.in_progress],
              ["completed", words.completed],
              ["failed", words.failed],
            ]}
          />
          <TextField view={view} name="tag" label={words.tag} value={tag ?? ""} maxlength={MAX_TAG_LENGTH} optional />
          <Button kind="main">{words.apply}</Button>
        </form>
      </ChipMenu>
      <ChipMenu title={words.columns}>
        <form method="post" action="/dashboard/calls/columns" class="form">
          <input type="hidden" name="back" value={view.path} />
          <div>
            {OPTIONAL_COLUMNS.map((column) => (
              <CheckField name="column" value={column} label={words[column]} checked={columns.includes(column)} />
            ))}
          </div>
          <Button>{words.apply}</Button>
        </form>
      </ChipMenu>
    </Chips>
  );
}

function selectOf({ view }: Props, words: CallWords) {
  const bulk = wordsOf(bulkWords, view.language);
  return {
    name: "call",
    all: bulk.selectPage,
    idOf: ({ call }: ListedCall) => call.id,
    labelOf: ({ call }: ListedCall) => bulk.selectCall(otherPartyOf(call) ?? words.unknownParty),
  };
}

function spanOf(words: CallWords, from: string | undefined, to: string | undefined): string {
  if (from !== undefined && to !== undefined) return from === to ? words.day(from) : words.between(from, to);
  return from === undefined ? words.until(to ?? "") : words.since(from);
}

function Nothing({ asked, words, list }: Props & { words: CallWords }) {
  if (!hasFilter(asked)) return <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>;
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
