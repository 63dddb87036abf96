import type { CampaignRow } from "../../campaigns";
import { platformOf } from "../../platforms";
import {
  eachCallNamesCampaign,
  sourceNeedsSomeone,
  standingOf,
  type SourceStanding,
  type SourceView,
  type StorageOfSource,
  type Verdict,
} from "../../sources";
import { ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Status, type Tone } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { Troubles, type ListedTrouble } from "../../ui/components/trouble";
import { failureOfSource, mannerOfPage, sentenceOf } from "../../ui/failures";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { connectorWords } from "../../ui/strings/connectors";
import { wordsOf } from "../../ui/strings/define";
import { platformTitle } from "./platform-title";
import { sourceWords } from "../../ui/strings/sources";
import { stateWords } from "../../ui/strings/state";
import type { View } from "../../ui/view";
import { listState } from "../list-state";
import type { SourceWords } from "./connect-panel";

export type ListedSource = {
  source: SourceView;
  verdict: Verdict | undefined;
  campaign: CampaignRow | undefined;
  /** The storage that it was made with, where it is none of its own. */
  storage: StorageOfSource | undefined;
};

type Props = {
  view: View;
  frame: Frame;
  rows: readonly ListedSource[];
  mayConnect: boolean;
  firstHref: string | undefined;
  nextHref: string | undefined;
};

export const SOURCE_TONES: Record<SourceStanding, Tone> = {
  active: "good",
  paused: "idle",
  quiet: "attention",
  troubled: "attention",
  failing: "wrong",
  never: "idle",
};

/** What is wrong with a source, with the page that shows more; undefined where nothing is. */
export function troubleOfSource(
  view: View,
  { id, name }: Pick<SourceView, "id" | "name">,
  verdict: Verdict,
): ListedTrouble | undefined {
  const failure = failureOfSource(name, verdict);
  if (!failure) return undefined;
  const tone = verdict.status === "failing" ? "wrong" : "attention";
  return { sentence: sentenceOf(failure, mannerOfPage(view)), tone, href: `/dashboard/sources/${id}/health` };
}

/** Where calls come from, and how each does. */
export function SourceListPage({ view, frame, rows, mayConnect, firstHref, nextHref }: Props) {
  const words = wordsOf(sourceWords, view.language);
  const wrong = rows.flatMap(({ source, verdict }) =>
    verdict && sourceNeedsSomeone(standingOf(verdict)) ? (troubleOfSource(view, source, verdict) ?? []) : [],
  );
  const connect = mayConnect && (
    <ButtonLink kind="main" href="/dashboard/sources/new">
      {words.connectOne}
    </ButtonLink>
  );
  const state = listState(view, words, rows.length, wrong.length);
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="sources">
      <PageHead
        title={words.title}
        state={state}
        actions={
          <>
            <ButtonLink href="/dashboard/connectors">{wordsOf(connectorWords, view.language).storages}</ButtonLink>
            {rows.length > 0 && connect}
          </>
        }
      />
      <Troubles view={view} troubles={wrong} />
      <Panel flush>
        {rows.length === 0 ? (
          <EmptyState title={words.emptyTitle} action={connect}>
            {words.emptyText}
          </EmptyState>
        ) : (
          <Table
            view={view}
            label={words.label}
            columns={columnsOf(view, words)}
            rows={rows}
            hrefOf={({ source, storage }) =>
              storage ? `/dashboard/connectors/${storage.id}` : `/dashboard/sources/${source.id}`
            }
          />
        )}
      </Panel>
      <Pager view={view} firstHref={firstHref} nextHref={nextHref} />
    </FramedPage>
  );
}

function columnsOf(view: View, words: SourceWords): Column<ListedSource>[] {
  const states = wordsOf(stateWords, view.language);
  return [
    {
      name: "name",
      title: words.name,
      narrow: "middle",
      cell: ({ source, storage }) => (
        <b class="clip" dir="auto">
          {storage?.name ?? source.name}
        </b>
      ),
    },
    {
      name: "platform",
      title: words.platform,
      narrow: "below",
      cell: ({ source, storage }) =>
        storage ? wordsOf(connectorWords, view.language)[storage.kind] : platformTitle(source.kind, view.language),
    },
    {
      name: "campaign",
      title: words.campaign,
      cell: ({ source, campaign }) => {
        const platform = platformOf(source.kind);
        return (
          <span class="clip second" dir="auto">
            {campaign?.name ?? (platform && eachCallNamesCampaign(platform) ? words.eachCall : "–")}
          </span>
        );
      },
    },
    {
      name: "state",
      title: words.state,
      narrow: "end",
      cell: ({ verdict }) => {
        const standing = verdict ? standingOf(verdict) : "never";
        return <Status tone={SOURCE_TONES[standing]}>{states[standing]}</Status>;
      },
    },
    {
      name: "last",
      title: words.last,
      narrow: "below-end",
      cell: ({ verdict }) =>
        typeof verdict?.lastNoticeAt === "number" ? (
          <Moment view={view} at={verdict.lastNoticeAt} as="relative" />
        ) : (
          words.never
        ),
    },
  ];
}
