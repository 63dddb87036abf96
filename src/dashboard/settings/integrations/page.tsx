import { explainProblem } from "../../../connectors";
import { causeToTell, integrationNeedsSomeone, standingOfIntegration, type Integration } from "../../../health";
import type { Caller } from "../../../identity";
import { EmptyState } from "../../../ui/components/empty-state";
import { Moment } from "../../../ui/components/moment";
import { Panel } from "../../../ui/components/panel";
import { Status } from "../../../ui/components/status";
import { Table, type Column } from "../../../ui/components/table";
import type { Frame } from "../../../ui/layout/framed";
import { mannerOfPage, sentenceOfIntegration } from "../../../ui/failures";
import { wordsOf } from "../../../ui/strings/define";
import { integrationWords } from "../../../ui/strings/integrations";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { PrintedIntegrations } from "./printed";
import { TONES } from "./tones";

type Props = { view: View; frame: Frame; caller: Caller; integrations: readonly Integration[] };

/** Every integration with its status, last sync and success rate, and what to do about what is wrong. */
export function IntegrationsPage({ view, frame, caller, integrations }: Props) {
  const words = wordsOf(integrationWords, view.language);
  const wrong = integrations.filter(integrationNeedsSomeone);
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="integrations"
      state={wrong.length === 0 ? words.allWell : words.someWrong(view.formats.number(wrong.length))}
    >
      <PrintedIntegrations view={view} caller={caller} integrations={integrations} />
      <Panel title={words.table} aside={words.last24} flush>
        {integrations.length === 0 ? (
          <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
        ) : (
          <Health view={view} integrations={integrations} />
        )}
      </Panel>
      {integrations.some((one) => causeToTell(one) !== null) && <Issues view={view} integrations={integrations} />}
    </SettingsPage>
  );
}

function Health({ view, integrations }: Pick<Props, "view" | "integrations">) {
  const words = wordsOf(integrationWords, view.language);
  const columns: Column<Integration>[] = [
    {
      name: "name",
      title: words.name,
      narrow: "start",
      cell: (one) => (
        <span class="clip" dir="auto">
          {nameOf(view, one)}
        </span>
      ),
    },
    { name: "kind", title: words.kind, cell: ({ kind }) => words[kind] },
    {
      name: "status",
      title: words.status,
      narrow: "end",
      cell: (one) => {
        const standing = standingOfIntegration(one);
        return <Status tone={TONES[standing]}>{words[standing]}</Status>;
      },
    },
    {
      name: "last",
      title: words.lastSync,
      narrow: "below",
      cell: ({ lastSyncAt }) => (lastSyncAt === null ? "–" : <Moment view={view} at={lastSyncAt} as="relative" />),
    },
    {
      name: "success",
      title: words.success,
      kind: "number",
      narrow: "below-end",
      cell: ({ successRate }) => (successRate === null ? "–" : view.formats.percent(successRate)),
    },
  ];
  return <Table view={view} label={words.table} rows={integrations} columns={columns} />;
}

/** Each integration that has a cause, with what to do, leading to where it is done. */
function Issues({ view, integrations }: Pick<Props, "view" | "integrations">) {
  const words = wordsOf(integrationWords, view.language);
  return (
    <Panel title={words.issues} id="issues" flush>
      <ul class="notices">
        {integrations.map((one) => {
          const sentence = sentenceOfIntegration(
            { ...one, cause: causeToTell(one) },
            explainProblem,
            mannerOfPage(view),
          );
          if (sentence === null) return null;
          const href = hrefOf(one);
          const name = <b dir="auto">{nameOf(view, one)}</b>;
          return (
            <li>
              <div>
                <p>{href === null ? name : <a href={href}>{name}</a>}</p>
                <p dir="auto">{sentence.what}</p>
                <p class="second" dir="auto">
                  {sentence.next}
                </p>
              </div>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function nameOf(view: View, { kind, name }: Integration): string {
  return kind === "api" ? wordsOf(integrationWords, view.language).apiName : name;
}

function hrefOf({ kind, id }: Integration): string | null {
  if (id === null) return null;
  if (kind === "connector") return `/dashboard/connectors/${id}`;
  return kind === "source" ? `/dashboard/sources/${id}/health` : `/dashboard/webhooks/${id}`;
}
