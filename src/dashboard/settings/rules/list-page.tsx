import type { Child } from "hono/jsx";
import type { RuleRow } from "../../../analysis";
import type { CampaignRow } from "../../../campaigns";
import type { Caller } from "../../../identity";
import type { Precision } from "../../../quality";
import { ButtonLink } from "../../../ui/components/button";
import { EmptyState } from "../../../ui/components/empty-state";
import { Panel } from "../../../ui/components/panel";
import { Status } from "../../../ui/components/status";
import { Table, type Column } from "../../../ui/components/table";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { ruleWords } from "../../../ui/strings/rules";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { RULES } from "./address";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  rules: readonly RuleRow[];
  precision: ReadonlyMap<string, Precision>;
  campaigns: readonly CampaignRow[];
  mayWrite: boolean;
  toast?: Child;
};

/** The rules of an organization, with how often each was right. */
export function RuleListPage({ view, frame, caller, rules, precision, campaigns, mayWrite, toast }: Props) {
  const words = wordsOf(ruleWords, view.language);
  const { number } = view.formats;
  const names = new Map(campaigns.map(({ id, name }) => [id, name]));
  const columns: Column<RuleRow>[] = [
    { name: "name", title: words.name, narrow: "start", cell: ({ name }) => <b dir="auto">{name}</b> },
    {
      name: "conditions",
      title: words.looksFor,
      narrow: "below",
      cell: ({ conditions }) => [...new Set(conditions.map(({ kind }) => words[kind]))].join(", "),
    },
    {
      name: "campaign",
      title: words.campaign,
      cell: ({ campaignId }) => (
        <span class="clip second" dir="auto">
          {campaignId === null ? words.all : (names.get(campaignId) ?? "–")}
        </span>
      ),
    },
    { name: "weight", title: words.weight, kind: "number", cell: ({ weight }) => number(weight) },
    {
      name: "precision",
      title: words.precision,
      kind: "number",
      narrow: "below-end",
      cell: ({ id }) => precisionText(view, precision.get(id)),
    },
    {
      name: "state",
      title: words.state,
      narrow: "end",
      cell: ({ enabled }) => <Status tone={enabled ? "good" : "idle"}>{enabled ? words.on : words.off}</Status>,
    },
  ];
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="rules"
      state={words.rulesState}
      actions={
        mayWrite && (
          <ButtonLink href={`${RULES}/new`} kind="main" icon="plus">
            {words.add}
          </ButtonLink>
        )
      }
      toast={toast}
    >
      <Panel flush>
        {rules.length === 0 ? (
          <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
        ) : (
          <Table
            view={view}
            label={words.rulesState}
            rows={rules}
            columns={columns}
            hrefOf={({ id }) => `${RULES}/${id}`}
          />
        )}
      </Panel>
    </SettingsPage>
  );
}

/** How many of the decided alerts were right, and in percent. */
function precisionText(view: View, known: Precision | undefined): string {
  const words = wordsOf(ruleWords, view.language);
  if (!known || known.precision === null) return words.undecided;
  const { confirmed, falseAlarms, precision } = known;
  const { number, percent } = view.formats;
  return `${percent(precision)} · ${words.precisionOf(number(confirmed), number(confirmed + falseAlarms))}`;
}
