import { fromBase64, fromHex } from "../../lib/hmac";
import type { HmacSettings } from "./settings";

const MAX_HEADER = 4_096;
const MAX_SIGNATURES = 10;

/** The signatures a header holds, as bytes, and the moment where it stands among them. */
export type SignatureList = { signatures: Uint8Array<ArrayBuffer>[]; timestamp: string | null };

/** Reads a header of one signature or several, bare, behind a prefix, or in a list of keys and values. */
export function readSignatures(header: string, settings: HmacSettings): SignatureList {
  if (header.length > MAX_HEADER) return { signatures: [], timestamp: null };
  const { signature_key: key, timestamp_key: timestampKey, signature_prefix: prefix = "", encoding = "hex" } = settings;
  const decode = (texts: string[]) =>
    texts.slice(0, MAX_SIGNATURES).flatMap((text) => (encoding === "hex" ? fromHex(text) : fromBase64(text)) ?? []);
  if (key === undefined) {
    // A prefix such as `v1,` holds what would else part two signatures.
    const tokens = header.split(prefix.includes(",") ? /\s+/ : /[\s,]+/);
    const marked = tokens.filter((token) => token.length > prefix.length && token.startsWith(prefix));
    return { signatures: decode(marked.map((token) => token.slice(prefix.length))), timestamp: null };
  }
  const pairs = header.split(/[\s,;]+/).map((token): [string, string] => {
    const equals = token.indexOf("=");
    return [token.slice(0, Math.max(0, equals)), token.slice(equals + 1)];
  });
  const valuesOf = (name: string) => pairs.flatMap(([one, value]) => (one === name && value !== "" ? value : []));
  const timestamps = timestampKey === undefined ? [] : valuesOf(timestampKey);
  // Two moments in one header: which one was signed would be the sender's choice after the fact.
  return { signatures: decode(valuesOf(key)), timestamp: timestamps.length === 1 ? (timestamps[0] ?? null) : null };
}
