import { KEY_ROLES, may, PERMISSIONS, type Caller, type Permission } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { CheckField, FormErrors, SelectField, TextField, type FieldErrors } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import type { Frame } from "../../../ui/layout/framed";
import { apiKeyWords } from "../../../ui/strings/api-keys";
import { wordsOf } from "../../../ui/strings/define";
import { permissionWords } from "../../../ui/strings/permissions";
import { roleWords } from "../../../ui/strings/roles";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { API_KEYS } from "./address";
import type { Choices, KeyForm } from "./form";

const ALL = Object.keys(PERMISSIONS) as Permission[];

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
  const roles = wordsOf(roleWords, view.language);
  const permissions = wordsOf(permissionWords, view.language);
  const offered = ALL.filter((permission) => may(caller, permission));
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
          <SelectField
            view={view}
            name="rights"
            label={words.rights}
            hint={words.rightsHint}
            value={form.rights}
            errors={errors}
            options={[
              ["chosen", words.chosen],
              ...(caller.scopes === null ? [["all", words.all] as const] : []),
              ...KEY_ROLES.filter((name) => name !== "owner").map((name) => [name, roles[name]] as const),
            ]}
          />
          <details open={form.rights === "chosen"}>
            <summary>{words.permissions}</summary>
            <div class="checks spaced">
              {offered.map((permission) => (
                <CheckField
                  name="scope"
                  value={permission}
                  checked={form.scopes.includes(permission)}
                  label={permissions[permission]}
                />
              ))}
            </div>
          </details>
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
        </Panel>
        <div class="actions">
          <ButtonLink href={API_KEYS}>{words.cancel}</ButtonLink>
          <Button kind="main">{words.createButton}</Button>
        </div>
      </form>
    </SettingsPage>
  );
}
