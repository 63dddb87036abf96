import type { Child } from "hono/jsx";
import { deadBy, keyState, USE_KEPT_TO, type ApiKeyRow, type Caller, type ListedKey } from "../../../identity";
import { ButtonLink } from "../../../ui/components/button";
import { EmptyState } from "../../../ui/components/empty-state";
import { Moment } from "../../../ui/components/moment";
import { Pager } from "../../../ui/components/pager";
import { Panel } from "../../../ui/components/panel";
import { Status } from "../../../ui/components/status";
import { Table, type Column } from "../../../ui/components/table";
import type { Frame } from "../../../ui/layout/framed";
import { apiKeyWords } from "../../../ui/strings/api-keys";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { roleName } from "../../../ui/strings/roles";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import type { Paged } from "../paged";
import { API_KEYS } from "./address";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  page: Paged<ListedKey>;
  /** Campaigns and sources by id. */
  names: ReadonlyMap<string, string>;
  mayWrite: boolean;
  toast?: Child;
};

/** The keys of the organization, newest first, those that no longer work included. */
export function ApiKeyListPage({ view, frame, caller, page, names, mayWrite, toast }: Props) {
  const words = wordsOf(apiKeyWords, view.language);
  const create = (
    <ButtonLink href={`${API_KEYS}/new`} kind="main" icon="plus">
      {words.create}
    </ButtonLink>
  );
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="apiKeys"
      state={words.state}
      actions={mayWrite && create}
      toast={toast}
    >
      <Panel flush>
        {page.rows.length === 0 ? (
          <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
        ) : (
          <Table view={view} label={words.table} rows={page.rows} columns={keyColumns(view, words, names, mayWrite)} />
        )}
      </Panel>
      <Pager view={view} firstHref={page.firstHref} nextHref={page.nextHref} />
    </SettingsPage>
  );
}

type KeyWords = Words<typeof apiKeyWords>;

/** What a table says of a key. `names`: campaigns and sources by id. */
export function keyColumns(
  view: View,
  words: KeyWords,
  names: ReadonlyMap<string, string> = new Map(),
  mayWrite = false,
): Column<ListedKey>[] {
  const columns: Column<ListedKey>[] = [
    {
      name: "name",
      title: words.name,
      narrow: "start",
      cell: ({ name }) => (
        <span class="clip" dir="auto">
          {name}
        </span>
      ),
    },
    { name: "prefix", title: words.prefix, kind: "mono", cell: ({ prefix }) => `${prefix}…` },
    { name: "may", title: words.may, narrow: "below", cell: (key) => rightsOf(view, words, key) },
    { name: "limits", title: words.limits, cell: (key) => limitsOf(words, key, names) },
    {
      name: "used",
      title: words.used,
      kind: "number",
      cell: ({ lastUsedAt }) => {
        if (lastUsedAt === null) return words.never;
        // It is kept to the hour: one that is used all the time is not written all the time.
        if (view.now - lastUsedAt < USE_KEPT_TO) return words.usedLately;
        return <Moment view={view} at={lastUsedAt} as="relative" />;
      },
    },
    {
      name: "ends",
      title: words.ends,
      kind: "number",
      cell: ({ expiresAt }) => expiresAt !== null && <Moment view={view} at={expiresAt} />,
    },
    { name: "status", title: words.status, narrow: "end", cell: (key) => statusOf(view, words, key) },
  ];
  const actions: Column<ListedKey> = {
    name: "actions",
    title: words.rotate,
    silent: true,
    narrow: "below-end",
    cell: (key) => deadBy(key, view.now) === undefined && <Actions words={words} apiKey={key} />,
  };
  return mayWrite ? [...columns, actions] : columns;
}

function Actions({ words, apiKey: { id, name, rotatedTo } }: { words: KeyWords; apiKey: ApiKeyRow }) {
  return (
    <span class="row-actions">
      {rotatedTo === null && (
        <ButtonLink small kind="quiet" href={`${API_KEYS}/${id}/rotate`} label={words.rotateOf(name)}>
          {words.rotate}
        </ButtonLink>
      )}
      <ButtonLink small kind="quiet" href={`${API_KEYS}/${id}/revoke`} label={words.revokeOf(name)}>
        {words.revoke}
      </ButtonLink>
    </span>
  );
}

function statusOf(view: View, words: KeyWords, key: ListedKey) {
  const state = keyState(key, view.now);
  const tone = state === "works" ? "good" : state === "ended" || state === "revoked" ? "idle" : "attention";
  return <Status tone={tone}>{words[state]}</Status>;
}

function rightsOf(view: View, words: KeyWords, { scopes, role }: ApiKeyRow): string {
  if (role !== null) return roleName(view, role);
  if (scopes === null) return words.everything;
  return scopes.length === 1 ? words.permissionsOne : words.permissionsMany(view.formats.number(scopes.length));
}

function limitsOf(words: KeyWords, { campaignId, sourceId }: ApiKeyRow, names: ReadonlyMap<string, string>) {
  const limits = [
    ...(campaignId === null ? [] : [words.toCampaign(names.get(campaignId) ?? campaignId)]),
    ...(sourceId === null ? [] : [words.toSource(names.get(sourceId) ?? sourceId)]),
  ];
  return (
    <span class="clip" dir="auto">
      {limits.join(", ")}
    </span>
  );
}
