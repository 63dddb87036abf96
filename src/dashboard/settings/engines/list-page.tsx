import type { Child } from "hono/jsx";
import { MICROS, type EngineRow, type TriedEngine } from "../../../analysis";
import type { Caller } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { EmptyState } from "../../../ui/components/empty-state";
import { Panel } from "../../../ui/components/panel";
import { Table, type Column } from "../../../ui/components/table";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { engineWords } from "../../../ui/strings/engines";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { amountsIn } from "../usage/amounts";
import { ENGINES } from "./address";
import { SpendPanel, type SpendParts } from "./spend-panel";
import { TriedEngineText } from "./tried";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  engines: readonly EngineRow[];
  offered: readonly string[];
  spend: SpendParts;
  tried: { name: string; outcome: TriedEngine } | null;
  mayWrite: boolean;
  toast?: Child;
};

/** The engines that campaigns may use, and what they cost. */
export function EngineListPage(props: Props) {
  const { view, frame, caller, engines, offered, spend, mayWrite, toast } = props;
  const words = wordsOf(engineWords, view.language);
  const { unitPrice } = amountsIn(view.language);
  const columns: Column<EngineRow>[] = [
    { name: "name", title: words.name, kind: "mono", narrow: "start", cell: ({ name }) => name },
    { name: "kind", title: words.kind, narrow: "below", cell: ({ kind }) => words[kind] },
    {
      name: "model",
      title: words.model,
      kind: "mono",
      cell: ({ settings }) => <span dir="auto">{settings.model ?? words.usual}</span>,
    },
    {
      name: "key",
      title: words.key,
      cell: ({ credentials }) => (credentials === null ? words.keyNone : words.keySet),
    },
    {
      name: "price",
      title: words.price,
      kind: "number",
      narrow: "end",
      cell: ({ settings }) => unitPrice(settings.microsPerMinute / MICROS),
    },
  ];
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="engines"
      state={words.state}
      actions={
        mayWrite && (
          <ButtonLink href={`${ENGINES}/new`} kind="main" icon="plus">
            {words.add}
          </ButtonLink>
        )
      }
      toast={toast}
    >
      <Panel flush>
        {engines.length === 0 ? (
          <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
        ) : (
          <Table
            view={view}
            label={words.title}
            rows={engines}
            columns={columns}
            hrefOf={({ id }) => `${ENGINES}/${id}`}
          />
        )}
      </Panel>
      {offered.length > 0 && <Offered {...props} />}
      <SpendPanel view={view} csrf={frame.csrf} spend={spend} mayWrite={mayWrite} />
    </SettingsPage>
  );
}

function Offered({ view, frame, offered, tried, mayWrite }: Props) {
  const words = wordsOf(engineWords, view.language);
  return (
    <Panel title={words.offered} aside={words.offeredHint} id="offered">
      {offered.map((name) => (
        <form method="post" action={`${ENGINES}/test`} class="actions">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <input type="hidden" name="name" value={name} />
          <code>{name}</code>
          {tried?.name === name && (
            <span role="status">
              <TriedEngineText view={view} tried={tried.outcome} />
            </span>
          )}
          {mayWrite && <Button small>{words.test}</Button>}
        </form>
      ))}
    </Panel>
  );
}
