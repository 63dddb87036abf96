import { ButtonLink } from "../../ui/components/button";
import { BarChart } from "../../ui/components/chart";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Figure, Figures, Panel } from "../../ui/components/panel";
import { Status, Tag, type Tone } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf, type Words } from "../../ui/strings/define";
import { stateWords } from "../../ui/strings/state";
import type { View } from "../../ui/view";
import { FirstSteps } from "./first-steps";
import { needsOf, type Need } from "./needs";
import { QualityPanel } from "./quality-panel";
import type { EndpointState, HomeParts, SourceState } from "./read";

type StateWords = Words<typeof stateWords>;

/** What is wrong first, then the figures and the health of every integration. */
export function HomePage(props: {
  view: View;
  frame: Frame;
  parts: HomeParts;
  mayConnect: boolean;
  mayUpload: boolean;
}) {
  const { view, frame, parts, mayConnect, mayUpload } = props;
  const words = wordsOf(stateWords, view.language);
  const needs = needsOf(view, words, parts);
  const isEmpty = parts.sources?.length === 0 && parts.endpoints?.length === 0 && parts.calls?.today.calls === 0;
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="home">
      <PageHead
        title={words.title}
        state={needs.length === 0 ? words.nothingNeeds : words.needs(view.formats.number(needs.length))}
        actions={
          <>
            {mayUpload && <ButtonLink href="/dashboard/uploads">{words.upload}</ButtonLink>}
            {!isEmpty && mayConnect && (
              <ButtonLink kind="main" href="/dashboard/sources/new">
                {words.connect}
              </ButtonLink>
            )}
          </>
        }
      />
      {parts.first && <FirstSteps view={view} first={parts.first} csrf={frame.csrf} />}
      {isEmpty ? (
        parts.first === null && (
          <Panel>
            <EmptyState
              title={words.noSources}
              action={
                mayConnect && (
                  <ButtonLink kind="main" href="/dashboard/campaigns/new">
                    {words.begin}
                  </ButtonLink>
                )
              }
            >
              {words.noSourcesText}
            </EmptyState>
          </Panel>
        )
      ) : (
        <>
          <FigureRow view={view} words={words} parts={parts} />
          <div class="columns of-tables">
            <div>
              {needs.length > 0 && <NeedList words={words} needs={needs} />}
              {parts.quality && <QualityPanel view={view} words={words} quality={parts.quality} />}
              {parts.sources && parts.sources.length > 0 && (
                <SourceChart view={view} words={words} sources={parts.sources} />
              )}
            </div>
            {(parts.sources || parts.endpoints) && <IntegrationHealth view={view} words={words} parts={parts} />}
          </div>
        </>
      )}
    </FramedPage>
  );
}

type Part = { view: View; words: StateWords; parts: HomeParts };

function FigureRow({ view, words, parts: { calls, endpoints, sources, waiting } }: Part) {
  const { number, percent, span } = view.formats;
  const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);
  const tried = sum(endpoints?.map(({ health }) => health.attempts) ?? []);
  const delivered = sum(endpoints?.map(({ health }) => health.delivered) ?? []);
  const slowest = Math.max(0, ...(endpoints?.map(({ health }) => health.p95 ?? 0) ?? []));
  const taken = sum(sources?.map(({ health }) => health.counts.accepted) ?? []);
  const refused = sum(sources?.map(({ health }) => health.counts.refused) ?? []);
  const unassigned = sum(waiting.map((group) => group.calls));
  const counted = (count: { calls: number; more: boolean }) => `${number(count.calls)}${count.more ? "+" : ""}`;
  return (
    <Figures>
      {calls && (
        <Figure
          name={words.callsIn}
          href="/dashboard/calls?when=today"
          value={counted(calls.today)}
          note={words.before(counted(calls.before))}
        />
      )}
      {sources && <Figure name={words.notices} value={number(taken)} note={words.refused(number(refused))} />}
      {calls && (
        <Figure name={words.waiting} href="/dashboard/unassigned" value={number(unassigned)} note={words.waitingNote} />
      )}
      {endpoints && (
        <Figure
          name={words.delivered}
          value={number(delivered)}
          note={tried === 0 ? words.noTries : words.ofAttempts(percent(delivered / tried))}
        />
      )}
      {endpoints && slowest > 0 && <Figure name={words.answerTime} value={span(slowest)} note={words.answerNote} />}
    </Figures>
  );
}

