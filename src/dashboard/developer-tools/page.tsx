import type { listEndpoints } from "../../delivery";
import { may, type Caller } from "../../identity";
import { ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf, type Words } from "../../ui/strings/define";
import { toolWords } from "../../ui/strings/developer-tools";
import type { View } from "../../ui/view";
import { FORMATS } from "../webhooks/formats";

type EndpointRow = Awaited<ReturnType<typeof listEndpoints>>[number];

type Props = { view: View; frame: Frame; caller: Caller; endpoints: readonly EndpointRow[] };

/** The URL and the secret of each webhook, one step away from every page, and what programs need of the API. */
export function DeveloperToolsPage({ view, frame, caller, endpoints }: Props) {
  const words = wordsOf(toolWords, view.language);
  const links = [
    ["/docs", words.reference],
    ["/openapi.json", words.document],
    ["/postman.json", words.postman],
    ...(may(caller, "keys:read") ? [["/dashboard/settings/api-keys", words.keys] as const] : []),
    ...(may(caller, "inbound:list") ? [["/dashboard/inbound", words.inbound] as const] : []),
  ] as const;
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="webhooks">
      <PageHead
        title={words.title}
        state={words.text}
        actions={
          <>
            <ButtonLink href="/dashboard/webhooks">{words.all}</ButtonLink>
            {may(caller, "endpoints:write") && (
              <ButtonLink kind="main" href="/dashboard/webhooks/new">
                {words.create}
              </ButtonLink>
            )}
          </>
        }
      />
      <Panel title={words.webhooks} flush>
        {endpoints.length === 0 ? (
          <EmptyState title={words.none}>{words.noneText}</EmptyState>
        ) : (
          <Table
            view={view}
            label={words.webhooks}
            columns={columnsOf(words)}
            rows={endpoints}
            hrefOf={({ id }) => `/dashboard/webhooks/${id}`}
          />
        )}
      </Panel>
      <div class="spaced">
        <Panel title={words.api}>
          <ul>
            {links.map(([href, title]) => (
              <li>
                <a href={href}>{title}</a>
              </li>
            ))}
          </ul>
        </Panel>
      </div>
    </FramedPage>
  );
}

function columnsOf(words: Words<typeof toolWords>): Column<EndpointRow>[] {
  return [
    {
      name: "address",
      title: words.url,
      narrow: "middle",
      cell: ({ url }) => (
        <span class="clip mono" dir="auto">
          {url}
        </span>
      ),
    },
    { name: "format", title: words.format, narrow: "below", cell: ({ profile }) => FORMATS[profile] },
    {
      name: "state",
      title: words.state,
      narrow: "end",
      cell: ({ active }) => <Status tone={active ? "good" : "idle"}>{active ? words.active : words.off}</Status>,
    },
    {
      name: "secret",
      title: words.secret,
      narrow: "below-end",
      cell: ({ id, url }) => (
        <a href={`/dashboard/webhooks/${id}/secret`} aria-label={words.secretOf(url)}>
          {words.secret}
        </a>
      ),
    },
  ];
}
