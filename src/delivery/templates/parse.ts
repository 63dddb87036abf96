import { addNewest } from "../../lib/newest";
import type { BodyForm } from "./form";

/** A variable in a template. `quoted`: it is inside a JSON string of the template. */
export type Placeholder = { path: string; names: readonly string[]; quoted: boolean };

/** A parsed template: literal text, and variables to insert. */
export type Template = { form: BodyForm; pieces: readonly (string | Placeholder)[] };

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

// Parsing costs more than rendering, and an endpoint uses the same template for every attempt.
const parsed = new Map<string, Template>();
// A template has at most 64 kB, so the cache holds some megabytes at most.
const MAX_PARSED = 64;

/** Parses a template, with a cache. Any text parses; `checkTemplate` finds its problems. */
export function parseTemplate(text: string, form: BodyForm): Template {
  const name = `${form} ${text}`;
  const known = parsed.get(name);
  if (known) return known;
  const template = { form, pieces: piecesOf(text) };
  addNewest(parsed, name, template, MAX_PARSED);
  return template;
}

/** The variables of a template, in order. */
export function placeholdersOf(template: Template): Placeholder[] {
  return template.pieces.filter((piece) => typeof piece !== "string");
}

/** Whether a brace pair was opened and not closed after a name. */
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

/** Whether JSON text is inside a string after `literal`; `before` is whether it was before. */
function quotedAfter(literal: string, before: boolean): boolean {
  let quoted = before;
  for (let index = 0; index < literal.length; index += 1) {
    const character = literal[index];
    if (character === "\\" && quoted) index += 1;
    else if (character === '"') quoted = !quoted;
  }
  return quoted;
}
