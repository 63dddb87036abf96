import {
  ACTION_KINDS,
  ACTION_LIMITS,
  postCallAction,
  type ActionKind,
  type KeptAction,
  type PostCallAction,
} from "../../actions";
import type { FieldErrors } from "../../ui/components/form";
import type { Language } from "../../ui/language";
import { actionWords } from "../../ui/strings/actions";
import { wordsOf } from "../../ui/strings/define";
import { numberIn, unclearIn } from "../amount";
import type { Fields } from "../forms";
import { blank, fieldOf, KINDS as RULE_KINDS, NUMBERS, textOf, valueIn } from "../settings/rules/form";
import { linesOf } from "../lines";

/** The kinds of conditions that are of calls alone, beside those that rules have. */
export const OF_CALL = ["outcome", "direction", "duration", "risk", "tag", "answer"] as const;
export const CONDITION_KINDS = [...OF_CALL, ...RULE_KINDS] as const;
export type ConditionKind = (typeof CONDITION_KINDS)[number];

/** A condition as its fields were filled. */
export type ConditionForm = { kind: ConditionKind; values: Readonly<Record<string, string>> };

/** The form of an action as it was sent, to be shown again. `values` by the names of its fields. */
export type ActionForm = {
  kind: ActionKind;
  name: string;
  enabled: boolean;
  values: Readonly<Record<string, string>>;
  when: readonly ConditionForm[];
  tryOn: string;
  ask: boolean;
};

/** The fields of each kind of action. */
export const FIELDS: Record<ActionKind, readonly string[]> = {
  tag: ["add", "remove"],
  assign: ["to", "due_hours"],
  webhook: ["target", "url"],
  email: ["to", "text"],
  ask: ["engine", "prompt", "schema"],
};

/** The fields of each kind of condition. */
export const CONDITION_FIELDS: Record<ConditionKind, readonly string[]> = {
  outcome: ["is"],
  direction: ["is"],
  duration: ["at_least", "at_most"],
  risk: ["at_least", "at_most"],
  tag: ["tag", "has"],
  answer: ["action", "field", "is"],
  phrase: ["phrases", "said", "speaker", "first_seconds", "unless_negated"],
  number: ["numbers", "party"],
  measure: ["name", "speaker", "at_least", "at_most"],
  repeat: ["party", "calls", "within_minutes"],
  score: ["name", "speaker", "at_least", "at_most"],
};

export function newActionForm(kind: ActionKind): ActionForm {
  return { kind, name: "", enabled: true, values: {}, when: [], tryOn: "", ask: false };
}

export function kindIn(text: string): ActionKind | undefined {
  return ACTION_KINDS.find((kind) => kind === text);
}

export function blankCondition(kind: ConditionKind): ConditionForm {
  const ofRules = RULE_KINDS.find((one) => one === kind);
  if (ofRules) return blank(ofRules);
  const values: Record<string, string> = { has: "true", ...(kind === "outcome" && { is: "completed" }) };
  return { kind, values };
}

export function formOfAction(action: KeptAction): ActionForm {
  return {
    ...newActionForm(action.kind),
    name: action.name,
    enabled: action.enabled,
    values: valuesOf(action),
    when: action.when.map(({ kind, ...values }) => ({
      kind,
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)])),
    })),
  };
}

function valuesOf(action: PostCallAction): Record<string, string> {
  switch (action.kind) {
    case "tag":
      return { add: action.add.join("\n"), remove: action.remove.join("\n") };
    case "assign":
      return { to: toText(action.reviewer_id, action.team_id), due_hours: textOf(action.due_hours) };
    case "webhook":
      return { target: action.endpoint_id ?? "", url: action.url ?? "" };
    case "email":
      return { to: toText(action.user_id, action.team_id), text: action.text };
    case "ask":
      return {
        engine: action.engine,
        prompt: action.prompt,
        schema: action.schema === null ? "" : JSON.stringify(action.schema, null, 2),
      };
  }
}

function toText(person: string | null, team: string | null): string {
  return person !== null ? `person ${person}` : team !== null ? `team ${team}` : "";
}

