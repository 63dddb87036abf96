import { nameOfEndpoint } from "../../delivery";
import { besideStorages, worstOf } from "../../health";
import { standingOf } from "../../sources";
import { Moment } from "../../ui/components/moment";
import { Panel } from "../../ui/components/panel";
import { Status, type Tone } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import type { Words } from "../../ui/strings/define";
import type { stateWords } from "../../ui/strings/state";
import type { View } from "../../ui/view";
import type { EndpointState, HomeParts } from "./read";

type StateWords = Words<typeof stateWords>;
type Part = { view: View; words: StateWords; parts: HomeParts };

type Integration = {
  name: string;
  tone: Tone;
  status: string;
  lastAt: number | null;
  success: number | null;
  /** Whose figure it is, where it is of the worst of several and not all went well. */
  of?: { name: string; href: string };
};

const TONES = {
  active: "good",
  limited: "attention",
  paused: "idle",
  off: "idle",
  quiet: "attention",
  troubled: "attention",
  failing: "wrong",
  never: "idle",
} as const;

/**
 * The state of everything that is connected. Asked for again every half minute while the page is seen (ui/browser/app.ts),
 * and the figures with it.
 */
export function IntegrationHealth({ view, words, parts }: Part) {
  const rows: Integration[] = [
    ...(parts.endpoints ? [webhooksRow(view, words, parts.endpoints)] : []),
    ...besideStorages(parts.sources ?? [], ({ source }) => source.id, parts.storages).map(({ source, health }) => ({
      name: source.name,
      tone: TONES[standingOf(health)],
      status: words[standingOf(health)],
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
    {
      name: "name",
      title: words.integration,
      narrow: "start",
      cell: ({ name, of }) => (
        <>
          <b dir="auto">{name}</b>
          {of && (
            <a class="clip" href={of.href} dir="auto">
              {words.worstIs(of.name)}
            </a>
          )}
        </>
      ),
    },
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
      cell: ({ lastAt }) => (lastAt === null ? "–" : <Moment view={view} at={lastAt} as="relative" />),
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
    <div id="home-health" hx-get="/dashboard/live" hx-trigger="every 30s" hx-swap="outerHTML" data-while-seen>
      <Panel title={words.health} aside={`${words.last24} · ${words.live}`} flush>
        <Table view={view} label={words.health} columns={columns} rows={rows} />
      </Panel>
    </div>
  );
}

function linkTo({ endpoint }: EndpointState) {
  return { name: nameOfEndpoint(endpoint), href: `/dashboard/webhooks/${endpoint.id}` };
}

function webhooksRow(view: View, words: StateWords, endpoints: readonly EndpointState[]): Integration {
  const failing = endpoints.filter(({ health, endpoint }) => endpoint.active && health.failingSince !== null).length;
  const lastAt = Math.max(0, ...endpoints.map(({ health }) => health.lastSuccessAt ?? 0));
  const { number } = view.formats;
  const worst = worstOf(endpoints, ({ health }) => health.successRate);
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
    success: worst?.rate ?? null,
    ...(worst && worst.rate < 1 && { of: linkTo(worst.one) }),
  };
}
