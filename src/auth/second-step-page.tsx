import type { Child } from "hono/jsx";
import type { SecondFactor } from "../identity";
import { Button } from "../ui/components/button";
import { TextField } from "../ui/components/form";
import { PasskeyForm } from "../ui/components/passkey-form";
import { BarePage } from "../ui/layout/bare";
import { wordsOf } from "../ui/strings/define";
import { secondFactors } from "../ui/strings/second-factors";
import type { View } from "../ui/view";

type Props = {
  view: View;
  /** Hidden fields of each form. */
  hidden?: Child;
  factors: readonly SecondFactor[];
  wrong?: string;
};

/** The second step of a sign-in: one form for each way that the person has set up. */
export function SecondStepPage({ view, hidden, factors, wrong }: Props) {
  const words = wordsOf(secondFactors, view.language);
  return (
    <BarePage view={view} title={words.title}>
      <p>{words.asked}</p>
      {wrong !== undefined && (
        <div class="form-errors" role="alert">
          <p>{wrong}</p>
        </div>
      )}
      {factors.includes("totp") && (
        <form class="form" method="post" action="/sign-in/second-step">
          {hidden}
          <TextField
            view={view}
            name="code"
            label={words.code}
            hint={words.codeHint}
            autocomplete="one-time-code"
            inputmode="numeric"
            maxlength={10}
            autofocus
          />
          <Button kind="main">{words.continue}</Button>
        </form>
      )}
      {factors.includes("passkey") && (
        <PasskeyForm
          view={view}
          action="/sign-in/second-step"
          options="/sign-in/second-step/passkey-options"
          label={words.usePasskey}
        >
          {hidden}
        </PasskeyForm>
      )}
      {factors.includes("recovery_code") && (
        <details>
          <summary>{words.useRecoveryCode}</summary>
          <form class="form" method="post" action="/sign-in/second-step">
            {hidden}
            <TextField
              view={view}
              name="recovery_code"
              label={words.recoveryCode}
              hint={words.recoveryHint}
              autocomplete="off"
              maxlength={40}
              mono
            />
            <Button>{words.continue}</Button>
          </form>
        </details>
      )}
      <p>
        <a href="/sign-in">{words.startAgain}</a>
      </p>
    </BarePage>
  );
}
