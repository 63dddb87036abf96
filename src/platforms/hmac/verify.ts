import type { HeaderFields } from "../../lib/http/header-fields";
import { type Hash, fromBase64, fromHex, toBase64 } from "../../lib/hmac";
import { type Result, ok } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { InboundRequest, Refusal, SecretRule, SourceConfig } from "../contract";
import { secretOfOwner } from "../proof/secret-rules";
import { matchesAny, withinTolerance } from "../proof/signed-bytes";
import { readWrittenBytes } from "../proof/written-bytes";
import { readClockTime } from "../reading/clock-time";
import { unauthorized } from "../refusals";
import type { HmacSettings } from "./settings";
import { fillPattern, parsePattern, placesIn } from "./verify-pattern";

const HASHES: Record<NonNullable<HmacSettings["algorithm"]>, Hash> = {
  sha256: "SHA-256",
  sha1: "SHA-1",
  sha512: "SHA-512",
};
const SIGNATURE_BYTES: Record<keyof typeof HASHES, number> = { sha256: 32, sha1: 20, sha512: 64 };
const MAX_HEADERS = 100;
const MAX_VALUE = 500;

/** Which headers count is in the source's settings, which are not known yet: only a swarm of them is turned away. */
export function precheck(headers: HeaderFields): Result<void, Refusal> {
  let count = 0;
  for (const _ of headers) count += 1;
  return count <= MAX_HEADERS ? ok(undefined) : unauthorized("too_many_headers", "The request has too many headers.");
}

/** Verifies by the source's settings. Where there is a moment, it must be within the tolerance, before and after. */
export async function verify(
  { url, headers, body }: InboundRequest,
  { settings, secrets }: SourceConfig<HmacSettings>,
  now: number,
): Promise<Result<void, Refusal>> {
  const { signature_header: name = "X-Signature", signed = "{body}", algorithm = "sha256" } = settings;
  const header = headers.get(name);
  if (header === null || header === "") return unauthorized("missing_signature", `${name} is required.`);
  const { signatures, timestamp: listed } = readSignatures(header, settings);
  if (signatures.length === 0)
    return unauthorized("malformed_signature", `${name} holds no signature in the form set.`);
  const timestamp = settings.timestamp_header === undefined ? listed : headers.get(settings.timestamp_header);
  const fresh = checkMoment(timestamp, settings, now);
  if (!fresh.ok) return fresh;
  const pattern = parsePattern(signed);
  if (!pattern.ok) return unauthorized("unusable_settings", `The setting "signed" ${pattern.error}.`);
  const places = placesIn(signed);
  const id = settings.id_header === undefined ? null : headers.get(settings.id_header);
  if (places.has("timestamp") && timestamp === null)
    return unauthorized("missing_timestamp", "A timestamp is required.");
  if (places.has("id") && (id === null || id === "" || id.length > MAX_VALUE)) {
    return unauthorized("missing_id", `${settings.id_header ?? "The id's header"} is required.`);
  }
  const keys = secrets.flatMap((secret) => keyOf(secret, settings.secret_encoding ?? "text") ?? []);
  if (keys.length === 0) return unauthorized("unusable_secret", "The source's secret is not in the encoding set.");
  // The address as it came first: a program on the way, or the sender's own, may have written it as a parser does.
  const addresses = places.has("url") ? new Set([url, URL.parse(url)?.href ?? url]) : [url];
  let matched: Result<void, Refusal> = unauthorized("wrong_signature", "Nothing was signed.");
  for (const address of addresses) {
    const message = fillPattern(pattern.value, { timestamp: timestamp ?? "", id: id ?? "", url: address }, body);
    matched = await matchesAny(HASHES[algorithm], keys, message, signatures);
    if (matched.ok) return matched;
  }
  return matched;
}

function checkMoment(timestamp: string | null, settings: HmacSettings, now: number): Result<void, Refusal> {
  const { timestamp_header: header, timestamp_key: key, timestamp_unit: unit = "s" } = settings;
  const name = header ?? key;
  if (name === undefined) return ok(undefined);
  if (timestamp === null || timestamp === "") return unauthorized("missing_timestamp", `${name} is required.`);
  const at = momentOf(timestamp, unit);
  if (at === undefined) {
    const form = { s: "the Unix time in seconds", ms: "the Unix time in milliseconds", iso: "a time in ISO 8601" }[
      unit
    ];
    return unauthorized("malformed_timestamp", `${name} must be ${form}.`);
  }
  return withinTolerance(at, now, name, (settings.tolerance_seconds ?? 300) * SECOND);
}

