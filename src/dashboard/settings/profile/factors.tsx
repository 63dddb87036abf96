import { secondFactorsIn, type FactorState, type PasskeyRow } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { Moment } from "../../../ui/components/moment";
import { Panel } from "../../../ui/components/panel";
import { Status } from "../../../ui/components/status";
import { wordsOf } from "../../../ui/strings/define";
import { profileWords } from "../../../ui/strings/profile";
import type { View } from "../../../ui/view";
import { PROFILE } from "./address";

export type AppState = { state: "none" | "pending" | "confirmed"; confirmedAt: number | null };

type Props = {
  view: View;
  csrf: string;
  app: AppState;
  factors: FactorState;
  passkeys: readonly PasskeyRow[];
  host: string | undefined;
};

/** What proves the person beside the password, and how each is set up and removed. */
export function FactorsPanel(props: Props) {
  const { view, factors, passkeys, host } = props;
  const words = wordsOf(profileWords, view.language);
  const isSafe = secondFactorsIn(factors).length > 0;
  return (
    <Panel title={words.factors} id="second-factors">
      <p>
        <Status tone={isSafe ? "good" : "attention"}>{isSafe ? words.factorsSome : words.factorsNone}</Status>
      </p>
      <h3>{words.app}</h3>
      <AppPart {...props} />
      <h3>{words.passkeys}</h3>
      {passkeys.length === 0 && <p class="second">{words.passkeysNone}</p>}
      {passkeys.length > 0 && (
        <ul class="own-things">
          {passkeys.map((passkey) => (
            <PasskeyPart {...props} passkey={passkey} />
          ))}
        </ul>
      )}
      {host !== undefined && (
        <ButtonLink icon="passkey" href={`${PROFILE}/passkeys/new`}>
          {words.passkeyAdd}
        </ButtonLink>
      )}
      <h3>{words.codes}</h3>
      {isSafe ? (
        <p class="own-thing">
          <Status tone={factors.recoveryCodes > 2 ? "good" : "attention"}>
            {words.codesLeft(view.formats.number(factors.recoveryCodes))}
          </Status>
          <ButtonLink small href={`${PROFILE}/recovery-codes`}>
            {words.codesReplace}
          </ButtonLink>
        </p>
      ) : (
        <p class="second">{words.codesNone}</p>
      )}
    </Panel>
  );
}

function AppPart({ view, csrf, app }: Props) {
  const words = wordsOf(profileWords, view.language);
  if (app.state === "confirmed")
    return (
      <p class="own-thing">
        <Status tone="good">
          {words.appSince} {app.confirmedAt !== null && <Moment view={view} at={app.confirmedAt} />}
        </Status>
        <ButtonLink small href={`${PROFILE}/app/remove`}>
          {words.appRemove}
        </ButtonLink>
      </p>
    );
  return (
    <div class="own-thing">
      <Status tone={app.state === "pending" ? "attention" : "idle"}>
        {app.state === "pending" ? words.appPending : words.appNone}
      </Status>
      {app.state === "pending" ? (
        <ButtonLink small href={`${PROFILE}/app`}>
          {words.appFinish}
        </ButtonLink>
      ) : (
        <form method="post" action={`${PROFILE}/app`}>
          <input type="hidden" name="csrf" value={csrf} />
          <Button small>{words.appAdd}</Button>
        </form>
      )}
    </div>
  );
}

function PasskeyPart({ view, csrf, host, passkey }: Props & { passkey: PasskeyRow }) {
  const words = wordsOf(profileWords, view.language);
  const { id, name, rpId, lastUsedAt, synced } = passkey;
  return (
    <li class="own-thing">
      <form class="rename" method="post" action={`${PROFILE}/passkeys/${id}/name`}>
        <input type="hidden" name="csrf" value={csrf} />
        <input
          name="name"
          value={name}
          maxlength={100}
          required
          dir="auto"
          autocomplete="off"
          aria-label={words.passkeyNameOf(name)}
        />
        <Button small>{words.passkeyRename}</Button>
        <ButtonLink small href={`${PROFILE}/passkeys/${id}/remove`}>
          {words.passkeyRemove}
        </ButtonLink>
      </form>
      <p class="second">
        {rpId !== host && <Status tone="attention">{words.passkeyElsewhere}</Status>}
        {rpId === host && lastUsedAt === null && words.passkeyNeverUsed}
        {rpId === host && lastUsedAt !== null && (
          <>
            {words.passkeyUsed} <Moment view={view} at={lastUsedAt} as="relative" />
          </>
        )}
        {synced && ` · ${words.passkeySynced}`}
      </p>
    </li>
  );
}
