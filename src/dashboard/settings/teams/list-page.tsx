import type { Child } from "hono/jsx";
import type { Caller, TeamRow } from "../../../identity";
import { Button } from "../../../ui/components/button";
import { EmptyState } from "../../../ui/components/empty-state";
import { FormErrors, TextField, type FieldErrors } from "../../../ui/components/form";
import { Moment } from "../../../ui/components/moment";
import { Pager } from "../../../ui/components/pager";
import { Panel } from "../../../ui/components/panel";
import { Table } from "../../../ui/components/table";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { teamWords } from "../../../ui/strings/teams";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import type { Paged } from "../paged";
import { TEAMS } from "./address";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  page: Paged<TeamRow>;
  mayWrite: boolean;
  /** What the form before this page could not take. */
  refused?: { name: string; errors: FieldErrors };
  toast?: Child;
};

/** The teams of the organization, and the form that makes another. */
export function TeamListPage({ view, frame, caller, page, mayWrite, refused, toast }: Props) {
  const words = wordsOf(teamWords, view.language);
  return (
    <SettingsPage view={view} frame={frame} caller={caller} current="teams" state={words.state} toast={toast}>
      <Panel flush>
        {page.rows.length === 0 ? (
          <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
        ) : (
          <Table
            view={view}
            label={words.list}
            rows={page.rows}
            hrefOf={({ id }) => `${TEAMS}/${id}`}
            columns={[
              { name: "name", title: words.name, narrow: "start", cell: ({ name }) => <span dir="auto">{name}</span> },
              {
                name: "created",
                title: words.created,
                kind: "number",
                narrow: "end",
                cell: ({ createdAt }) => <Moment view={view} at={createdAt} />,
              },
            ]}
          />
        )}
      </Panel>
      <Pager view={view} firstHref={page.firstHref} nextHref={page.nextHref} />
      {mayWrite && (
        <Panel title={words.create}>
          <form method="post" action={TEAMS} class="form">
            <input type="hidden" name="csrf" value={frame.csrf} />
            <FormErrors view={view} errors={refused?.errors ?? []} />
            <TextField
              view={view}
              name="name"
              label={words.name}
              hint={words.nameHint}
              value={refused?.name ?? ""}
              maxlength={200}
              errors={refused?.errors ?? []}
            />
            <div class="actions">
              <Button kind="main">{words.createButton}</Button>
            </div>
          </form>
        </Panel>
      )}
    </SettingsPage>
  );
}
