import { MICROS, MICROS_PER_MINUTE } from "../../../analysis";
import { CheckField, SelectField, TextArea, TextField, type FieldErrors } from "../../../ui/components/form";
import { wordsOf } from "../../../ui/strings/define";
import { engineWords } from "../../../ui/strings/engines";
import type { View } from "../../../ui/view";
import type { EngineForm } from "./form";

type Props = { view: View; form: EngineForm; errors: FieldErrors; isNew: boolean; hasKey: boolean };

/** The fields of an engine. Its name and kind are given once, and its key is never shown. */
export function EngineFields({ view, form, errors, isNew, hasKey }: Props) {
  const words = wordsOf(engineWords, view.language);
  const common = { view, errors } as const;
  const usual = (kind: keyof typeof MICROS_PER_MINUTE) => String(MICROS_PER_MINUTE[kind] / MICROS);
  return (
    <>
      {isNew && (
        <>
          <TextField
            {...common}
            name="name"
            label={words.name}
            hint={words.nameHint}
            value={form.name}
            maxlength={40}
            mono
          />
          <SelectField
            {...common}
            name="kind"
            label={words.kind}
            value={form.kind}
            options={[
              ["openai", words.openai],
              ["deepgram", words.deepgram],
              ["llm", words.llm],
              ["http", words.http],
            ]}
          />
        </>
      )}
      <TextField
        {...common}
        name="url"
        type="url"
        label={words.url}
        hint={isNew ? words.urlHint : words.urlMoves}
        value={form.url}
        maxlength={500}
        mono
        optional
      />
      <TextField
        {...common}
        name="model"
        label={words.model}
        hint={words.modelHint}
        value={form.model}
        maxlength={100}
        mono
        optional
      />
      <TextField
        {...common}
        name="price"
        label={words.price}
        hint={words.priceHint(usual("openai"), usual("deepgram"), usual("llm"))}
        value={form.price}
        inputmode="text"
        maxlength={20}
        optional
      />
      <TextArea
        {...common}
        name="others"
        label={words.others}
        hint={words.othersHint}
        value={form.others}
        rows={3}
        mono
        optional
      />
      <TextField
        {...common}
        name="key"
        type="password"
        label={hasKey ? words.newKey : words.key}
        hint={hasKey ? words.newKeyHint : words.keyHint}
        value=""
        autocomplete="off"
        maxlength={500}
        optional
      />
      {hasKey && <CheckField name="no-key" label={words.noKey} />}
    </>
  );
}
