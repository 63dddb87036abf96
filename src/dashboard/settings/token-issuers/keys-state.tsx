import type { TokenIssuer } from "../../../identity";
import { Moment } from "../../../ui/components/moment";
import { Status } from "../../../ui/components/status";
import { wordsOf } from "../../../ui/strings/define";
import { tokenIssuerWords } from "../../../ui/strings/token-issuers";
import type { View } from "../../../ui/view";

/** Whether an issuer's keys are known. */
export function KeysState({ view, keys }: { view: View; keys: TokenIssuer["keys"] }) {
  const words = wordsOf(tokenIssuerWords, view.language);
  if (keys?.error) return <Status tone="wrong">{words.keysFailed}</Status>;
  if (!keys || keys.fetchedAt === null) return <Status tone="idle">{words.keysNever}</Status>;
  return (
    <Status tone="good">
      {words.keysFetched} <Moment view={view} at={keys.fetchedAt} as="relative" />
    </Status>
  );
}
