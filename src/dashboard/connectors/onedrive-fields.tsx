import { SelectField, TextField, type FieldErrors } from "../../ui/components/form";
import { wordsOf } from "../../ui/strings/define";
import { oneDriveWords } from "../../ui/strings/onedrive";
import type { View } from "../../ui/view";
import type { ConnectorFields } from "./empty-fields";

type Props = { view: View; fields: ConnectorFields; errors: FieldErrors; isNew: boolean; redirectUri: string };

/** What to do in Azure AD, in the order that AuthentiVoice prints, and the fields for what it gives. */
export function OneDriveFields({ view, fields, errors, isNew, redirectUri }: Props) {
  const drive = wordsOf(oneDriveWords, view.language);
  const field = (name: keyof ConnectorFields, label: string, more: object = {}) => (
    <TextField
      view={view}
      name={name}
      label={label}
      value={fields[name]}
      errors={errors}
      maxlength={500}
      mono
      {...more}
    />
  );
  const reads = [
    ["person", drive.readsPerson],
    ["user", drive.readsUser],
    ["drive", drive.readsDrive],
    ["site", drive.readsSite],
  ] as const;
  return (
    <>
      <ol class="numbered">
        <li>
          {drive.azureRegister}{" "}
          <span class="mono" dir="ltr">
            {redirectUri}
          </span>
        </li>
        <li>{drive.azureGrant}</li>
        <li>{drive.azureEnter}</li>
      </ol>
      {field("clientId", drive.clientId, { autocomplete: "off" })}
      {field("clientSecret", drive.clientSecret, {
        hint: isNew ? drive.clientSecretHint : drive.clientSecretKept,
        type: "password",
        autocomplete: "off",
        optional: !isNew,
      })}
      {field("tenantId", drive.tenantId, { hint: drive.tenantHint })}
      <SelectField
        view={view}
        name="cloud"
        label={drive.cloud}
        hint={drive.cloudHint}
        value={fields.cloud}
        errors={errors}
        options={(["global", "us_gov", "us_dod", "china"] as const).map(
          (name) => [name, drive[`cloud_${name}`]] as const,
        )}
      />
      <SelectField
        view={view}
        name="reads"
        label={drive.reads}
        hint={drive.readsHint}
        value={fields.reads}
        errors={errors}
        options={reads}
      />
      {field("readsOf", drive.readsOf, { hint: drive.readsOfHint, optional: true })}
    </>
  );
}
