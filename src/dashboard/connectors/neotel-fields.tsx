import { SelectField, TextArea, TextField, type FieldErrors } from "../../ui/components/form";
import { wordsOf } from "../../ui/strings/define";
import { neotelWords } from "../../ui/strings/neotel";
import type { View } from "../../ui/view";
import type { ConnectorFields } from "./empty-fields";

type Props = { view: View; fields: ConnectorFields; errors: FieldErrors; isNew: boolean };

/** Where Neotel's rows of calls come from, and what is in them. */
export function NeotelFields({ view, fields, errors, isNew }: Props) {
  const words = wordsOf(neotelWords, view.language);
  const field = (name: keyof ConnectorFields, label: string, more: object = {}) => (
    <TextField view={view} name={name} label={label} value={fields[name]} errors={errors} maxlength={500} {...more} />
  );
  const lines = (name: keyof ConnectorFields, label: string, hint: string, rows: number) => (
    <TextArea view={view} name={name} label={label} hint={hint} rows={rows} value={fields[name]} errors={errors} mono />
  );
  return (
    <>
      <SelectField
        view={view}
        name="rows"
        label={words.rows}
        value={fields.rows}
        errors={errors}
        options={[
          ["task", words.rowsTask],
          ["csv", words.rowsCsv],
        ]}
      />
      {field("baseUrl", words.baseUrl, { hint: words.baseUrlHint, mono: true, optional: true })}
      {field("idTask", words.idTask, { inputmode: "numeric", optional: true })}
      {lines("parameters", words.parameters, words.parametersHint, 3)}
      {field("apiUser", words.apiUser, {
        hint: isNew ? words.apiUserHint : words.apiUserKept,
        autocomplete: "off",
        mono: true,
        optional: true,
      })}
      {field("apiPassword", words.apiPassword, { type: "password", autocomplete: "off", mono: true, optional: true })}
      {field("csvPath", words.csvPath, { hint: words.csvPathHint, mono: true, optional: true })}
      {lines("columns", words.columns, words.columnsHint, 6)}
      {lines("directions", words.directions, words.directionsHint, 2)}
      {field("timeZone", words.timeZone, { mono: true })}
      {field("overlap", words.overlap, { hint: words.overlapHint, inputmode: "numeric" })}
      {field("waitHours", words.waitHours, { hint: words.waitHoursHint, inputmode: "numeric" })}
      {field("lookBack", words.lookBack, { hint: words.lookBackHint, inputmode: "numeric" })}
      {field("audioPath", words.audioPath, { hint: words.audioPathHint, mono: true })}
    </>
  );
}
