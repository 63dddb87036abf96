import type { Child } from "hono/jsx";
import { secondFactors } from "../strings/second-factors";
import { wordsOf } from "../strings/define";
import type { View } from "../view";
import { Button } from "./button";

type Props = {
  view: View;
  /** Whether a passkey is made or used. */
  does?: "create" | "get";
  /** The field that carries what the browser answers. */
  name?: string;
  action: string;
  /** Where the browser learns what to ask. */
  options: string;
  label: string;
  main?: boolean;
  /** Other fields, which are sent too. */
  children?: Child;
};

/** Asks the browser for a passkey and sends what it answers (ui/browser/passkeys.ts). */
export function PasskeyForm(props: Props) {
  const { view, does = "get", name = "passkey", action, options, label, main = false, children } = props;
  return (
    <form class="form needs-script" method="post" action={action} data-passkey={does} data-options={options}>
      {children}
      <input type="hidden" name={name} value="" data-passkey-answer />
      <p class="field-error" role="alert" data-passkey-problem hidden>
        {wordsOf(secondFactors, view.language).passkeyProblem}
      </p>
      <Button icon="passkey" kind={main ? "main" : "plain"}>
        {label}
      </Button>
    </form>
  );
}
