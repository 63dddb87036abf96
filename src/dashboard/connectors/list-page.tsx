import type { CampaignRow } from "../../campaigns";
import { statusOf, type ConnectorStatus, type ConnectorView } from "../../connectors";
import { ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Status, type Tone } from "../../ui/components/status";
import { Table } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { connectorWords } from "../../ui/strings/connectors";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { listState } from "../list-state";

type Props = {
  view: View;
  frame: Frame;
  rows: readonly { connector: ConnectorView; campaign: CampaignRow | undefined }[];
  mayWrite: boolean;
  nextHref: string | undefined;
  firstHref: string | undefined;
};

export const CONNECTOR_TONES: Record<ConnectorStatus, Tone> = {
  active: "good",
  failing: "wrong",
  paused: "idle",
  waiting: "idle",
};

/** The storages that are looked into, and how each does. */
export function ConnectorListPage({ view, frame, rows, mayWrite, nextHref, firstHref }: Props) {
  const words = wordsOf(connectorWords, view.language);
  const { number } = view.formats;
  const wrong = rows.filter(({ connector }) => statusOf(connector) === "failing").length;
  const add = mayWrite && (
    <ButtonLink kind="main" href="/dashboard/connectors/new">
      {words.add}
    </ButtonLink>
  );
  const state = listState(view, words, rows.length, wrong);
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="sources">
      <PageHead title={words.title} state={state} actions={rows.length > 0 ? add : undefined} />
      <Panel flush>
        {rows.length === 0 ? (
          <EmptyState title={words.emptyTitle} action={add}>
            {words.emptyText}
          </EmptyState>
        ) : (
          <Table
            view={view}
            label={words.label}
            rows={rows}
            hrefOf={({ connector }) => `/dashboard/connectors/${connector.id}`}
            columns={[
              {
                name: "name",
                title: words.name,
                narrow: "middle",
                cell: ({ connector }) => (
                  <b class="clip" dir="auto">
                    {connector.name}
                  </b>
                ),
              },
              {
                name: "campaign",
                title: words.campaign,
                narrow: "below",
                cell: ({ campaign }) => (
                  <span class="clip second" dir="auto">
                    {campaign?.name ?? "–"}
                  </span>
                ),
              },
              {
                name: "state",
                title: words.state,
                narrow: "end",
                cell: ({ connector }) => {
                  const status = statusOf(connector);
                  return <Status tone={CONNECTOR_TONES[status]}>{words[status]}</Status>;
                },
              },
              {
                name: "imported",
                title: words.imported,
                kind: "number",
                cell: (row) => number(row.connector.imported),
              },
              {
                name: "last",
                title: words.last,
                narrow: "below-end",
                cell: ({ connector: { lastRunAt } }) =>
                  lastRunAt === null ? words.never : <Moment view={view} at={lastRunAt} as="relative" />,
              },
            ]}
          />
        )}
      </Panel>
      <Pager view={view} firstHref={firstHref} nextHref={nextHref} />
    </FramedPage>
  );
}
