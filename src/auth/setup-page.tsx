import { SHORTEST_PASSWORD } from "../identity";
import { Button } from "../ui/components/button";
import { FormErrors, TextField, type FieldErrors } from "../ui/components/form";
import { BarePage } from "../ui/layout/bare";
import { wordsOf } from "../ui/strings/define";
import { people } from "../ui/strings/people";
import type { View } from "../ui/view";

type Sent = { organization?: string; name?: string; email?: string };

/** `/setup`: the first owner of a deployment. */
export function SetupPage({ view, sent = {}, errors = [] }: { view: View; sent?: Sent; errors?: FieldErrors }) {
  const words = wordsOf(people, view.language);
  const common = { view, errors };
  return (
    <BarePage view={view} title={words.setUp}>
      <p>{words.setUpIntro}</p>
      <FormErrors view={view} errors={errors} />
      <form class="form" method="post" action="/setup">
        <TextField
          {...common}
          name="admin_token"
          type="password"
          label={words.adminToken}
          hint={words.adminTokenHint}
          autocomplete="off"
          autofocus
        />
        <TextField
          {...common}
          name="organization"
          label={words.organization}
          hint={words.organizationHint}
          value={sent.organization}
          autocomplete="organization"
        />
        <TextField {...common} name="name" label={words.name} value={sent.name} autocomplete="name" />
        <TextField
          {...common}
          name="email"
          type="email"
          label={words.email}
          value={sent.email}
          autocomplete="username"
        />
        <TextField
          {...common}
          name="password"
          type="password"
          label={words.password}
          hint={words.passwordHint(SHORTEST_PASSWORD)}
          autocomplete="new-password"
        />
        <Button kind="main">{words.makeOwner}</Button>
      </form>
    </BarePage>
  );
}