function NeedList({ words, needs }: { words: StateWords; needs: readonly Need[] }) {
  return (
    <Panel title={words.needsYou} aside={words.worstFirst} flush>
      <ul class="needs">
        {needs.map(({ tone, tag, code, title, text, href }) => (
          <li>
            <Tag tone={tone}>{tag}</Tag>
            <div>
              <b dir="auto">{title}</b>
              <p class="second" dir="auto">
                {text} {code !== undefined && <code>{code}</code>}
              </p>
            </div>
            {href !== null && (
              <ButtonLink small href={href}>
                {words.show}
              </ButtonLink>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The chart has as many colours. */
const MOST_SERIES = 3;

function SourceChart({ view, words, sources }: { view: View; words: StateWords; sources: readonly SourceState[] }) {
  const busiest = sources.toSorted((one, other) => other.health.counts.accepted - one.health.counts.accepted);
  const own = busiest.length > MOST_SERIES ? busiest.slice(0, MOST_SERIES - 1) : busiest;
  const others = busiest.slice(own.length);
  const hours = busiest[0]?.health.series.map(({ hour }) => hour) ?? [];
  const at = ({ health }: SourceState, index: number) => health.series[index]?.accepted ?? 0;
  return (
    <Panel title={words.chart} aside={words.last24}>
      <BarChart
        label={words.chart}
        series={[...own.map(({ source }) => source.name), ...(others.length > 0 ? [words.others] : [])]}
        bars={hours.map((hour, index) => ({
          label: view.formats.time(hour),
          values: [
            ...own.map((state) => at(state, index)),
            ...(others.length > 0 ? [others.reduce((sum, state) => sum + at(state, index), 0)] : []),
          ],
        }))}
        labelEvery={6}
      />
    </Panel>
  );
}

type Integration = { name: string; tone: Tone; status: string; lastAt: number | null; success: number | null };

const TONES = {
  active: "good",
  limited: "attention",
  paused: "idle",
  off: "idle",
  quiet: "attention",
  failing: "wrong",
  never: "idle",
} as const;

function IntegrationHealth({ view, words, parts }: Part) {
  const rows: Integration[] = [
    ...(parts.endpoints ? [webhooksRow(view, words, parts.endpoints)] : []),
    ...(parts.sources ?? []).map(({ source, health }) => ({
      name: source.name,
      tone: TONES[health.status],
      status: words[health.status],
      lastAt: health.lastNoticeAt,
      success: health.successRate,
    })),
    ...parts.storages.map(({ name, status, lastSyncAt, successRate }) => ({
      name,
      tone: TONES[status],
      status: words[status],
      lastAt: lastSyncAt,
      success: successRate,
    })),
  ];
  const columns: Column<Integration>[] = [
    { name: "name", title: words.integration, narrow: "start", cell: ({ name }) => <b dir="auto">{name}</b> },
    {
      name: "status",
      title: words.status,
      narrow: "end",
      cell: ({ tone, status }) => <Status tone={tone}>{status}</Status>,
    },
    {
      name: "last",
      title: words.lastSync,
      narrow: "below",
      cell: ({ lastAt }) => (lastAt === null ? "–" : <Moment view={view} at={lastAt} as="relative" focusable />),
    },
    {
      name: "success",
      title: words.success,
      kind: "number",
      narrow: "below-end",
      cell: ({ success }) => (success === null ? "–" : view.formats.percent(success)),
    },
  ];
  return (
    <Panel title={words.health} aside={words.last24} flush>
      <Table view={view} label={words.health} columns={columns} rows={rows} />
    </Panel>
  );
}

function webhooksRow(view: View, words: StateWords, endpoints: readonly EndpointState[]): Integration {
  const failing = endpoints.filter(({ health, endpoint }) => endpoint.active && health.failingSince !== null).length;
  const attempts = endpoints.reduce((sum, { health }) => sum + health.attempts, 0);
  const delivered = endpoints.reduce((sum, { health }) => sum + health.delivered, 0);
  const lastAt = Math.max(
    0,
    ...endpoints.map(({ health }) => Math.max(health.lastSuccessAt ?? 0, health.lastFailureAt ?? 0)),
  );
  const { number } = view.formats;
  return {
    name: words.webhooks,
    tone: failing > 0 ? "wrong" : endpoints.length > 0 ? "good" : "idle",
    status:
      failing > 0
        ? words.of(number(failing), number(endpoints.length))
        : endpoints.length > 0
          ? words.active
          : words.nothing,
    lastAt: lastAt === 0 ? null : lastAt,
    success: attempts === 0 ? null : delivered / attempts,
  };
}
