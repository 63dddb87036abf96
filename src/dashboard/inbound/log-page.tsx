import { may, type Caller } from "../../identity";
import type { InboundPage, SourceView } from "../../sources";
import { Button, ButtonLink } from "../../ui/components/button";
import { Chip, ChipMenu, Chips } from "../../ui/components/chips";
import { EmptyState } from "../../ui/components/empty-state";
import { SelectField, TextField } from "../../ui/components/form";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Tag } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { Toast } from "../../ui/components/toast";
import { adviceOn } from "../../ui/failures";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf, type Words } from "../../ui/strings/define";
import { inboundWords } from "../../ui/strings/inbound";
import { sourceWords } from "../../ui/strings/sources";
import type { View } from "../../ui/view";
import { OutcomeTag, outcomeWord, SampleMark } from "../sources/arrivals";
import { hasFilter, inboundHref, OUTCOMES, type InboundQuery } from "./filter";

type InboundWords = Words<typeof inboundWords>;
type Row = InboundPage["rows"][number];

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  /** Whether the visitor may search in bodies. */
  searches: boolean;
  asked: InboundQuery;
  page: InboundPage;
  sources: readonly SourceView[];
  replayed: number | null;
};

/** Every request that came, newest first. The URL holds every filter. */
export function InboundLogPage(props: Props) {
  const { view, frame, caller, asked, page, sources, replayed } = props;
  const words = wordsOf(inboundWords, view.language);
  const { rows, next, scannedUntil } = page;
  const isFiltered = hasFilter(asked);
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={words.title}
      current="inbound"
      toast={replayed !== null && <Toast>{words.replayed(view.formats.number(replayed))}</Toast>}
    >
      <PageHead
        title={words.title}
        state={words.text}
        actions={
          may(caller, "inbound:replay") &&
          isFiltered && (
            <ButtonLink href={inboundHref(asked, {}, "/dashboard/inbound/replay")}>{words.replayThese}</ButtonLink>
          )
        }
      />
      <div class="bar">
        <Filters {...props} words={words} />
      </div>
      <Panel flush>
        {rows.length > 0 ? (
          <Table
            view={view}
            label={words.label}
            columns={columnsOf(view, caller, words, new Map(sources.map(({ id, name }) => [id, name])))}
            rows={rows}
            hrefOf={({ id }) => `/dashboard/inbound/${id}`}
          />
        ) : (
          <EmptyState
            title={isFiltered || asked.after ? words.noneTitle : words.emptyTitle}
            action={
              next ? (
                <ButtonLink href={inboundHref(asked, { after: next })}>{words.searchOn}</ButtonLink>
              ) : isFiltered ? (
                <ButtonLink href="/dashboard/inbound">{words.clear}</ButtonLink>
              ) : (
                <ButtonLink href="/dashboard/sources">{words.openSource}</ButtonLink>
              )
            }
          >
            {isFiltered || asked.after ? words.noneText : words.emptyText}
          </EmptyState>
        )}
      </Panel>
      <Pager
        view={view}
        firstHref={asked.after === undefined ? undefined : inboundHref(asked, {})}
        nextHref={next ? inboundHref(asked, { after: next }) : undefined}
      >
        {scannedUntil !== null && <span>{words.scannedUntil(view.formats.moment(scannedUntil, view.now))}</span>}
      </Pager>
    </FramedPage>
  );
}

