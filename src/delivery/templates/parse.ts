import type { BodyForm } from "./form";

/** A variable in a template. `quoted`: it stands inside a JSON string of the template. */
export type Placeholder = { path: string; names: readonly string[]; quoted: boolean };

/** A template taken apart: text as it stands, and variables to fill in. */
export type Template = { form: BodyForm; pieces: readonly (string | Placeholder)[] };

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

// Parsing costs more than rendering, and an endpoint meets the same template at every attempt.
const parsed = new Map<string, Template>();
// A template has at most 64 kB: some megabytes at the worst.
const MAX_PARSED = 64;

/** The parts of a template; the same text is taken apart once. Anything parses: `checkTemplate` says what is wrong. */
export function parseTemplate(text: string, form: BodyForm): Template {
  const name = `${form} ${text}`;
  const known = parsed.get(name);
  if (known) return known;
  const template = { form, pieces: piecesOf(text) };
  const oldest = parsed.size < MAX_PARSED ? undefined : parsed.keys().next().value;
  if (oldest !== undefined) parsed.delete(oldest);
  parsed.set(name, template);
  return template;
}

/** The variables a template names, in order. */
export function placeholdersOf(template: Template): Placeholder[] {
  return template.pieces.filter((piece) => typeof piece !== "string");
}

/** Whether a brace pair was opened and never closed around a name. */
export function hasOpenPlaceholder(template: Template): boolean {
  return template.pieces.some((piece) => typeof piece === "string" && piece.includes("{{"));
}

function piecesOf(text: string): (string | Placeholder)[] {
  const pieces: (string | Placeholder)[] = [];
  let quoted = false;
  let from = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const literal = text.slice(from, match.index);
    quoted = quotedAfter(literal, quoted);
    const path = (match[1] ?? "").trim();
    if (literal !== "") pieces.push(literal);
    pieces.push({ path, names: path.split("."), quoted });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}

/** Whether JSON that began inside a string or not is inside one after `literal`. */
function quotedAfter(literal: string, before: boolean): boolean {
  let quoted = before;
  for (let index = 0; index < literal.length; index += 1) {
    const character = literal[index];
    if (character === "\\" && quoted) index += 1;
    else if (character === '"') quoted = !quoted;
  }
  return quoted;
}
