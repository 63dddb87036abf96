import { toBase64 } from "../../../src/lib/hmac";
import type { Bytes } from "../random-bytes";

// mod_json_cdr as a sender, written from its source (mod_json_cdr.c, switch_utils.c, switch_ivr.c) and from nothing of
// ours. The vectors in test/core/platforms/freeswitch-forms.test.ts were made with the C functions themselves.

/** What the module's settings are, and whether it is one from before or after the fix of September 2026 (PR 3152). */
export type JsonCdrSettings = { encode: "true" | "false" | "base64"; encodeValues: boolean; fixed: boolean };

/** Every pair of settings, of modules before and after the fix. */
export const JSON_CDR_SETTINGS: readonly JsonCdrSettings[] = (["true", "false", "base64"] as const).flatMap((encode) =>
  [true, false].flatMap((encodeValues) => [true, false].map((fixed) => ({ encode, encodeValues, fixed }))),
);

/** A record before it is posted: variables are texts, or bytes where they are not UTF-8. */
export type JsonCdrRecord = Readonly<Record<string, unknown>>;

const encoder = new TextEncoder();
const UNSAFE = encoder.encode('\r\n #%&+:;<=>?@[\\]^`{|}"');
const HEX = "0123456789ABCDEF";

/**
 * `switch_url_encode_opt` into a buffer of three times the text. Its last place is the NUL's, so a text of which every
 * byte is unsafe loses the last one.
 */
export function switchUrlEncode(text: string | Bytes, doubleEncode = false): string {
  const bytes = bytesOf(text);
  const room = bytes.length * 3 - 1;
  const isHex = (byte: number | undefined) => byte !== undefined && HEX.includes(String.fromCharCode(byte));
  let out = "";
  for (const [at, byte] of bytes.entries()) {
    if (out.length >= room) break;
    const isPair = !doubleEncode && byte === 0x25 && isHex(bytes[at + 1]) && isHex(bytes[at + 2]);
    if (!isPair && (byte < 0x20 || byte > 0x7e || UNSAFE.includes(byte))) {
      if (out.length + 3 > room) break;
      out += `%${HEX[byte >> 4]}${HEX[byte & 15]}`;
    } else out += String.fromCharCode(byte);
  }
  return out;
}

/** The body and its type, as `process_cdr` posts them. */
export function postedByJsonCdr(record: JsonCdrRecord, settings: JsonCdrSettings): { type: string; body: Bytes } {
  const { encode, encodeValues, fixed } = settings;
  const json = printed(encodeValues ? { ...record, variables: encodedValues(record["variables"]) } : record);
  if (encode === "false") return { type: "application/json", body: json };
  const cdr = encode === "base64" ? toBase64(json) : switchUrlEncode(json, fixed);
  const type = encode === "base64" ? "x-www-form-base64-encoded" : "x-www-form-urlencoded";
  return { type: `application/${type}`, body: bytesOf(`cdr=${cdr}`) };
}

/** `switch_ivr_set_json_chan_vars`: the variables alone are encoded, not the call flow. */
function encodedValues(variables: unknown): unknown {
  if (typeof variables !== "object" || variables === null || Array.isArray(variables)) return variables;
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === "string" || value instanceof Uint8Array ? switchUrlEncode(value as string | Bytes) : value,
    ]),
  );
}

/** `cJSON_PrintUnformatted`: bytes above ASCII go out as they are. */
function printed(value: unknown): Bytes {
  if (value instanceof Uint8Array) return joined(['"', escaped(value), '"']);
  if (Array.isArray(value)) return joined(["[", ...commas(value.map(printed)), "]"]);
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, inner]) => joined([JSON.stringify(name), ":", printed(inner)]));
    return joined(["{", ...commas(members), "}"]);
  }
  return bytesOf(JSON.stringify(value) ?? "null");
}

function escaped(bytes: Uint8Array): Bytes {
  return joined(
    [...bytes].map((byte) =>
      byte < 0x20 || byte === 0x22 || byte === 0x5c
        ? JSON.stringify(String.fromCharCode(byte)).slice(1, -1)
        : Uint8Array.of(byte),
    ),
  );
}

function commas(parts: readonly Bytes[]): (string | Bytes)[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [",", part]));
}

function joined(parts: readonly (string | Bytes)[]): Bytes {
  const pieces = parts.map(bytesOf);
  const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function bytesOf(text: string | Bytes): Bytes {
  return typeof text === "string" ? new Uint8Array(encoder.encode(text)) : text;
}
