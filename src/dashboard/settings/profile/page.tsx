import {
  SHORTEST_PASSWORD,
  type FactorState,
  type PasskeyRow,
  type RememberedBrowserRow,
  type SessionRow,
  type UserRow,
} from "../../../identity";
import { Button } from "../../../ui/components/button";
import { FormErrors, SelectField, TextField, type FieldErrors } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import { wordsOf } from "../../../ui/strings/define";
import { profileWords } from "../../../ui/strings/profile";
import type { View } from "../../../ui/view";
import type { Paged } from "../paged";
import { PROFILE } from "./address";
import { BrowsersPanel } from "./browsers";
import { FactorsPanel, type AppState } from "./factors";
import { SessionsPanel } from "./sessions";

type Props = {
  view: View;
  csrf: string;
  account: Pick<UserRow, "name" | "email" | "locale">;
  errors: FieldErrors;
  app: AppState;
  factors: FactorState;
  passkeys: readonly PasskeyRow[];
  /** The deployment's host for passkeys; undefined where it has none. */
  host: string | undefined;
  sessions: Paged<SessionRow>;
  sessionId: string;
  browsers: readonly RememberedBrowserRow[];
  /** The name of the browser that the page is shown in. */
  thisBrowser: string | undefined;
};

/** All that is a person's own. */
export function ProfileParts(props: Props) {
  const { view, csrf, errors } = props;
  return (
    <>
      <FormErrors view={view} errors={errors} />
      <div class="columns">
        <div>
          <AccountPanel {...props} />
          <PasswordPanel {...props} />
        </div>
        <div>
          <FactorsPanel {...props} />
        </div>
      </div>
      <SessionsPanel view={view} csrf={csrf} sessions={props.sessions} sessionId={props.sessionId} />
      <BrowsersPanel view={view} csrf={csrf} browsers={props.browsers} thisBrowser={props.thisBrowser} />
    </>
  );
}

function AccountPanel({ view, csrf, account, errors }: Props) {
  const words = wordsOf(profileWords, view.language);
  return (
    <Panel title={words.you} id="you">
      <form class="form" method="post" action={`${PROFILE}/account`}>
        <input type="hidden" name="csrf" value={csrf} />
        <div class="field">
          <label for="email">{words.email}</label>
          <input id="email" type="email" value={account.email} dir="auto" readonly />
        </div>
        <TextField
          view={view}
          name="name"
          label={words.name}
          value={account.name}
          maxlength={200}
          autocomplete="name"
          errors={errors}
        />
        <SelectField
          view={view}
          name="locale"
          label={words.language}
          hint={words.languageHint}
          value={account.locale ?? ""}
          options={[
            ["", words.asBrowser],
            ["en", "English"],
            ["es", "Español"],
          ]}
        />
        <Button kind="main">{words.save}</Button>
      </form>
    </Panel>
  );
}

function PasswordPanel({ view, csrf, account, errors }: Props) {
  const words = wordsOf(profileWords, view.language);
  return (
    <Panel title={words.password} id="password">
      <form class="form" method="post" action={`${PROFILE}/password`}>
        <input type="hidden" name="csrf" value={csrf} />
        {/* For password managers, which ask whose it is. */}
        <input type="hidden" name="username" value={account.email} autocomplete="username" />
        <TextField
          view={view}
          name="current_password"
          type="password"
          label={words.currentPassword}
          autocomplete="current-password"
          errors={errors}
        />
        <TextField
          view={view}
          name="new_password"
          type="password"
          label={words.newPassword}
          hint={words.newPasswordHint(SHORTEST_PASSWORD)}
          autocomplete="new-password"
          errors={errors}
        />
        <Button>{words.changePassword}</Button>
      </form>
    </Panel>
  );
}
