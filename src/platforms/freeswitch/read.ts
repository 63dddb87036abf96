import { fromBase64 } from "../../lib/hmac";
import { err, ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { toText } from "../reading/coerce";
import { fieldsOf, readJsonObject, type Fields } from "../reading/json-object";
import { decodePercent, latin1, percentBytes } from "../reading/text";
import { missingFields, notJson, unreadable } from "../refusals";
import { legOf, mapLeg, type Cdr } from "./map";
import { readBrokenRecord } from "./read-broken-record";
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

/** What `encode-values` makes of a value: what is left as it is (SWITCH_URL_UNSAFE names the others), and pairs. */
const ENCODED_VALUE = /^(?:[!$'()*,\-./0-9A-Z_a-z~]|%[0-9A-F]{2})+$/;

/**
 * Reads what mod_json_cdr posts (source of the module, `process_cdr`): with `encode` a form with one field `cdr`,
 * URL-encoded or base64; without, the JSON itself. `encodedValues` false: no value is URL-encoded; else each is looked
 * at.
 */
function readCdr(body: Uint8Array, encodedValues: boolean): Result<Cdr, Refusal> {
  const bytes = jsonIn(body);
  const json = readJsonObject(bytes);
  const broken = json.ok || json.error.kind !== "not_json" ? undefined : readBrokenRecord(latin1(bytes), encodedValues);
  if (!json.ok && !broken) return notJson(json.error);
  const variables = json.ok ? fieldsOf(json.value.get("variables")) : broken?.variables;
  if (!variables) return unreadable("not_a_cdr", "The body holds no variables: it is no record of mod_json_cdr.");
  const profile = json.ok ? profileIn(json.value.get("callflow")) : broken?.profile;
  return ok({
    names: [...variables.keys()],
    variable: (name) => decoded(variables, name, encodedValues),
    profile: (name) => (profile ? decoded(profile, name, encodedValues) : null),
  });
}

/** The latest profile comes first; older versions have one object in the list's place. */
function profileIn(flow: unknown): Fields | undefined {
  const first = fieldsOf(Array.isArray(flow) ? flow.at(-1) : flow);
  return fieldsOf(first?.get("caller_profile"));
}

// By the body's content, not by its type: with `disable-100-continue` the module loses the type, and JSON comes
// as a form.
function jsonIn(body: Uint8Array): Uint8Array {
  const text = latin1(body);
  if (!/^\s*cdr=/.test(text)) return body;
  const value = text.trim().slice("cdr=".length);
  const isBase64 = /^[A-Za-z0-9+/\s]+={0,2}$/.test(value);
  const bytes = isBase64 ? fromBase64(value.replace(/\s+/g, "")) : undefined;
  const inner = bytes ?? percentBytes((value.split("&", 1)[0] ?? "").replaceAll("+", " "));
  // The module's buffer may end in zeros.
  let end = inner.length;
  while (end > 0 && inner[end - 1] === 0) end -= 1;
  return inner.subarray(0, end);
}

/**
 * With `encode` and `encode-values` both on, modules before September 2026 leave the values' pairs as they are when
 * they encode the body: one decoding takes both away. So a value that holds anything `encode-values` would have encoded
 * is decoded already.
 */
function decoded(fields: Fields, name: string, encodedValues: boolean): string | null {
  const value = fields.get(name);
  const isEncoded = encodedValues && typeof value === "string" && ENCODED_VALUE.test(value);
  return toText(isEncoded ? decodePercent(value) : value, 1_000) ?? null;
}
