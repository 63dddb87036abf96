import { differing, type Difference } from "../../../ui/components/stale";
import { wordsOf } from "../../../ui/strings/define";
import { memberWords } from "../../../ui/strings/members";
import { rolesIn } from "../../../ui/strings/roles";
import type { View } from "../../../ui/view";
import type { Grant } from "./limits";
import type { MemberChoices } from "./member-pages";

type Held = { grant: Grant; operatorId: string | null };

/** What is stored of a member beside what a form says, in words; what has no name any more by its id. */
export function differencesOf(
  view: View,
  { campaigns, teams, operators }: MemberChoices,
  stored: Held,
  entered: Held,
): readonly Difference[] {
  const words = wordsOf(memberWords, view.language);
  const roles: Partial<Record<string, string>> = rolesIn(view);
  const names = new Map([...campaigns, ...teams, ...operators].map(({ id, name }) => [id, name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const listed = (ids: readonly string[] | null, all: string) =>
    ids === null ? all : view.formats.list(ids.map(nameOf).toSorted());
  const both = (label: string, text: (held: Held) => string): Difference => ({
    label,
    stored: text(stored),
    entered: text(entered),
  });
  return differing([
    both(words.role, ({ grant: { role } }) => roles[role] ?? role),
    both(words.campaigns, ({ grant }) => listed(grant.campaigns, words.everyCampaign)),
    both(words.teams, ({ grant }) => listed(grant.teams, words.everyTeam)),
    both(words.operator, ({ operatorId }) => (operatorId === null ? words.noOperator : nameOf(operatorId))),
  ]);
}
