import { CALL_MEASURES, SPEAKER_MEASURES } from "../../../analysis";
import { CheckField, SelectField, TextArea, TextField, type FieldErrors } from "../../../ui/components/form";
import { wordsOf } from "../../../ui/strings/define";
import { measureNames } from "../../../ui/strings/rule-measures";
import { ruleWords } from "../../../ui/strings/rules";
import type { View } from "../../../ui/view";
import { fieldOf, type ConditionForm } from "./form";

type Props = { view: View; index: number; form: ConditionForm; errors: FieldErrors };

/** The fields of one condition. */
export function ConditionFields({ view, index, form: { kind, values }, errors }: Props) {
  const words = wordsOf(ruleWords, view.language);
  const field = (name: string) => ({ view, errors, name: fieldOf(index, name), value: values[name] ?? "" });
  const figure = (name: string, label: string, optional: boolean, hint?: string) => (
    <TextField
      {...field(name)}
      label={label}
      inputmode="text"
      maxlength={12}
      optional={optional}
      {...(hint !== undefined && { hint })}
    />
  );
  const whose = (options: readonly (readonly [string, string])[]) => (
    <SelectField {...field("speaker")} label={words.speaker} options={options} />
  );
  const anybody = [
    ["any", words.anyone],
    ["operator", words.operator],
    ["customer", words.customer],
  ] as const;
  const limits = (
    <>
      {figure("at_least", words.atLeast, true)}
      {figure("at_most", words.atMost, true)}
    </>
  );
  switch (kind) {
    case "phrase":
      return (
        <>
          <TextArea {...field("phrases")} label={words.phrases} hint={words.phrasesHint} rows={3} />
          <SelectField
            {...field("said")}
            label={words.said}
            options={[
              ["true", words.isSaid],
              ["false", words.isUnsaid],
            ]}
          />
          {whose([...anybody, ["bot", words.bot]])}
          {figure("first_seconds", words.firstSeconds, true, words.firstSecondsHint)}
          <CheckField
            name={fieldOf(index, "unless_negated")}
            label={words.negated}
            checked={values["unless_negated"] === "true"}
          />
        </>
      );
    case "number":
      return (
        <>
          <TextArea {...field("numbers")} label={words.numbers} hint={words.numbersHint} rows={3} mono />
          <SelectField
            {...field("party")}
            label={words.party}
            options={[
              ["caller", words.caller],
              ["called", words.called],
              ["either", words.either],
            ]}
          />
        </>
      );
    case "measure": {
      const names: Record<string, string> = wordsOf(measureNames, view.language);
      const all = [...new Set<string>([...CALL_MEASURES, ...SPEAKER_MEASURES])];
      return (
        <>
          <SelectField
            {...field("name")}
            label={words.measureName}
            options={all.map((name) => [name, names[name] ?? name])}
          />
          {whose([
            ["call", words.call],
            ["operator", words.operator],
            ["customer", words.customer],
          ])}
          {limits}
        </>
      );
    }
    case "repeat":
      return (
        <>
          <SelectField
            {...field("party")}
            label={words.party}
            options={[
              ["caller", words.caller],
              ["called", words.called],
            ]}
          />
          {figure("calls", words.repeatCalls, false)}
          {figure("within_minutes", words.withinMinutes, false)}
        </>
      );
    case "score":
      return (
        <>
          <TextField {...field("name")} label={words.scoreName} maxlength={100} />
          {whose(anybody)}
          {limits}
        </>
      );
  }
}
