import { differing, type Difference } from "../../ui/components/stale";
import { actionWords } from "../../ui/strings/actions";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { titleOfCondition, type ActionChoices } from "./action-fields";
import { CONDITION_FIELDS, FIELDS, type ActionForm } from "./actions-form";

/** Where what is stored of an action and what somebody entered are not the same; of conditions all that there is of them. */
export function actionDifferences(
  view: View,
  { stored, entered }: { stored: ActionForm; entered: ActionForm },
  { people, teams, endpoints }: Pick<ActionChoices, "people" | "teams" | "endpoints">,
): readonly Difference[] {
  const words = wordsOf(actionWords, view.language);
  const of = (label: string, text: (form: ActionForm) => string) => ({
    label,
    stored: text(stored),
    entered: text(entered),
  });
  const labels: Readonly<Record<string, string>> = {
    add: words.tagsAdded,
    remove: words.tagsRemoved,
    to: entered.kind === "email" ? words.writeTo : words.assignTo,
    due_hours: words.dueHours,
    target: words.target,
    url: words.url,
    text: words.text,
    engine: words.engine,
    prompt: words.prompt,
    schema: words.schema,
  };
  const named = new Map<string, string>([
    ...people.map(([id, name]) => [`person ${id}`, name] as const),
    ...teams.map(([id, name]) => [`team ${id}`, words.team(name)] as const),
    ...endpoints,
  ]);
  const called = (text: string) => named.get(text) ?? text.trim().replaceAll("\r\n", "\n");
  return differing([
    of(words.name, ({ name }) => name),
    of(words.enabled, ({ enabled }) => (enabled ? "✓" : "")),
    ...FIELDS[entered.kind].map((name) => of(labels[name] ?? name, ({ values }) => called(values[name] ?? ""))),
    of(words.conditions, ({ when }) =>
      when
        .map(({ kind, values }) => {
          const given = CONDITION_FIELDS[kind].map((name) => (values[name] ?? "").trim().replaceAll(/\s*\n\s*/g, ", "));
          return `${titleOfCondition(view, kind)}: ${given.filter(Boolean).join(" · ")}`;
        })
        .join("\n"),
    ),
  ]);
}