export function readActionForm(form: Fields, kind: ActionKind): ActionForm {
  const kinds = form.all("kind").slice(0, ACTION_LIMITS.conditions);
  return {
    kind,
    name: form.text("name").trim().slice(0, 200),
    enabled: form.text("enabled") === "true",
    values: Object.fromEntries(FIELDS[kind].map((name) => [name, form.text(name).slice(0, 20_000)])),
    when: kinds.map((sent, index) => {
      const known = CONDITION_KINDS.find((one) => one === sent) ?? "outcome";
      const values = CONDITION_FIELDS[known].map((name) => [name, form.text(fieldOf(index, name)).slice(0, 20_000)]);
      return { kind: known, values: Object.fromEntries(values) as Record<string, string> };
    }),
    tryOn: form.text("call").slice(0, 200),
    ask: form.text("ask") === "true",
  };
}

/** The action that a form says, or what is wrong with it. */
export function actionIn(
  form: ActionForm,
  id: string | undefined,
  language: Language,
): { action: PostCallAction } | { errors: FieldErrors } {
  const { kind, name, enabled, values } = form;
  const words = wordsOf(actionWords, language);
  const schema = schemaIn(values["schema"] ?? "");
  if (schema === undefined) return { errors: [{ field: "schema", message: words.schemaWrong }] };
  const twofold = unclearNumbers(form, language);
  if (twofold.length > 0) return { errors: twofold };
  const when = form.when.map((one) => conditionIn(one, language));
  const parsed = postCallAction.safeParse({ id, kind, name, enabled, when, ...detailsIn(form, schema, language) });
  if (parsed.success) return { action: parsed.data };
  return {
    errors: parsed.error.issues.map(({ path, message }) => ({
      field: fieldOfPath(path, form),
      message: path[0] === "schema" && message !== "" ? `${words.wrong}: ${message}` : words.wrong,
    })),
  };
}

/** Sentences at the fields whose numbers may be either of two. */
function unclearNumbers({ kind, values, when }: ActionForm, language: Language): FieldErrors {
  const numbers = when.flatMap((one, index) =>
    CONDITION_FIELDS[one.kind]
      .filter((name) => NUMBERS.has(name))
      .map((name) => [fieldOf(index, name), one.values[name] ?? ""] as const),
  );
  const due = kind === "assign" ? [["due_hours", values["due_hours"] ?? ""] as const] : [];
  return unclearIn(Object.fromEntries([...due, ...numbers]), language);
}

/** The field of the form for a part of an action. */
export function fieldOfPath(path: readonly PropertyKey[], form: ActionForm): string {
  const [first = "", at, part] = path.map(String);
  if (first === "when") {
    const index = Number(at);
    const names = CONDITION_FIELDS[form.when[index]?.kind ?? "outcome"];
    return fieldOf(index, names.find((one) => one === part) ?? names[0] ?? "");
  }
  if (first === "reviewer_id" || first === "team_id" || first === "user_id") return "to";
  if (first === "endpoint_id") return "target";
  return ["name", ...FIELDS[form.kind]].includes(first) ? first : (FIELDS[form.kind][0] ?? "name");
}

/** Null for none, undefined for what is no JSON. */
function schemaIn(text: string): unknown {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function detailsIn({ kind, values }: ActionForm, schema: unknown, language: Language): object {
  const text = (name: string) => (values[name] ?? "").trim();
  const [sort, ...rest] = text("to").split(" ");
  const [person, team] = [sort === "person" ? rest.join(" ") : null, sort === "team" ? rest.join(" ") : null];
  switch (kind) {
    case "tag":
      return { add: linesOf(text("add")), remove: linesOf(text("remove")) };
    case "assign":
      return {
        reviewer_id: person,
        team_id: team,
        due_hours: text("due_hours") === "" ? null : numberIn(text("due_hours"), language),
      };
    case "webhook":
      return text("target") === "" ? { url: text("url") } : { endpoint_id: text("target") };
    case "email":
      return { user_id: person, team_id: team, text: text("text") };
    case "ask":
      return { engine: text("engine"), prompt: text("prompt"), schema };
  }
}

function conditionIn({ kind, values }: ConditionForm, language: Language): object {
  const given = CONDITION_FIELDS[kind].map((name) => {
    const text = (values[name] ?? "").trim();
    if (kind === "answer" && name === "is") return [name, linesOf(text)];
    if (name === "field") return [name, text === "" ? null : text];
    return [name, valueIn(name, text, language)];
  });
  return { kind, ...Object.fromEntries(given) };
}
