import type { OverdueCount } from "../../quality";
import { takenOf } from "../../sources";
import { ButtonLink } from "../../ui/components/button";
import { BarChart } from "../../ui/components/chart";
import { EmptyState } from "../../ui/components/empty-state";
import { Panel } from "../../ui/components/panel";
import { Tag } from "../../ui/components/status";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf, type Words } from "../../ui/strings/define";
import { stateWords } from "../../ui/strings/state";
import type { View } from "../../ui/view";
import { FigureRow } from "./figures";
import { FirstSteps } from "./first-steps";
import { IntegrationHealth } from "./integration-health";
import { needsOf, type Need } from "./needs";
import { QualityPanel } from "./quality-panel";
import type { HomeParts, SourceState } from "./read";

type StateWords = Words<typeof stateWords>;

/** What is wrong first, then the figures and the health of every integration. */
export function HomePage(props: {
  view: View;
  frame: Frame;
  parts: HomeParts;
  overdue: OverdueCount | null;
  mayConnect: boolean;
  mayUpload: boolean;
}) {
  const { view, frame, parts, overdue, mayConnect, mayUpload } = props;
  const words = wordsOf(stateWords, view.language);
  const needs = needsOf(view, words, parts, overdue);
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
              {parts.quality && <QualityPanel view={view} words={words} sums={parts.quality} overdue={overdue} />}
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
  const busiest = sources.toSorted((one, other) => takenOf(other.health.counts) - takenOf(one.health.counts));
  const own = busiest.length > MOST_SERIES ? busiest.slice(0, MOST_SERIES - 1) : busiest;
  const others = busiest.slice(own.length);
  const hours = busiest[0]?.health.series.map(({ hour }) => hour) ?? [];
  const at = ({ health }: SourceState, index: number) => {
    const counts = health.series[index];
    return counts ? takenOf(counts) : 0;
  };
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
