import { may, type Caller, type Permission } from "../../identity";
import { campaignWords } from "../../ui/strings/campaigns";
import { wordsOf } from "../../ui/strings/define";
import { permissionWords } from "../../ui/strings/permissions";
import type { View } from "../../ui/view";

/** Says to who may not change this what it takes; nothing to who may. */
export function OnlyReads({ view, caller, needs }: { view: View; caller: Caller; needs: Permission }) {
  if (may(caller, needs)) return null;
  const permission = wordsOf(permissionWords, view.language)[needs];
  return <p class="second">{wordsOf(campaignWords, view.language).onlyReads(permission)}</p>;
}
