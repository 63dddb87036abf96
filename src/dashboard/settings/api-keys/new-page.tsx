import type { Caller } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { FormErrors, SelectField, TextField, type FieldErrors } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import type { Frame } from "../../../ui/layout/framed";
import { apiKeyWords } from "../../../ui/strings/api-keys";
import { wordsOf } from "../../../ui/strings/define";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { RightsFields } from "../rights-fields";
import { API_KEYS } from "./address";
import type { Choices, KeyForm } from "./form";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  choices: Choices;
  form: KeyForm;
  errors: FieldErrors;
};

/** The form of a new key. It offers what the visitor may do themselves. */
export function NewApiKeyPage({ view, frame, caller, choices, form, errors }: Props) {
  const words = wordsOf(apiKeyWords, view.language);
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="apiKeys"
      title={words.newTitle}
      state={words.newState}
    >
      <form method="post" action={API_KEYS} class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <input type="hidden" name="once" value={form.once} />
        <FormErrors view={view} errors={errors} />
        <Panel>
          <TextField
            view={view}
            name="name"
            label={words.name}
            hint={words.nameHint}
            value={form.name}
            maxlength={200}
            errors={errors}
          />
          <RightsFields view={view} caller={caller} form={form} errors={errors} />
          <SelectField
            view={view}
            name="campaign"
            label={words.campaign}
            hint={words.campaignHint}
            value={form.campaign}
            errors={errors}
            options={[["", words.anyCampaign], ...choices.campaigns.map(({ id, name }) => [id, name] as const)]}
          />
          <SelectField
            view={view}
            name="source"
            label={words.source}
            hint={words.sourceHint}
            value={form.source}
            errors={errors}
            options={[["", words.anySource], ...choices.sources.map(({ id, name }) => [id, name] as const)]}
          />
          <TextField
            view={view}
            name="end"
            type="date"
            label={words.end}
            hint={words.endHint}
            value={form.end}
            errors={errors}
            optional
          />
          <TextField
            view={view}
            name="origins"
            label={words.origins}
            hint={words.originsHint}
            value={form.origins}
            maxlength={6_000}
            errors={errors}
            optional
            mono
          />
        </Panel>
        <div class="actions">
          <ButtonLink href={API_KEYS}>{words.cancel}</ButtonLink>
          <Button kind="main">{words.createButton}</Button>
        </div>
      </form>
    </SettingsPage>
  );
}
