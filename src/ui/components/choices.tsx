import type { Child } from "hono/jsx";

/** What stands before the name of a field that a choice leaves out of its form, while its value waits there. */
export const KEPT = "kept_";

type Choice = { name: string; title: Child; text?: Child };

/**
 * What a form is filled in for, as buttons of that form (`form`: its id): choosing another one sends what was filled in, with
 * `choose`, and it comes back with that choice, also without script. They stand before all else that sends the form. `main`: the
 * name and value of its main button, where it has them; `action`: where a choice is sent, where that is not where the form is.
 */
export function ChoiceCards({
  label,
  form,
  current,
  choices,
  main,
  action,
}: {
  label: string;
  form: string;
  current: string;
  choices: readonly Choice[];
  main?: { name: string; value: string };
  action?: string;
}) {
  return (
    <>
      {/* Enter in a field presses the first button of its form: without this one, a choice. */}
      <button hidden tabindex={-1} form={form} {...main} />
      <div class="cards" role="group" aria-label={label}>
        {choices.map(({ name, title, text }) => (
          <button
            class="card"
            form={form}
            formaction={action}
            formnovalidate
            name="choose"
            value={name}
            aria-current={name === current ? "true" : undefined}
          >
            <b>{title}</b>
            {text !== undefined && <span class="second">{text}</span>}
          </button>
        ))}
      </div>
    </>
  );
}

/** What was filled in and has no field under this choice: it is there again under one that has it. */
export function KeptBeside({ fields }: { fields: Readonly<Record<string, string>> }) {
  return (
    <>
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={`${KEPT}${name}`} value={value} />
      ))}
    </>
  );
}
