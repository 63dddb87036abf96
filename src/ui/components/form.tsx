import type { Child } from "hono/jsx";
import { frame } from "../strings/frame";
import { wordsOf } from "../strings/define";
import type { View } from "../view";

/**
 * What is wrong with a form, field by field: as a failed zod parse or a `DomainError` of kind `invalid` names it. `label`: what
 * the field is called above the form, where its own label alone would not tell it from others; "" for what concerns no field.
 */
export type FieldErrors = readonly { field: string; message: string; label?: string }[];

type Field = {
  view: View;
  name: string;
  /** Its id where another form of the page has a field of the same name. */
  id?: string;
  label: string;
  hint?: Child;
  optional?: boolean;
  errors?: FieldErrors;
};

type Input = Field & {
  type?: "text" | "email" | "password" | "url" | "tel" | "number" | "date" | "datetime-local" | "search";
  value?: string;
  autocomplete?: string;
  inputmode?: "text" | "numeric" | "decimal" | "tel" | "email" | "url";
  maxlength?: number;
  /** The id of a `datalist` to choose from. */
  list?: string;
  autofocus?: boolean;
  mono?: boolean;
};

/** A line of text with its label, its hint and what is wrong with it. */
export function TextField(props: Input) {
  const {
    name,
    id = name,
    type = "text",
    value,
    autocomplete,
    inputmode,
    maxlength,
    list,
    autofocus,
    mono,
    optional,
  } = props;
  return (
    <FieldFrame {...props}>
      <input
        id={id}
        name={name}
        type={type}
        value={value}
        class={mono ? "mono" : undefined}
        autocomplete={autocomplete}
        inputmode={inputmode}
        maxlength={maxlength}
        list={list}
        autofocus={autofocus}
        required={!optional}
        dir="auto"
        {...described(props)}
      />
    </FieldFrame>
  );
}

/** Several lines of text. */
export function TextArea(props: Field & { value?: string; rows?: number; mono?: boolean }) {
  const { name, id = name, value, rows = 4, mono, optional } = props;
  return (
    <FieldFrame {...props}>
      <textarea
        id={id}
        name={name}
        rows={rows}
        class={mono ? "mono" : undefined}
        required={!optional}
        dir="auto"
        {...described(props)}
      >
        {value}
      </textarea>
    </FieldFrame>
  );
}

/** One of a few values. */
export function SelectField(
  props: Field & { value?: string; options: readonly (readonly [value: string, title: string])[] },
) {
  const { name, id = name, value, options } = props;
  return (
    <FieldFrame {...props}>
      <select id={id} name={name} {...described(props)}>
        {options.map(([option, title]) => (
          <option value={option} selected={option === value}>
            {title}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

/** Yes or no. */
export function CheckField({
  name,
  label,
  hint,
  checked,
  value = "true",
}: {
  name: string;
  label: Child;
  hint?: Child;
  checked?: boolean;
  value?: string;
}) {
  const box = (
    <label class="check">
      <input
        type="checkbox"
        name={name}
        value={value}
        checked={checked}
        aria-describedby={hint === undefined ? undefined : `${name}-hint`}
      />
      <span>{label}</span>
    </label>
  );
  if (hint === undefined) return box;
  return (
    <div>
      {box}
      <p class="hint" id={`${name}-hint`}>
        {hint}
      </p>
    </div>
  );
}

/** Several boxes of one field, under a legend: what is wrong with the field stands below them. */
export function ChoiceGroup({
  name,
  legend,
  errors,
  children,
}: {
  name: string;
  legend: Child;
  errors: FieldErrors;
  children?: Child;
}) {
  const wrong = messageFor(name, errors);
  return (
    <fieldset class={`choices${wrong ? " has-error" : ""}`} id={name} tabindex={-1}>
      <legend>{legend}</legend>
      {children}
      {wrong && <p class="field-error">{wrong}</p>}
    </fieldset>
  );
}

/**
 * How many fields need a change, above the form; the focus goes here, and each error is beside its field too. Each begins with
 * the label of its field, which the finished page has (src/ui/layout/named-errors.ts).
 */
export function FormErrors({ view, errors }: { view: View; errors: FieldErrors }) {
  if (errors.length === 0) return null;
  return (
    <div class="form-errors" role="alert" tabindex={-1} data-focus>
      <p>{wordsOf(frame, view.language).fixFields(errors.length)}</p>
      <ul>
        {errors.map(({ field, message, label }) => (
          <li>
            <a href={`#${field}`} data-names={label === undefined ? field : undefined}>
              {label ? `${label}: ` : ""}
              {message}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

function FieldFrame({ view, name, id = name, label, hint, optional, errors, children }: Field & { children?: Child }) {
  const wrong = messageFor(name, errors);
  return (
    <div class={`field${wrong ? " has-error" : ""}`}>
      <label for={id}>
        {label}
        {optional && <span class="optional"> {wordsOf(frame, view.language).optional}</span>}
      </label>
      {children}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {wrong && (
        <p class="field-error" id={`${id}-error`}>
          {wrong}
        </p>
      )}
    </div>
  );
}

function described({ name, id = name, hint, errors }: Field) {
  const wrong = messageFor(name, errors) !== undefined;
  const ids = [wrong ? `${id}-error` : "", hint === undefined ? "" : `${id}-hint`].filter(Boolean).join(" ");
  return { "aria-describedby": ids || undefined, "aria-invalid": wrong ? ("true" as const) : undefined };
}

function messageFor(name: string, errors: FieldErrors = []): string | undefined {
  return errors.find(({ field }) => field === name)?.message;
}
