import type { Child } from "hono/jsx";
import type { Caller, TokenIssuer } from "../../../identity";
import { ButtonLink } from "../../../ui/components/button";
import { EmptyState } from "../../../ui/components/empty-state";
import { Panel } from "../../../ui/components/panel";
import { Table, type Column } from "../../../ui/components/table";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { tokenIssuerWords } from "../../../ui/strings/token-issuers";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { TOKEN_ISSUERS } from "./address";
import { KeysState } from "./keys-state";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  issuers: readonly TokenIssuer[];
  mayWrite: boolean;
  toast?: Child;
};

/** The issuers whose tokens the organization accepts. */
export function TokenIssuerListPage({ view, frame, caller, issuers, mayWrite, toast }: Props) {
  const words = wordsOf(tokenIssuerWords, view.language);
  const add = (
    <ButtonLink href={`${TOKEN_ISSUERS}/new`} kind="main" icon="plus">
      {words.add}
    </ButtonLink>
  );
  const columns: Column<TokenIssuer>[] = [
    {
      name: "name",
      title: words.name,
      narrow: "start",
      cell: ({ issuer }) => (
        <span class="clip" dir="auto">
          {issuer.name}
        </span>
      ),
    },
    {
      name: "issuer",
      title: words.issuer,
      kind: "mono",
      narrow: "below",
      cell: ({ issuer }) => (
        <span class="clip" dir="auto">
          {issuer.issuer}
        </span>
      ),
    },
    {
      name: "rules",
      title: words.rules,
      kind: "number",
      cell: ({ issuer }) => view.formats.number(issuer.rules.length),
    },
    { name: "keys", title: words.keys, narrow: "end", cell: ({ keys }) => <KeysState view={view} keys={keys} /> },
  ];
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="tokenIssuers"
      state={words.state}
      actions={mayWrite && add}
      toast={toast}
    >
      <Panel flush>
        {issuers.length === 0 ? (
          <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
        ) : (
          <Table
            view={view}
            label={words.table}
            rows={issuers}
            columns={columns}
            hrefOf={({ issuer }) => `${TOKEN_ISSUERS}/${issuer.id}`}
          />
        )}
      </Panel>
    </SettingsPage>
  );
}
