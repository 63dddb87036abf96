import { worstOf, type Integration, type IntegrationStatus } from "../../../health";
import { may, type Caller } from "../../../identity";
import { Moment } from "../../../ui/components/moment";
import { Panel } from "../../../ui/components/panel";
import { Status } from "../../../ui/components/status";
import { Table } from "../../../ui/components/table";
import { wordsOf } from "../../../ui/strings/define";
import { integrationWords } from "../../../ui/strings/integrations";
import type { View } from "../../../ui/view";
import { TONES } from "./tones";

type Props = { view: View; caller: Caller; integrations: readonly Integration[] };

/** In the order in which the worst of several is told. */
const WORST: readonly IntegrationStatus[] = ["failing", "limited", "quiet", "off", "paused", "active", "never"];

/** The integrations that AuthentiVoice prints under Settings, by these names: each with its health, and where it is set up. */
export function PrintedIntegrations({ view, caller, integrations }: Props) {
  const words = wordsOf(integrationWords, view.language);
  const rows = [
    ...(may(caller, "sources:read") ? (["s3", "onedrive"] as const) : []),
    ...(may(caller, "endpoints:read") ? (["endpoint", "api"] as const) : []),
  ].map((name) => {
    const found = integrations.filter(({ kind, storage }) => (storage ?? kind) === name);
    const [status = null] = WORST.filter((one) => found.some((other) => other.status === one));
    return {
      name,
      status: found.length > 0 ? status : null,
      href: hrefOf(name, found),
      lastSyncAt: Math.max(0, ...found.map(({ lastSyncAt }) => lastSyncAt ?? 0)),
      rate: worstOf(found, ({ successRate }) => successRate)?.rate ?? null,
    };
  });
  if (rows.length === 0) return null;
  return (
    <Panel title={words.printed} flush>
      <Table
        view={view}
        label={words.printed}
        rows={rows}
        columns={[
          {
            name: "name",
            title: words.printedName,
            narrow: "start",
            cell: ({ name, href }) => {
              const title = words[`printed_${name}`];
              // The page of the API is for who may see its keys.
              return name === "api" && !may(caller, "keys:read") ? title : <a href={href}>{title}</a>;
            },
          },
          {
            name: "status",
            title: words.status,
            narrow: "end",
            cell: ({ status, href }) =>
              status === null ? (
                <a href={href}>{words.setUp}</a>
              ) : (
                <Status tone={TONES[status]}>{words[status]}</Status>
              ),
          },
          {
            name: "last",
            title: words.lastSync,
            narrow: "below",
            cell: ({ lastSyncAt }) => (lastSyncAt === 0 ? "–" : <Moment view={view} at={lastSyncAt} as="relative" />),
          },
          {
            name: "success",
            title: words.success,
            kind: "number",
            narrow: "below-end",
            cell: ({ rate }) => (rate === null ? "–" : view.formats.percent(rate)),
          },
        ]}
      />
    </Panel>
  );
}

/** Where it is looked after: the one that there is, the list of several, or the form for the first. */
function hrefOf(name: "s3" | "onedrive" | "endpoint" | "api", found: readonly Integration[]): string {
  if (name === "api") return "/dashboard/api";
  if (name === "endpoint") return "/dashboard/webhooks";
  const [one, ...others] = found;
  if (one === undefined) return `/dashboard/connectors/new?kind=${name}`;
  return others.length === 0 ? `/dashboard/connectors/${one.id}` : "/dashboard/connectors";
}
