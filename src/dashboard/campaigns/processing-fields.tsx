import type { Processing } from "../../campaigns";
import { SelectField, TextField, type FieldErrors } from "../../ui/components/form";
import { wordsOf, type Words } from "../../ui/strings/define";
import { processingWords } from "../../ui/strings/processing";
import type { View } from "../../ui/view";
import type { Fields } from "../forms";

/** The four rules as a form has them: "" is what holds without a rule, NONE is no engine or no team. */
export type ProcessingFields = Record<keyof Processing, string>;

/** No engine, or no team. */
export const NONE = "-";

export const NO_RULES: ProcessingFields = {
  autoAnalyze: "",
  transcriptionEngine: "",
  assignToTeam: "",
  notifyOnComplete: "",
};

/** `inherits`: of a source, where "no team" has to be told from "as the campaign". */
export function processingFieldsOf(own: Partial<Processing>, inherits: boolean): ProcessingFields {
  const yesNo = (value: boolean | undefined) => (value === undefined ? "" : value ? "yes" : "no");
  return {
    autoAnalyze: yesNo(own.autoAnalyze),
    transcriptionEngine: own.transcriptionEngine === null ? NONE : (own.transcriptionEngine ?? ""),
    assignToTeam: own.assignToTeam === null && inherits ? NONE : (own.assignToTeam ?? ""),
    notifyOnComplete: yesNo(own.notifyOnComplete),
  };
}

export function processingFieldsIn(form: Fields): ProcessingFields {
  const text = (name: keyof Processing) => form.text(name).trim();
  return {
    autoAnalyze: text("autoAnalyze"),
    transcriptionEngine: text("transcriptionEngine").slice(0, 40),
    assignToTeam: text("assignToTeam").slice(0, 200),
    notifyOnComplete: text("notifyOnComplete"),
  };
}

/** The rules that were entered. */
export function rulesIn(fields: ProcessingFields): Partial<Processing> {
  const { autoAnalyze, transcriptionEngine: engine, assignToTeam: team, notifyOnComplete } = fields;
  return {
    ...(autoAnalyze !== "" && { autoAnalyze: autoAnalyze === "yes" }),
    ...(engine !== "" && { transcriptionEngine: engine === NONE ? null : engine }),
    ...(team !== "" && { assignToTeam: team === NONE ? null : team }),
    ...(notifyOnComplete !== "" && { notifyOnComplete: notifyOnComplete === "yes" }),
  };
}

type Props = {
  view: View;
  fields: ProcessingFields;
  errors: FieldErrors;
  engines: readonly string[];
  teams: readonly string[];
  /** Whether a rule may be left to the campaign. */
  inherits: boolean;
};

/** The fields of the four rules. A team is written or chosen: it need not be there yet. */
export function ProcessingFormFields({ view, fields, errors, engines, teams, inherits }: Props) {
  const words = wordsOf(processingWords, view.language);
  const common = { view, errors } as const;
  const inherited: (readonly [string, string])[] = inherits ? [["", words.inherited]] : [];
  const yesNo = [...inherited, ["yes", words.yes], ["no", words.no]] as const;
  return (
    <>
      <SelectField
        {...common}
        name="autoAnalyze"
        label={words.autoAnalyze}
        value={fields.autoAnalyze}
        options={yesNo}
      />
      <SelectField
        {...common}
        name="transcriptionEngine"
        label={words.transcriptionEngine}
        hint={words.engineHint}
        value={fields.transcriptionEngine}
        options={[...inherited, [NONE, words.none], ...engineOptions(words, fields.transcriptionEngine, engines)]}
      />
      <TextField
        {...common}
        name="assignToTeam"
        label={words.assignToTeam}
        hint={inherits ? words.teamHintInherits : words.teamHint}
        value={fields.assignToTeam}
        maxlength={200}
        list="teams"
        optional
      />
      <datalist id="teams">
        {teams.map((name) => (
          <option value={name} />
        ))}
      </datalist>
      <SelectField
        {...common}
        name="notifyOnComplete"
        label={words.notifyOnComplete}
        value={fields.notifyOnComplete}
        options={yesNo}
      />
    </>
  );
}

/** Those that are there, `whisper`, and what was chosen and is not there. */
function engineOptions(
  words: Words<typeof processingWords>,
  chosen: string,
  engines: readonly string[],
): (readonly [string, string])[] {
  const all = [...new Set([...engines, "whisper", ...(chosen === "" || chosen === NONE ? [] : [chosen])])];
  return all.map((name) => [name, engines.includes(name) ? name : words.unknownEngine(name)] as const);
}
