import type { CallHead } from "../../calls";
import { SelectField, TextArea, TextField, type FieldErrors } from "../../ui/components/form";
import { actionWords } from "../../ui/strings/actions";
import { wordsOf } from "../../ui/strings/define";
import { ruleWords } from "../../ui/strings/rules";
import type { View } from "../../ui/view";
import { ConditionFields } from "../settings/rules/condition-fields";
import { fieldOf, KINDS as RULE_KINDS } from "../settings/rules/form";
import type { ActionForm, ConditionForm } from "./actions-form";

/** What an action may name. */
export type ActionChoices = {
  people: readonly (readonly [id: string, name: string])[];
  teams: readonly (readonly [id: string, name: string])[];
  endpoints: readonly (readonly [id: string, name: string])[];
  engines: readonly string[];
  /** The names of the actions before it that ask an engine. */
  asks: readonly string[];
  calls: readonly CallHead[];
};

type FieldsProps = { view: View; form: ActionForm; errors: FieldErrors; choices: ActionChoices };

/** What a kind of condition is called. */
export function titleOfCondition(view: View, kind: ConditionForm["kind"]): string {
  const words = wordsOf(actionWords, view.language);
  const ofRules = RULE_KINDS.find((one) => one === kind);
  if (ofRules) return wordsOf(ruleWords, view.language)[ofRules];
  return kind === "tag" ? words.hasTag : words[kind as "outcome" | "direction" | "duration" | "risk" | "answer"];
}

/** The fields of an action, by its kind. */
export function ActionFields({ view, form: { kind, values }, errors, choices }: FieldsProps) {
  const words = wordsOf(actionWords, view.language);
  const field = (name: string) => ({ view, errors, name, value: values[name] ?? "" });
  const teams = choices.teams.map(([id, name]) => [`team ${id}`, words.team(name)] as const);
  const people = choices.people.map(([id, name]) => [`person ${id}`, name] as const);
  switch (kind) {
    case "tag":
      return (
        <>
          <TextArea {...field("add")} label={words.tagsAdded} hint={words.tagsHint} rows={3} optional />
          <TextArea {...field("remove")} label={words.tagsRemoved} hint={words.tagsHint} rows={2} optional />
        </>
      );
    case "assign":
      return (
        <>
          <SelectField {...field("to")} label={words.assignTo} options={[...teams, ...people]} />
          <TextField {...field("due_hours")} label={words.dueHours} inputmode="numeric" maxlength={8} optional />
        </>
      );
    case "webhook":
      return (
        <>
          <SelectField
            {...field("target")}
            label={words.target}
            options={[["", words.ownAddress], ...choices.endpoints]}
          />
          <TextField {...field("url")} label={words.url} hint={words.urlHint} maxlength={2_000} optional />
        </>
      );
    case "email":
      return (
        <>
          <SelectField
            {...field("to")}
            label={words.writeTo}
            options={[["", words.everybody], ...teams, ...people.filter(([id]) => id.startsWith("person usr_"))]}
          />
          <TextArea {...field("text")} label={words.text} hint={words.textHint} rows={4} />
        </>
      );
    case "ask":
      return (
        <>
          {choices.engines.length === 0 && <p class="hint">{words.noEngines}</p>}
          <SelectField
            {...field("engine")}
            label={words.engine}
            options={choices.engines.map((name) => [name, name])}
          />
          <TextArea {...field("prompt")} label={words.prompt} hint={words.promptHint} rows={4} />
          <TextArea {...field("schema")} label={words.schema} hint={words.schemaHint} rows={6} mono optional />
        </>
      );
  }
}

/** The fields of one condition. */
export function ActionConditionFields({
  view,
  errors,
  choices,
  index,
  one,
}: Pick<FieldsProps, "view" | "errors" | "choices"> & { index: number; one: ConditionForm }) {
  const words = wordsOf(actionWords, view.language);
  const { kind, values } = one;
  const ofRules = RULE_KINDS.find((known) => known === kind);
  if (ofRules) return <ConditionFields view={view} index={index} form={{ kind: ofRules, values }} errors={errors} />;
  const field = (name: string) => ({ view, errors, name: fieldOf(index, name), value: values[name] ?? "" });
  const figure = (name: string, label: string) => (
    <TextField {...field(name)} label={label} inputmode="numeric" maxlength={10} optional />
  );
  switch (kind) {
    case "outcome":
      return (
        <SelectField
          {...field("is")}
          label={words.outcome}
          options={[
            ["completed", words.completed],
            ["failed", words.failed],
          ]}
        />
      );
    case "direction":
      return (
        <SelectField
          {...field("is")}
          label={words.direction}
          options={(["inbound", "outbound", "internal"] as const).map((name) => [name, words[name]] as const)}
        />
      );
    case "tag":
      return (
        <>
          <TextField {...field("tag")} label={words.oneTag} maxlength={64} />
          <SelectField
            {...field("has")}
            label={words.tagHas}
            options={[
              ["true", words.isThere],
              ["false", words.isAbsent],
            ]}
          />
        </>
      );
    case "answer":
      return (
        <>
          <SelectField
            {...field("action")}
            label={words.ofAction}
            options={choices.asks.map((name) => [name, name] as const)}
          />
          <TextField {...field("field")} label={words.field} hint={words.fieldHint} maxlength={100} optional />
          <TextArea {...field("is")} label={words.is} hint={words.isHint} rows={2} />
        </>
      );
    default:
      return (
        <>
          {kind === "duration" && <p class="hint">{words.seconds}</p>}
          {figure("at_least", words.atLeast)}
          {figure("at_most", words.atMost)}
        </>
      );
  }
}
