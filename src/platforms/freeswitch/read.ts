import { fromBase64 } from "../../lib/hmac";
import { err, ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { toText } from "../reading/coerce";
import { fieldsOf, readJsonObject, readUtf8, type Fields } from "../reading/json-object";
import { missingFields, notJson, unreadable } from "../refusals";
import { legOf, mapLeg, type Cdr } from "./map";
import type { FreeswitchSettings } from "./settings";

/** Reads the record of one leg. */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig<FreeswitchSettings>,
): Promise<Result<Reading, Refusal>> {
  const cdr = readCdr(body, settings.encoded_values ?? true);
  if (!cdr.ok) return err(cdr.error);
  const leg = legOf(cdr.value);
  if (!leg) return missingFields(["variables.uuid"]);
  return ok({ kind: "calls", facts: [mapLeg(cdr.value, leg, settings)] });
}

const encoder = new TextEncoder();

/**
 * Reads what mod_json_cdr posts (source of the module, `process_cdr`): with `encode` a form with one field `cdr`, URL-encoded
 * or base64; without, the JSON itself.
 */
function readCdr(body: Uint8Array, encodedValues: boolean): Result<Cdr, Refusal> {
  const bytes = jsonIn(body);
  if (!bytes.ok) return bytes;
  const json = readJsonObject(bytes.value);
  if (!json.ok) return notJson(json.error);
  const variables = fieldsOf(json.value.get("variables"));
  if (!variables) return unreadable("not_a_cdr", "The body holds no variables: it is no record of mod_json_cdr.");
  const flow: unknown = json.value.get("callflow");
  // The latest profile comes first; older versions have one object in the list's place.
  const first = fieldsOf(Array.isArray(flow) ? flow.at(-1) : flow);
  const profile = fieldsOf(first?.get("caller_profile"));
  return ok({
    names: [...variables.keys()],
    variable: (name) => decoded(variables, name, encodedValues),
    profile: (name) => (profile ? decoded(profile, name, encodedValues) : null),
  });
}

// By what the body is, not by what its type says: the type is the same whether `encode` is on or off in some versions.
function jsonIn(body: Uint8Array): Result<Uint8Array, Refusal> {
  const text = readUtf8(body);
  if (text === undefined) return notJson({ kind: "not_utf8" });
  if (!/^\s*cdr=/.test(text)) return ok(encoder.encode(text));
  const value = text.trim().slice("cdr=".length);
  const isBase64 = /^[A-Za-z0-9+/\s]+={0,2}$/.test(value);
  const bytes = isBase64 ? fromBase64(value.replace(/\s+/g, "")) : undefined;
  const inner = bytes ?? encoder.encode(new URLSearchParams(`cdr=${value}`).get("cdr") ?? "");
  // The module's buffer may end in zeros.
  let end = inner.length;
  while (end > 0 && inner[end - 1] === 0) end -= 1;
  return ok(inner.subarray(0, end));
}

function decoded(fields: Fields, name: string, encodedValues: boolean): string | null {
  const value = fields.get(name);
  return toText(encodedValues && typeof value === "string" ? decode(value) : value, 1_000) ?? null;
}

/** The value decoded; as it is where it is no encoding. `+` is a plus here, not a space. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
