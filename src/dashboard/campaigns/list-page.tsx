import type { CampaignRow } from "../../campaigns";
import { ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Tag } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { campaignWords } from "../../ui/strings/campaigns";
import { wordsOf, type Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";

type Props = {
  view: View;
  frame: Frame;
  rows: readonly CampaignRow[];
  mayCreate: boolean;
  firstHref: string | undefined;
  nextHref: string | undefined;
};

/** Campaigns by number. */
export function CampaignListPage({ view, frame, rows, mayCreate, firstHref, nextHref }: Props) {
  const words = wordsOf(campaignWords, view.language);
  const create = mayCreate && (
    <ButtonLink kind="main" href="/dashboard/campaigns/new">
      {words.create}
    </ButtonLink>
  );
  const isWhole = firstHref === undefined && nextHref === undefined;
  const state = rows.length === 0 ? words.none : isWhole ? words.count(view.formats.number(rows.length)) : undefined;
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="campaigns">
      <PageHead title={words.title} state={state} actions={rows.length > 0 ? create : undefined} />
      <Panel flush>
        {rows.length === 0 ? (
          <EmptyState title={words.emptyTitle} action={create}>
            {words.emptyText}
          </EmptyState>
        ) : (
          <Table
            view={view}
            label={words.label}
            columns={columnsOf(view, words)}
            rows={rows}
            hrefOf={({ id }) => `/dashboard/campaigns/${id}`}
          />
        )}
      </Panel>
      <Pager view={view} firstHref={firstHref} nextHref={nextHref} />
    </FramedPage>
  );
}

function columnsOf(view: View, words: Words<typeof campaignWords>): Column<CampaignRow>[] {
  return [
    { name: "number", title: words.number, kind: "mono", narrow: "start", cell: ({ number }) => `#${number}` },
    {
      name: "name",
      title: words.name,
      narrow: "middle",
      cell: ({ name, archivedAt }) => (
        <span class="party">
          <b class="clip" dir="auto">
            {name}
          </b>
          {archivedAt !== null && <Tag>{words.archived}</Tag>}
        </span>
      ),
    },
    {
      name: "analysis",
      title: words.analysis,
      narrow: "below",
      cell: ({ settings }) => (settings.autoAnalyze ? words.auto : words.manual),
    },
    { name: "made", title: words.made, narrow: "end", cell: ({ createdAt }) => <Moment view={view} at={createdAt} /> },
  ];
}
