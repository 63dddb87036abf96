import { BarePage } from "../ui/layout/bare";
import { Button } from "../ui/components/button";
import { TextField } from "../ui/components/form";
import { wordsOf } from "../ui/strings/define";
import { samples } from "../ui/strings/samples";
import type { View } from "../ui/view";
import { ConfirmationPage } from "./confirmation/page";

/** The layout of sign-in, with nothing behind it. */
export function BareSample({ view }: { view: View }) {
  const words = wordsOf(samples, view.language);
  return (
    <BarePage view={view} title={words.bare}>
      <form class="form">
        <TextField view={view} name="email" type="email" label={words.name} autocomplete="username" />
        <TextField view={view} name="password" type="password" label={words.state} autocomplete="current-password" />
        <Button kind="main">{words.save}</Button>
      </form>
    </BarePage>
  );
}

/** The page that asks who somebody is, which otherwise comes after a quarter of an hour only. */
export function ConfirmationSample({ view }: { view: View }) {
  const { wrongName } = wordsOf(samples, view.language);
  return <ConfirmationPage view={view} kept="page" csrf="" has={{ app: true, passkey: true }} wrong={wrongName} />;
}
