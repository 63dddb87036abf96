import type { HeaderFields } from "../../lib/http/header-fields";
import { sameBytes } from "../../lib/constant-time";
import { fromHex } from "../../lib/hmac";
import { splitAddress } from "../../lib/http/address";
import { ok, type Result } from "../../lib/result";
import type { InboundRequest, Refusal, SourceConfig } from "../contract";
import { unauthorized } from "../refusals";
import { verifyWithAny } from "../proof/signed-bytes";
import { readWrittenBytes } from "../proof/written-bytes";
import { formEntries } from "../reading/text";
import { isForm } from "./read";
import { addressAtTwilio, type TwilioSettings } from "./settings";

const encoder = new TextEncoder();
const SIGNATURE_BYTES = 20;
/** The query parameter that carries the hash of a body that is not a form. */
const BODY_HASH = "bodySHA256";

/** The header alone: there, and 20 bytes in base64. Twilio signs no moment. */
export function precheck(headers: HeaderFields): Result<void, Refusal> {
  const signature = signatureOf(headers);
  return signature.ok ? ok(undefined) : signature;
}

/**
 * Twilio's scheme (Twilio docs, "Validating requests"): `X-Twilio-Signature` is the base64 HMAC-SHA1, under the Auth
 * Token, of the address as configured and the form's fields, sorted, each as name and value. A body that is not a form
 * counts by its SHA-256 in the address. The address counts as it was written, with its port and without, and after that
 * as programs on the way may have rewritten it, as in Twilio's own libraries.
 */
export async function verify(
  request: InboundRequest,
  config: SourceConfig<TwilioSettings>,
): Promise<Result<void, Refusal>> {
  const signature = signatureOf(request.headers);
  if (!signature.ok) return signature;
  const address = addressAtTwilio(request.url, config.settings);
  const params = await signedParams(request, address);
  if (!params.ok) return params;
  for (const candidate of spellingsOf(address)) {
    const message = new Uint8Array(encoder.encode(candidate + params.value));
    const verified = await verifyWithAny("SHA-1", config.secrets, message, signature.value);
    if (verified.ok) return verified;
  }
  return unauthorized(
    "wrong_signature",
    "The signature does not match: the source's secret is not the account's Auth Token, or Twilio was given another address.",
  );
}

/** Names and values in the order Twilio signs them; a value sent twice under one name counts once. */
export function sortedParams(entries: readonly (readonly [string, string])[]): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of entries) values.set(name, (values.get(name) ?? new Set()).add(value));
  // The default order: by code unit, as Twilio's libraries sort.
  return [...values.keys()]
    .toSorted()
    .flatMap((name) => [...(values.get(name) ?? [])].toSorted().map((value) => name + value))
    .join("");
}

async function signedParams(request: InboundRequest, address: string): Promise<Result<string, Refusal>> {
  const hash = URL.parse(address)?.searchParams.get(BODY_HASH) ?? null;
  if (hash !== null) {
    const given = fromHex(hash);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", request.body));
    if (given && sameBytes(given, digest)) return ok("");
    return unauthorized("wrong_body_hash", `${BODY_HASH} in the address is not the SHA-256 of the body.`);
  }
  // Without the hash such a body is signed by nothing at all.
  if (!isForm(request.headers.get("content-type") ?? "") && request.body.length > 0) {
    return unauthorized("unsigned_body", `A body that is not a form must have its ${BODY_HASH} in the address.`);
  }
  return ok(sortedParams(formEntries(request.body)));
}

/**
 * The address as it came first. Behind it what a parser makes of it; the signs that some parsers escape and others do
 * not, both ways; the query as Node's `querystring` writes it (twilio-node, "legacy querystring"); and a lone question
 * mark, which some programs drop.
 */
function spellingsOf(address: string): Set<string> {
  const parsed = URL.parse(address)?.href ?? address;
  const asCame = [
    address,
    parsed,
    address.replaceAll("'", "%27"),
    address.replaceAll(/%(27|7E|7C|21|28|29|2A)/gi, unescaped),
    withQueryEscaped(address),
    withQueryEscaped(parsed),
  ];
  const all = address.includes("?") ? asCame : [...asCame, `${address}?`];
  return new Set(all.flatMap(withAndWithoutPort));
}

/** Each value escaped as `encodeURIComponent` does, those of one name together, in the place of the first. */
function withQueryEscaped(address: string): string {
  const mark = address.indexOf("?");
  if (mark < 0 || mark === address.length - 1) return address;
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(address.slice(mark + 1))) {
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  const pairs = [...values].flatMap(([name, all]) =>
    all.map((value) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`),
  );
  return `${address.slice(0, mark)}?${pairs.join("&")}`;
}

function unescaped(escape: string): string {
  return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
}

function withAndWithoutPort(address: string): string[] {
  const parts = splitAddress(address);
  if (!parts) return [address];
  const { scheme, host, port, rest } = parts;
  const standard = scheme.toLowerCase() === "http://" ? ":80" : ":443";
  return [`${scheme}${host}${rest}`, `${scheme}${host}${port === "" ? standard : port}${rest}`];
}

function signatureOf(headers: HeaderFields): Result<Uint8Array<ArrayBuffer>, Refusal> {
  const header = headers.get("x-twilio-signature");
  if (header === null) return unauthorized("missing_signature", "X-Twilio-Signature is required.");
  const bytes = readWrittenBytes(header, SIGNATURE_BYTES);
  return bytes ? ok(bytes) : unauthorized("malformed_signature", "X-Twilio-Signature must be 20 bytes in base64.");
}
