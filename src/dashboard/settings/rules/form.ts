import { numberText } from "../../../lib/written-number";
import {
  condition,
  MOST_CONDITIONS,
  RULE_LIMITS,
  type Condition,
  type RuleContent,
  type RuleRow,
} from "../../../analysis";
import type { FieldErrors } from "../../../ui/components/form";
import { differing, type Difference } from "../../../ui/components/stale";
import type { Language } from "../../../ui/language";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { ruleWords } from "../../../ui/strings/rules";
import { numberIn, unclear } from "../../amount";
import type { Fields } from "../../forms";
import { linesOf } from "../../lines";

export const KINDS = ["phrase", "number", "measure", "repeat", "score"] as const;
export type Kind = (typeof KINDS)[number];

/** A condition as its fields were filled. */
export type ConditionForm = { kind: Kind; values: Readonly<Record<string, string>> };
/** The form of a rule as it was sent, to be shown again. */
export type RuleForm = {
  name: string;
  campaign: string;
  weight: string;
  script: string;
  enabled: boolean;
  conditions: readonly ConditionForm[];
};

export const NEW_RULE: RuleForm = {
  name: "",
  campaign: "",
  weight: "40",
  script: "",
  enabled: true,
  conditions: [blank("phrase")],
};

/** The fields of each kind of condition, and which of them hold a number or several lines. */
const FIELDS: Record<Kind, readonly string[]> = {
  phrase: ["phrases", "said", "speaker", "first_seconds", "unless_negated"],
  number: ["numbers", "party"],
  measure: ["name", "speaker", "at_least", "at_most"],
  repeat: ["party", "calls", "within_minutes"],
  score: ["name", "speaker", "at_least", "at_most"],
};
export const NUMBERS: ReadonlySet<string> = new Set([
  "first_seconds",
  "at_least",
  "at_most",
  "calls",
  "within_minutes",
]);
const LINES = new Set(["phrases", "numbers"]);
const YES_OR_NO = new Set(["said", "unless_negated", "has"]);

export function blank(kind: Kind): ConditionForm {
  const values = {
    said: "true",
    unless_negated: "true",
    speaker: kind === "measure" ? "call" : "any",
    party: "caller",
  };
  return { kind, values };
}

export function fieldOf(index: number, name: string): string {
  return `c${index}-${name}`;
}

export function readRuleForm(form: Fields): RuleForm {
  const count = Math.min(MOST_CONDITIONS, form.all("kind").length);
  const kinds = form.all("kind").slice(0, count);
  return {
    name: form.text("name").trim().slice(0, 200),
    campaign: form.text("campaign").slice(0, 200),
    weight: form.text("weight").trim().slice(0, 10),
    script: form.text("script").trim().slice(0, 200),
    enabled: form.text("enabled") === "true",
    conditions: kinds.map((sent, index) => {
      const kind = KINDS.find((one) => one === sent) ?? "phrase";
      const values = FIELDS[kind].map((name) => [name, form.text(fieldOf(index, name)).slice(0, 20_000)] as const);
      return { kind, values: Object.fromEntries(values) };
    }),
  };
}

export function formOfRule(rule: RuleRow): RuleForm {
  return {
    name: rule.name,
    campaign: rule.campaignId ?? "",
    weight: String(rule.weight),
    script: rule.script ?? "",
    enabled: rule.enabled,
    conditions: rule.conditions.map(({ kind, ...values }) => ({
      kind,
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)])),
    })),
  };
}

/** A value of a condition as its field holds it: lines of a text, or a number that is read again as the same. */
export function textOf(value: string | number | boolean | null | readonly string[] | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return numberText(value);
  return typeof value === "object" ? value.join("\n") : String(value);
}

/** Where what is stored of a rule and what somebody entered are not the same; of conditions all that there is of them. */
export function differencesOf(
  words: Words<typeof ruleWords>,
  { stored, entered }: { stored: RuleForm; entered: RuleForm },
  campaigns: ReadonlyMap<string, string>,
): readonly Difference[] {
  const of = (label: string, text: (form: RuleForm) => string) => ({
    label,
    stored: text(stored),
    entered: text(entered),
  });
  return differing([
    of(words.name, ({ name }) => name),
    of(words.weight, ({ weight }) => weight),
    of(words.campaign, ({ campaign }) => (campaign === "" ? words.all : (campaigns.get(campaign) ?? campaign))),
    of(words.script, ({ script }) => script),
    of(words.enabled, ({ enabled }) => (enabled ? "✓" : "")),
    of(words.conditions, ({ conditions }) => conditions.map((one) => conditionText(words, one)).join("\n")),
  ]);
}

function conditionText(words: Words<typeof ruleWords>, { kind, values }: ConditionForm): string {
  const given = FIELDS[kind].map((name) => (values[name] ?? "").trim().replaceAll(/\s*\n\s*/g, ", "));
  return `${words[kind]}: ${given.filter(Boolean).join(" · ")}`;
}

/** What may be saved or tried of a rule, or what is wrong with the form. */
export function ruleIn(form: RuleForm, language: Language): { rule: RuleContent } | { errors: FieldErrors } {
  const words = wordsOf(ruleWords, language);
  const errors: { field: string; message: string }[] = [];
  if (form.name === "" || form.name.length > RULE_LIMITS.name) errors.push({ field: "name", message: words.nameWrong });
  const weight = /^\d{1,3}$/.test(form.weight) ? Number(form.weight) : Number.NaN;
  if (!(weight <= 100)) errors.push({ field: "weight", message: words.weightWrong });
  const conditions = form.conditions.flatMap((one, index): Condition[] => {
    const parsed = condition.safeParse(conditionIn(one, language));
    if (parsed.success) return [parsed.data];
    const [name = FIELDS[one.kind][0]] = parsed.error.issues[0]?.path ?? [];
    const known = FIELDS[one.kind].find((field) => field === name) ?? FIELDS[one.kind][0] ?? "";
    const twofold = NUMBERS.has(known) ? unclear(one.values[known] ?? "", language) : undefined;
    errors.push({ field: fieldOf(index, known), message: twofold ?? words.wrong });
    return [];
  });
  if (form.conditions.length === 0) errors.push({ field: "add", message: words.wrong });
  if (errors.length > 0) return { errors };
  const { name, enabled } = form;
  const script = form.script.slice(0, RULE_LIMITS.script) || null;
  return { rule: { name, campaignId: form.campaign || null, enabled, weight, script, conditions } };
}

function conditionIn({ kind, values }: ConditionForm, language: Language): object {
  const given = FIELDS[kind].map((name) => [name, valueIn(name, values[name] ?? "", language)]);
  return { kind, ...Object.fromEntries(given) };
}

/** A value of a condition as its field, which has this name, says it. */
export function valueIn(
  name: string,
  written: string,
  language: Language,
): boolean | string[] | number | string | null {
  const text = written.trim();
  if (YES_OR_NO.has(name)) return text === "true";
  if (LINES.has(name)) return linesOf(text);
  if (NUMBERS.has(name)) return text === "" ? null : numberIn(text, language);
  return text;
}
