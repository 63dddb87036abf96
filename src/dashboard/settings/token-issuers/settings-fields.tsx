import { ALGORITHMS, ownAudience } from "../../../identity";
import { CheckField, ChoiceGroup, TextField, type FieldErrors } from "../../../ui/components/form";
import { wordsOf } from "../../../ui/strings/define";
import { tokenIssuerWords } from "../../../ui/strings/token-issuers";
import type { View } from "../../../ui/view";
import type { IssuerForm } from "./form";

type Props = { view: View; organizationId: string; form: IssuerForm; errors: FieldErrors };

/** The fields of an issuer, all but its rules. */
export function IssuerFields({ view, organizationId, form, errors }: Props) {
  const words = wordsOf(tokenIssuerWords, view.language);
  const common = { view, errors } as const;
  return (
    <>
      <TextField {...common} name="name" label={words.name} hint={words.nameHint} value={form.name} maxlength={200} />
      <TextField
        {...common}
        name="issuer"
        label={words.issuer}
        hint={words.issuerHint}
        value={form.issuer}
        maxlength={500}
        mono
      />
      <TextField
        {...common}
        name="jwks_url"
        type="url"
        label={words.url}
        hint={words.urlHint}
        value={form.jwks_url}
        maxlength={2_000}
        mono
      />
      <TextField
        {...common}
        name="audience"
        label={words.audience}
        hint={words.audienceHint(ownAudience(organizationId))}
        value={form.audience}
        maxlength={500}
        mono
        optional
      />
      <ChoiceGroup name="algorithm" legend={words.algorithms} errors={errors}>
        {ALGORITHMS.map((name) => (
          <CheckField name="algorithm" value={name} checked={form.algorithms.includes(name)} label={name} />
        ))}
      </ChoiceGroup>
    </>
  );
}
