import { err, ok, type Result } from "../../lib/result";
import type { BodyForm } from "./form";
import type { Placeholder, Template } from "./parse";

/** The longest rendered body, in UTF-16 units: a few repeated variables could otherwise fill an isolate. */
export const MAX_RENDERED = 1_000_000;

/** A template with its variables inserted. A path that leads nowhere gives null. */
export function renderTemplate(
  template: Template,
  valueOf: (names: readonly string[]) => unknown,
): Result<string, { kind: "too_large"; limit: number }> {
  const inserted = new Map<string, string>();
  const insert = (placeholder: Placeholder) => {
    const name = `${placeholder.quoted ? "quoted" : "bare"} ${placeholder.path}`;
    const text = inserted.get(name) ?? insertedText(valueOf(placeholder.names) ?? null, placeholder, template.form);
    inserted.set(name, text);
    return text;
  };
  let body = "";
  for (const piece of template.pieces) {
    body += typeof piece === "string" ? piece : insert(piece);
    if (body.length > MAX_RENDERED) return err({ kind: "too_large", limit: MAX_RENDERED });
  }
  return ok(body);
}

/** The value of `variables` at a path of names; undefined where there is none. Own keys only: data may have any key. */
export function valueAt(variables: unknown, names: readonly string[]): unknown {
  let value = variables;
  for (const name of names) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

// In JSON a variable outside quotes becomes a JSON value, inside quotes text: `"{{ErrorMessage}}"` is "null".
function insertedText(value: unknown, placeholder: Placeholder, form: BodyForm): string {
  if (form === "json" && !placeholder.quoted) return JSON.stringify(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  switch (form) {
    case "json":
      return JSON.stringify(text).slice(1, -1);
    case "xml":
      return escapeXml(text);
    case "form":
      return encodeURIComponent(text.toWellFormed());
    case "plain":
      return text.toWellFormed();
  }
}

const XML_ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>"']/g, (character) => XML_ENTITIES[character] ?? character)
    .replace(UNFIT_FOR_XML, "\ufffd");
}

// XML 1.0 has no way to write these at all. https://www.w3.org/TR/xml/#charsets
// oxlint-disable-next-line no-control-regex
const UNFIT_FOR_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
