import type { Child } from "hono/jsx";
import type { Caller, Member, TeamMember, TeamRow } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { EmptyState } from "../../../ui/components/empty-state";
import { FormErrors, SelectField, TextField, type FieldErrors } from "../../../ui/components/form";
import { Moment } from "../../../ui/components/moment";
import { Panel } from "../../../ui/components/panel";
import { Stale, type Difference } from "../../../ui/components/stale";
import { Table, type Column } from "../../../ui/components/table";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { teamWords } from "../../../ui/strings/teams";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { TEAMS } from "./address";

export type TeamParts = {
  team: TeamRow;
  members: readonly TeamMember[];
  openTasks: number;
  /** Members of the organization, where the visitor may know them. */
  people: readonly Member[] | null;
};

/** A name as it was sent. `seen`: what its form was filled from, where that is to be judged again. */
export type RefusedName = {
  name: string;
  errors: FieldErrors;
  seen?: string;
  differences?: readonly Difference[];
};

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  parts: TeamParts;
  mayWrite: boolean;
  /** What the form of the name is filled from. */
  seen: string;
  refused?: RefusedName;
  toast?: Child;
};

/** One team: who is in it, and what may be done with it. */
export function TeamPage({ view, frame, caller, parts, mayWrite, seen, refused, toast }: Props) {
  const words = wordsOf(teamWords, view.language);
  const { team, members } = parts;
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="teams"
      title={team.name}
      state={stateOf(view, words, parts)}
      actions={
        <>
          <ButtonLink href={TEAMS}>{words.back}</ButtonLink>
          {mayWrite && (
            <ButtonLink href={`${TEAMS}/${team.id}/delete`} kind="danger">
              {words.delete}
            </ButtonLink>
          )}
        </>
      }
      toast={toast}
    >
      <Panel title={words.members} flush>
        {members.length === 0 ? (
          <EmptyState title={words.nobody}>{words.nobodyText}</EmptyState>
        ) : (
          <Table
            view={view}
            label={words.members}
            rows={members}
            columns={columns(view, words, frame, team, mayWrite)}
          />
        )}
      </Panel>
      {mayWrite && parts.people && <AddMember view={view} frame={frame} parts={parts} people={parts.people} />}
      {mayWrite && (
        <Panel title={words.rename}>
          <form method="post" action={`${TEAMS}/${team.id}`} class="form">
            <input type="hidden" name="csrf" value={frame.csrf} />
            <input type="hidden" name="seen" value={seen} />
            {refused?.differences && <Stale view={view} differences={refused.differences} />}
            <FormErrors view={view} errors={refused?.errors ?? []} />
            <TextField
              view={view}
              name="name"
              label={words.name}
              hint={words.renameHint}
              value={refused?.name ?? team.name}
              maxlength={200}
              errors={refused?.errors ?? []}
            />
            <div class="actions">
              <Button>{words.save}</Button>
            </div>
          </form>
        </Panel>
      )}
    </SettingsPage>
  );
}

export function stateOf(view: View, words: Words<typeof teamWords>, { members, openTasks }: TeamParts): string {
  const { number } = view.formats;
  return words.teamState(
    members.length === 1 ? words.membersOne : words.membersMany(number(members.length)),
    openTasks === 1 ? words.openTasksOne : words.openTasksMany(number(openTasks)),
  );
}

function columns(
  view: View,
  words: Words<typeof teamWords>,
  frame: Frame,
  team: TeamRow,
  mayWrite: boolean,
): Column<TeamMember>[] {
  return [
    { name: "name", title: words.memberName, narrow: "start", cell: ({ name }) => <span dir="auto">{name}</span> },
    {
      name: "email",
      title: words.email,
      narrow: "below",
      cell: ({ email }) => (
        <span class="second clip" dir="auto">
          {email}
        </span>
      ),
    },
    {
      name: "since",
      title: words.since,
      kind: "number",
      cell: ({ addedAt }) => <Moment view={view} at={addedAt} />,
    },
    ...(mayWrite
      ? [
          {
            name: "remove",
            title: words.remove,
            silent: true,
            narrow: "end" as const,
            cell: ({ userId, name }: TeamMember) => (
              <form method="post" action={`${TEAMS}/${team.id}/members/${userId}/remove`}>
                <input type="hidden" name="csrf" value={frame.csrf} />
                <Button small kind="quiet" label={words.removeWhom(name)}>
                  {words.remove}
                </Button>
              </form>
            ),
          },
        ]
      : []),
  ];
}

type AddProps = { view: View; frame: Frame; parts: TeamParts; people: readonly Member[] };

function AddMember({ view, frame, parts: { team, members }, people }: AddProps) {
  const words = wordsOf(teamWords, view.language);
  const others = people.filter(({ userId }) => members.every((one) => one.userId !== userId));
  return (
    <Panel title={words.add}>
      {others.length === 0 ? (
        <p class="second">{words.allIn}</p>
      ) : (
        <form method="post" action={`${TEAMS}/${team.id}/members`} class="form">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <SelectField
            view={view}
            name="member"
            label={words.member}
            options={others.map(({ userId, name, email }) => [userId, `${name} · ${email}`] as const)}
          />
          <div class="actions">
            <Button kind="main">{words.addButton}</Button>
          </div>
        </form>
      )}
    </Panel>
  );
}
