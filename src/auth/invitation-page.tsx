import { SHORTEST_PASSWORD, type OpenInvitation } from "../identity";
import { Button } from "../ui/components/button";
import { FormErrors, TextField, type FieldErrors } from "../ui/components/form";
import { BarePage } from "../ui/layout/bare";
import { wordsOf } from "../ui/strings/define";
import { people } from "../ui/strings/people";
import { roleName } from "../ui/strings/roles";
import type { View } from "../ui/view";

type Props = { view: View; action: string; invitation: OpenInvitation };

/** `/invitations/…` for whoever has no account yet. */
export function InvitationPage(props: Props & { name?: string; errors?: FieldErrors }) {
  const { view, action, invitation, name, errors = [] } = props;
  const words = wordsOf(people, view.language);
  return (
    <BarePage view={view} title={words.invited}>
      <p>
        {words.invitedTo(invitation.organization, roleName({ ...view, naming: invitation.naming }, invitation.role))}
      </p>
      <FormErrors view={view} errors={errors} />
      <form class="form" method="post" action={action}>
        <div class="field">
          <label for="email">{words.email}</label>
          <input id="email" name="email" type="email" value={invitation.email} autocomplete="username" readonly />
        </div>
        <TextField
          view={view}
          name="name"
          label={words.name}
          value={name}
          autocomplete="name"
          errors={errors}
          autofocus
        />
        <TextField
          view={view}
          name="password"
          type="password"
          label={words.password}
          hint={words.passwordHint(SHORTEST_PASSWORD)}
          autocomplete="new-password"
          errors={errors}
        />
        <Button kind="main">{words.accept}</Button>
      </form>
    </BarePage>
  );
}

/** The same for whoever has an account and is signed in with it. */
export function JoinPage({ view, action, invitation, csrf }: Props & { csrf: string }) {
  const words = wordsOf(people, view.language);
  return (
    <BarePage view={view} title={words.invited}>
      <p>
        {words.invitedTo(invitation.organization, roleName({ ...view, naming: invitation.naming }, invitation.role))}
      </p>
      <form class="form" method="post" action={action}>
        <input type="hidden" name="csrf" value={csrf} />
        <Button kind="main">{words.accept}</Button>
      </form>
    </BarePage>
  );
}

/** Why an invitation cannot be accepted now. */
export function NoInvitationPage({ view, why }: { view: View; why: "over" | "sign-in" | "other" | "stale" }) {
  const words = wordsOf(people, view.language);
  const text = {
    over: words.invitationOver,
    "sign-in": words.signInFirst,
    other: words.otherAddress,
    stale: words.staleForm,
  }[why];
  return (
    <BarePage view={view} title={words.invited}>
      <p role="status">{text}</p>
      <p>
        <a href="/sign-in">{words.signIn}</a>
      </p>
    </BarePage>
  );
}
