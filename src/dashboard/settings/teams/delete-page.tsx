import type { Caller } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { Panel } from "../../../ui/components/panel";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { teamWords } from "../../../ui/strings/teams";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { TEAMS } from "./address";
import type { TeamParts } from "./team-page";

type Props = { view: View; frame: Frame; caller: Caller; parts: TeamParts; changed: boolean };

/** Asks before a team is deleted, and names how many tasks become unassigned. */
export function DeleteTeamPage({ view, frame, caller, parts, changed }: Props) {
  const words = wordsOf(teamWords, view.language);
  const { team, openTasks } = parts;
  const consequence =
    openTasks === 0
      ? words.deleteNone
      : openTasks === 1
        ? words.deleteOne
        : words.deleteMany(view.formats.number(openTasks));
  return (
    <SettingsPage view={view} frame={frame} caller={caller} current="teams" title={words.deleteTitle(team.name)}>
      <Panel tone="wrong">
        {changed && <p role="alert">{words.deleteChanged}</p>}
        <p>{consequence}</p>
        <p class="spaced">{words.deleteLimits}</p>
        <form method="post" action={`${TEAMS}/${team.id}/delete`} class="actions spaced">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <input type="hidden" name="open_tasks" value={String(openTasks)} />
          <ButtonLink href={`${TEAMS}/${team.id}`}>{words.cancel}</ButtonLink>
          <Button kind="danger">{words.delete}</Button>
        </form>
      </Panel>
    </SettingsPage>
  );
}
