import { fieldsOf, readJsonObject, type Fields } from "../reading/json-object";
import { bytesOfLatin1, decodeText } from "../reading/text";

const VARIABLES = /"variables"\s{0,20}:\s{0,20}\{/;
/** What follows the variables (source of the core, `switch_ivr_generate_json_cdr`). */
const AFTER_VARIABLES = /\}\s{0,20},\s{0,20}"(?:app_log|callflow)"\s{0,20}:/;
const PROFILE = /"caller_profile"\s{0,20}:\s{0,20}\{/g;
const FIRST = /^\s{0,20}"([^"\\\s]{1,200})"\s{0,20}:\s{0,20}"/;
/** Where one text ends and the next one begins, in an object of nothing but texts. */
const NEXT = /"\s{0,20},\s{0,20}"([^"\\\s]{1,200})"\s{0,20}:\s{0,20}"/g;

/**
 * The variables and the caller's profile of a record that is not JSON. With `encode` on, modules before September 2026
 * leave every `%22` and `%0D` of a value as it is, so that one decoding puts bare quotes and line breaks into the JSON.
 * Both objects hold nothing but texts, so they are cut where a text ends and a name follows; of a name that comes twice
 * the first counts, since a caller may write the later one into a value. `text` has one character for each byte.
 */
export function readBrokenRecord(
  text: string,
  encodedValues: boolean,
): { variables: Fields; profile: Fields | undefined } | undefined {
  const begin = VARIABLES.exec(text);
  // One that was cut short is no record.
  if (!begin || !text.trimEnd().endsWith("}")) return undefined;
  const rest = text.slice(begin.index + begin[0].length);
  const end = AFTER_VARIABLES.exec(rest)?.index ?? rest.lastIndexOf('"}') + 1;
  const variables = objectIn(rest.slice(0, end), encodedValues);
  return variables && { variables, profile: profileIn(rest.slice(end)) };
}

/** Of several profiles the last is the first caller's; its own fields come before those of others inside it. */
function profileIn(text: string): Fields | undefined {
  const last = [...text.matchAll(PROFILE)].at(-1);
  return last && textsIn(text.slice(last.index + last[0].length), false);
}

function objectIn(text: string, encodedValues: boolean): Fields | undefined {
  const read = readJsonObject(bytesOfLatin1(`{${text}}`));
  return read.ok ? fieldsOf(Object.fromEntries(read.value)) : textsIn(text, encodedValues);
}

// Encoded values hold no escape of JSON's: a backslash in them is one.
function textsIn(text: string, encodedValues: boolean): Fields | undefined {
  const first = FIRST.exec(text);
  if (first?.[1] === undefined) return undefined;
  const fields = new Map<string, string>();
  let name = first[1];
  let from = first[0].length;
  const add = (value: string) => {
    if (!fields.has(name)) fields.set(name, encodedValues ? decodeText(bytesOfLatin1(value)) : unescaped(value));
  };
  for (const next of text.matchAll(NEXT)) {
    if (next.index < from) continue;
    add(text.slice(from, next.index));
    name = next[1] ?? "";
    from = next.index + next[0].length;
  }
  add(text.slice(from).replace(/"[^"]*$/, ""));
  return fields;
}

function unescaped(text: string): string {
  const read = readJsonObject(bytesOfLatin1(`{"text":"${text}"}`));
  const value = read.ok ? read.value.get("text") : undefined;
  return typeof value === "string" ? value : decodeText(bytesOfLatin1(text));
}
