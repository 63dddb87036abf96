import type { Child } from "hono/jsx";
import { Button } from "../ui/components/button";
import { FormErrors, TextField, type FieldErrors } from "../ui/components/form";
import { BarePage } from "../ui/layout/bare";
import { wordsOf } from "../ui/strings/define";
import { secondFactors } from "../ui/strings/second-factors";
import type { View } from "../ui/view";

/** `/reset-password`: asks for the address, and says afterwards the same to everyone. */
export function AskForResetPage(props: { view: View; hidden?: Child; notice?: "sent" | "often" | "no-mail" }) {
  const { view, hidden, notice } = props;
  const words = wordsOf(secondFactors, view.language);
  const notices = { sent: words.linkSent, often: words.tooManyRequests, "no-mail": words.noMail };
  return (
    <BarePage view={view} title={words.forgottenTitle}>
      <p role={notice && "status"}>{notice ? notices[notice] : words.forgottenAsk}</p>
      {notice === undefined && (
        <form class="form" method="post" action="/reset-password">
          {hidden}
          <TextField view={view} name="email" type="email" label={words.email} autocomplete="username" autofocus />
          <Button kind="main">{words.sendLink}</Button>
        </form>
      )}
      <BackToSignIn view={view} />
    </BarePage>
  );
}

/** `/reset-password/…`: the new password. The link itself stands in the address only. */
export function ResetPage(props: {
  view: View;
  hidden?: Child;
  action: string;
  shortest: number;
  errors?: FieldErrors;
}) {
  const { view, hidden, action, shortest, errors = [] } = props;
  const words = wordsOf(secondFactors, view.language);
  return (
    <BarePage view={view} title={words.forgottenTitle}>
      <form class="form" method="post" action={action}>
        {hidden}
        <FormErrors view={view} errors={errors} />
        <TextField
          view={view}
          name="password"
          type="password"
          label={words.newPassword}
          hint={words.newPasswordHint(shortest)}
          autocomplete="new-password"
          errors={errors}
          autofocus
        />
        <Button kind="main">{words.savePassword}</Button>
      </form>
    </BarePage>
  );
}

/** After a link that does not work, or one that did. */
export function ResetEndPage({ view, end }: { view: View; end: "saved" | "over" }) {
  const words = wordsOf(secondFactors, view.language);
  return (
    <BarePage view={view} title={words.forgottenTitle}>
      <p role="status">{end === "saved" ? words.passwordSaved : words.linkOver}</p>
      {end === "over" && (
        <p>
          <a href="/reset-password">{words.askAgain}</a>
        </p>
      )}
      <BackToSignIn view={view} />
    </BarePage>
  );
}

function BackToSignIn({ view }: { view: View }) {
  return (
    <p>
      <a href="/sign-in">{wordsOf(secondFactors, view.language).backToSignIn}</a>
    </p>
  );
}
