import { PasskeyForm } from "../../ui/components/passkey-form";
import { Button } from "../../ui/components/button";
import { TextField } from "../../ui/components/form";
import { KeptFields } from "../../ui/components/kept-fields";
import type { KeptForm } from "../../ui/kept-form";
import { BarePage } from "../../ui/layout/bare";
import { wordsOf } from "../../ui/strings/define";
import { keptWords } from "../../ui/strings/kept";
import type { View } from "../../ui/view";

type Props = {
  view: View;
  /** What waits: a form, or the page itself. */
  kept: KeptForm | "page";
  csrf: string;
  /** What they can confirm with beside the password. */
  has: { app: boolean; passkey: boolean };
  wrong?: string;
};

/**
 * Asks who somebody is once more, at the address of what waits for it: each form sends the proof together with what was
 * filled in, and the answer is that of the act.
 */
export function ConfirmationPage({ view, kept, csrf, has, wrong }: Props) {
  const words = wordsOf(keptWords, view.language);
  const waiting = (
    <>
      <KeptFields kept={kept === "page" ? undefined : kept} csrf={csrf} />
      {kept === "page" && <input type="hidden" name="confirm_then" value="page" />}
    </>
  );
  return (
    <BarePage view={view} title={words.confirmTitle}>
      <p>{kept === "page" ? words.confirmPage : words.confirm}</p>
      {wrong !== undefined && (
        <div class="form-errors" role="alert">
          <p>{wrong}</p>
        </div>
      )}
      {has.passkey && (
        <PasskeyForm
          view={view}
          name="confirm_passkey"
          action={view.path}
          options="/dashboard/confirmation/passkey-options"
          label={words.usePasskey}
        >
          {waiting}
        </PasskeyForm>
      )}
      {has.app && (
        <form class="form" method="post" action={view.path}>
          {waiting}
          <TextField
            view={view}
            name="confirm_code"
            label={words.code}
            autocomplete="one-time-code"
            inputmode="numeric"
            maxlength={10}
            mono
          />
          <Button>{words.confirmButton}</Button>
        </form>
      )}
      <form class="form" method="post" action={view.path}>
        {waiting}
        <TextField
          view={view}
          name="confirm_password"
          type="password"
          label={words.password}
          autocomplete="current-password"
          autofocus
        />
        <Button kind="main">{words.confirmButton}</Button>
      </form>
      <p>
        <a href="/dashboard">{words.cancel}</a>
      </p>
    </BarePage>
  );
}
