import type { Caller } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { FormErrors, type FieldErrors } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { tokenIssuerWords } from "../../../ui/strings/token-issuers";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { TOKEN_ISSUERS } from "./address";
import type { IssuerForm } from "./form";
import { IssuerFields } from "./settings-fields";

type Props = { view: View; frame: Frame; caller: Caller; form: IssuerForm; errors: FieldErrors };

/** The form of a new issuer. */
export function NewTokenIssuerPage({ view, frame, caller, form, errors }: Props) {
  const words = wordsOf(tokenIssuerWords, view.language);
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="tokenIssuers"
      title={words.newTitle}
      state={words.newState}
    >
      <form method="post" action={TOKEN_ISSUERS} class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <FormErrors view={view} errors={errors} />
        <Panel>
          <IssuerFields view={view} organizationId={caller.organizationId} form={form} errors={errors} />
        </Panel>
        <div class="actions">
          <ButtonLink href={TOKEN_ISSUERS}>{words.cancel}</ButtonLink>
          <Button kind="main">{words.create}</Button>
        </div>
      </form>
    </SettingsPage>
  );
}