function momentOf(text: string, unit: "s" | "ms" | "iso"): number | undefined {
  if (unit === "iso") return readClockTime(text, "UTC");
  return /^\d{1,15}$/.test(text) ? Number(text) * (unit === "s" ? SECOND : 1) : undefined;
}

const MAX_HEADER = 4_096;
const MAX_SIGNATURES = 10;

/** The signatures a header holds, as bytes, and the moment where it stands among them. */
export type SignatureList = { signatures: Uint8Array<ArrayBuffer>[]; timestamp: string | null };

/** Reads a header of one signature or several, bare, behind a prefix, or in a list of keys and values. */
export function readSignatures(header: string, settings: HmacSettings): SignatureList {
  if (header.length > MAX_HEADER) return { signatures: [], timestamp: null };
  const {
    signature_key: key,
    timestamp_key: timestampKey,
    signature_prefix: prefix = "",
    algorithm = "sha256",
  } = settings;
  const decode = (texts: string[]) =>
    texts.slice(0, MAX_SIGNATURES).flatMap((text) => readWrittenBytes(text, SIGNATURE_BYTES[algorithm]) ?? []);
  if (key === undefined) {
    // A prefix such as `v1,` holds what would else part two signatures. It counts in any case, and with blanks behind
    // it.
    const text = prefix === "" ? header : header.replace(new RegExp(`${escaped(prefix)}\\s+`, "gi"), prefix);
    const tokens = text.split(prefix.includes(",") ? /\s+/ : /[\s,]+/);
    const mark = prefix.toLowerCase();
    const marked = tokens.filter((token) => token.length > mark.length && token.toLowerCase().startsWith(mark));
    const written = marked.map((token) => token.slice(mark.length));
    // Where none is set, the usual one says nothing new.
    const bare = prefix === "" ? written.map((token) => token.replace(/^sha-?(?:1|256|512)=/i, "")) : written;
    return { signatures: decode(bare), timestamp: null };
  }
  const pairs = header
    .replace(/(^|[\s,;])([\w-]+)\s*=\s+/g, "$1$2=")
    .split(/[\s,;]+/)
    .map((token): [string, string] => {
      const equals = token.indexOf("=");
      return [token.slice(0, Math.max(0, equals)), token.slice(equals + 1)];
    });
  const valuesOf = (name: string) =>
    pairs.flatMap(([one, value]) => (one.toLowerCase() === name.toLowerCase() && value !== "" ? value : []));
  const timestamps = timestampKey === undefined ? [] : valuesOf(timestampKey);
  // Two moments in one header: which one was signed would be the sender's choice after the fact.
  return { signatures: decode(valuesOf(key)), timestamp: timestamps.length === 1 ? (timestamps[0] ?? null) : null };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

type Encoding = NonNullable<HmacSettings["secret_encoding"]>;

const asText = secretOfOwner("signing secret");
const KEY_BYTES = 32;

/** The secret of a source whose settings name its encoding. */
export const secret: SecretRule = {
  ...asText,
  problem: (text, settings) => {
    const encoding = encodingOf(settings);
    const wrong = asText.problem(text);
    if (wrong !== undefined || keyOf(text, encoding) !== undefined) return wrong;
    return `must be ${encoding === "hex" ? "hexadecimal" : "base64"}, as settings.secret_encoding says`;
  },
  mint: (settings) => {
    // Hexadecimal, which is base64 as well, but there 64 letters would be a key of 48 bytes that no sender expects.
    if (encodingOf(settings) !== "base64") return asText.mint?.() ?? "";
    return `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(KEY_BYTES)))}`;
  },
};

/** The key a secret stands for; undefined when it is not in its encoding. The mark `whsec_` is no part of bytes. */
export function keyOf(text: string, encoding: Encoding): string | Uint8Array<ArrayBuffer> | undefined {
  if (encoding === "text") return text;
  const plain = text.replace(/^whsec_/, "");
  const bytes = encoding === "hex" ? fromHex(plain) : fromBase64(plain);
  return bytes && bytes.length > 0 ? bytes : undefined;
}

function encodingOf(settings: Readonly<Record<string, unknown>> | undefined): Encoding {
  return (settings?.["secret_encoding"] as Encoding | undefined) ?? "text";
}