function Filters({ view, asked, sources, searches, words }: Props & { words: InboundWords }) {
  const ofSources = wordsOf(sourceWords, view.language);
  const { outcome, reason, source, call, status, q, from, until } = asked;
  const named = sources.find(({ id }) => id === source)?.name ?? source;
  const chip = (name: string, value: string, without: Partial<InboundQuery>) => (
    <Chip view={view} name={name} value={value} withoutHref={inboundHref(asked, without)} />
  );
  return (
    <Chips>
      {outcome !== undefined && chip(words.outcome, outcomeWord(ofSources, outcome), { outcome: undefined })}
      {reason !== undefined && chip(words.reason, reason, { reason: undefined })}
      {named !== undefined && chip(words.source, named, { source: undefined })}
      {call !== undefined && chip(words.call, call, { call: undefined })}
      {status !== undefined && chip(words.answer, String(status), { status: undefined })}
      {q !== undefined && chip(words.search, q, { q: undefined })}
      {from !== undefined && chip(words.from, view.formats.date(from), { from: undefined })}
      {until !== undefined && chip(words.until, view.formats.date(until), { until: undefined })}
      <ChipMenu title={`+ ${words.filter}`}>
        <form class="form" action="/dashboard/inbound">
          {call !== undefined && <input type="hidden" name="call" value={call} />}
          <SelectField
            view={view}
            name="outcome"
            label={words.outcome}
            value={outcome ?? ""}
            options={[["", words.any], ...OUTCOMES.map((one) => [one, outcomeWord(ofSources, one)] as const)]}
          />
          <SelectField
            view={view}
            name="source"
            label={words.source}
            value={source ?? ""}
            options={[["", words.any], ...sources.map(({ id, name }) => [id, name] as const)]}
          />
          <TextField
            view={view}
            name="reason"
            label={words.reason}
            value={reason ?? ""}
            maxlength={100}
            mono
            optional
          />
          <TextField
            view={view}
            name="status"
            label={words.answer}
            value={status === undefined ? "" : String(status)}
            inputmode="numeric"
            optional
          />
          {searches && <TextField view={view} name="q" label={words.search} value={q ?? ""} maxlength={200} optional />}
          <div class="pair">
            <TextField view={view} name="from" type="date" label={words.from} value={from ?? ""} optional />
            <TextField view={view} name="until" type="date" label={words.until} value={until ?? ""} optional />
          </div>
          <Button kind="main">{words.apply}</Button>
        </form>
      </ChipMenu>
    </Chips>
  );
}

function columnsOf(view: View, caller: Caller, words: InboundWords, names: ReadonlyMap<string, string>): Column<Row>[] {
  const ofSources = wordsOf(sourceWords, view.language);
  return [
    {
      name: "time",
      title: words.time,
      kind: "mono",
      narrow: "start",
      cell: ({ receivedAt }) => <Moment view={view} at={receivedAt} as="secondInList" />,
    },
    {
      name: "source",
      title: words.source,
      narrow: "middle",
      cell: ({ sourceId, sourceKind }) => (
        <span class="clip" dir="auto">
          {(sourceId !== null && names.get(sourceId)) || sourceKind}
        </span>
      ),
    },
    {
      name: "event",
      title: words.event,
      narrow: "below",
      cell: ({ event }) => event !== null && <code dir="auto">{event}</code>,
    },
    {
      name: "call",
      title: words.call,
      narrow: "below",
      cell: (row) => <CallOfRequest caller={caller} row={row} />,
    },
    {
      name: "outcome",
      title: words.outcome,
      narrow: "end",
      cell: ({ outcome, form }) => (
        <>
          {outcome === "accepted" ? (
            // What goes well is quiet, so that what does not is seen.
            <Tag>{outcomeWord(ofSources, outcome)}</Tag>
          ) : (
            <OutcomeTag words={ofSources} outcome={outcome} />
          )}{" "}
          {form === "sample" && <SampleMark words={ofSources} />}
        </>
      ),
    },
    { name: "answer", title: words.answer, kind: "number", narrow: "below-end", cell: ({ status }) => String(status) },
    {
      name: "reason",
      title: words.reason,
      narrow: "below",
      cell: ({ reason }) =>
        reason === null ? null : (
          <>
            <code>{reason}</code> <span class="second">{adviceOn("notice", reason, view.language)}</span>
          </>
        ),
    },
    {
      name: "replays",
      title: words.replays,
      kind: "number",
      cell: ({ replays }) => (replays === 0 ? null : view.formats.number(replays)),
    },
  ];
}

/** By the platform's id of it, which both sides know; by ours where the call is gone, which leads nowhere any more. */
function CallOfRequest({ caller, row: { callId, callExternalId } }: { caller: Caller; row: Row }) {
  if (callId === null) return null;
  const id = callExternalId ?? callId;
  const shown = (
    <span class="clip" dir="auto" title={id}>
      {id}
    </span>
  );
  const isOpen = callExternalId !== null && may(caller, "calls:read");
  return <span class="mono">{isOpen ? <a href={`/dashboard/calls/${callId}`}>{shown}</a> : shown}</span>;
}
