import type { EndpointHealth, EndpointRow, EndpointTrouble } from "../../delivery";
import { ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Panel } from "../../ui/components/panel";
import { ShareBar } from "../../ui/components/share-bar";
import { Status } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { Troubles } from "../../ui/components/trouble";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf, type Words } from "../../ui/strings/define";
import { testReceiverWords } from "../../ui/strings/test-receivers";
import { webhookWords } from "../../ui/strings/webhooks";
import type { View } from "../../ui/view";
import { listState } from "../list-state";
import { FORMATS, placeOf } from "./formats";
import { standingOf, troubleOnPage } from "./standing";
import { TEST_RECEIVERS } from "./test-receiver-pages";

export type ListedWebhook = {
  endpoint: EndpointRow;
  health: EndpointHealth | undefined;
  trouble: EndpointTrouble | null;
};

type Props = { view: View; frame: Frame; rows: readonly ListedWebhook[]; mayCreate: boolean; mayTest: boolean };

/** The organization's webhooks, with how the last day went for each. */
export function WebhookListPage({ view, frame, rows, mayCreate, mayTest }: Props) {
  const words = wordsOf(webhookWords, view.language);
  const wrong = rows.flatMap(({ endpoint, trouble }) =>
    trouble?.isWrong ? [troubleOnPage(view, endpoint.id, trouble)] : [],
  );
  const create = mayCreate && (
    <ButtonLink href="/dashboard/webhooks/new" kind="main">
      {words.create}
    </ButtonLink>
  );
  const actions = (
    <>
      {mayTest && <ButtonLink href={TEST_RECEIVERS}>{wordsOf(testReceiverWords, view.language).title}</ButtonLink>}
      {rows.length > 0 && create}
    </>
  );
  const state = listState(view, words, rows.length, wrong.length);
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="webhooks">
      <PageHead title={words.title} state={state} actions={actions} />
      <Troubles view={view} troubles={wrong} />
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
            hrefOf={({ endpoint }) => `/dashboard/webhooks/${endpoint.id}`}
          />
        )}
      </Panel>
    </FramedPage>
  );
}

function columnsOf(view: View, words: Words<typeof webhookWords>): Column<ListedWebhook>[] {
  const { number, percent } = view.formats;
  return [
    {
      name: "address",
      title: words.address,
      narrow: "middle",
      cell: ({ endpoint }) => (
        <span class="clip" dir="auto">
          <b>{placeOf(endpoint.url).host}</b>
          <span class="second">{placeOf(endpoint.url).path}</span>
        </span>
      ),
    },
    {
      name: "description",
      title: words.description,
      cell: ({ endpoint }) => (
        <span class="clip second" dir="auto">
          {endpoint.description ?? "–"}
        </span>
      ),
    },
    { name: "format", title: words.format, narrow: "below", cell: ({ endpoint }) => FORMATS[endpoint.profile] },
    {
      name: "state",
      title: words.state,
      narrow: "end",
      cell: ({ endpoint, health }) => {
        const { tone, word } = standingOf(view, endpoint, health);
        return <Status tone={tone}>{word}</Status>;
      },
    },
    {
      name: "day",
      title: words.lastDay,
      narrow: "below",
      cell: ({ health }) =>
        typeof health?.successRate !== "number" ? (
          <span class="second">{words.noTries}</span>
        ) : (
          <ShareBar
            share={health.successRate}
            label={words.ofTries(percent(health.successRate), number(health.attempts))}
          />
        ),
    },
    {
      name: "waiting",
      title: words.waiting,
      kind: "number",
      cell: ({ health }) => (health && health.backlog > 0 ? number(health.backlog) : "–"),
    },
    {
      name: "last",
      title: words.lastSuccess,
      narrow: "below",
      cell: ({ health }) =>
        typeof health?.lastSuccessAt === "number" ? (
          <Moment view={view} at={health.lastSuccessAt} as="relative" />
        ) : (
          words.never
        ),
    },
  ];
}
