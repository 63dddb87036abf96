import type { Child } from "hono/jsx";
import { Button } from "../ui/components/button";
import { TextField } from "../ui/components/form";
import { PasskeyForm } from "../ui/components/passkey-form";
import { BarePage } from "../ui/layout/bare";
import { wordsOf } from "../ui/strings/define";
import { secondFactors } from "../ui/strings/second-factors";
import type { View } from "../ui/view";

/** `/sign-in` */
export function SignInPage(props: {
  view: View;
  /** Hidden fields of each form. */
  hidden?: Child;
  email?: string;
  wrong?: string;
  passkeys: boolean;
}) {
  const { view, hidden, email, wrong, passkeys } = props;
  const words = wordsOf(secondFactors, view.language);
  return (
    <BarePage view={view} title={words.signIn}>
      {wrong !== undefined && (
        <div class="form-errors" role="alert">
          <p>{wrong}</p>
        </div>
      )}
      <form class="form" method="post" action="/sign-in">
        {hidden}
        <TextField
          view={view}
          name="email"
          type="email"
          label={words.email}
          value={email}
          autocomplete="username"
          autofocus={email === undefined}
        />
        <TextField
          view={view}
          name="password"
          type="password"
          label={words.password}
          autocomplete="current-password"
          autofocus={email !== undefined}
        />
        <Button kind="main">{words.signIn}</Button>
      </form>
      {passkeys && (
        <PasskeyForm
          view={view}
          action="/sign-in/passkey"
          options="/sign-in/passkey-options"
          label={words.signInWithPasskey}
        >
          {hidden}
        </PasskeyForm>
      )}
      <p>
        <a href="/reset-password">{words.forgotten}</a>
      </p>
    </BarePage>
  );
}
