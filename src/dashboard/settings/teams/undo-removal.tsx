import type { Member } from "../../../identity";
import { Button } from "../../../ui/components/button";
import { Toast } from "../../../ui/components/toast";
import { wordsOf } from "../../../ui/strings/define";
import { teamWords } from "../../../ui/strings/teams";
import type { View } from "../../../ui/view";
import { TEAMS } from "./address";

/** Says who is out of a team, with the way back. */
export function UndoRemoval(props: { view: View; csrf: string; teamId: string; member: Member }) {
  const { view, csrf, teamId, member } = props;
  const words = wordsOf(teamWords, view.language);
  return (
    <Toast>
      {words.removed(member.name)}
      <form method="post" action={`${TEAMS}/${teamId}/members`}>
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="member" value={member.userId} />
        <Button small>{words.undo}</Button>
      </form>
    </Toast>
  );
}
