import type { Problem, Shaped } from "./contract";
import { formOf } from "./form";

const MAX_HEADERS = 20;
const MAX_NAME = 100;
const MAX_VALUE = 1024;

// https://www.rfc-editor.org/rfc/rfc9110#name-tokens; values beyond ASCII have no agreed meaning, and fetch refuses
// them.
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e]*$/;

/** Headers that the connection, the platform or Trunkline sets. */
const RESERVED = new Set([
  // Framing and hop-by-hop: https://www.rfc-editor.org/rfc/rfc9110#name-connection
  "host",
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "http2-settings",
  // Cloudflare's own: https://developers.cloudflare.com/fundamentals/reference/http-headers/
  "cf-connecting-ip",
  "cf-connecting-ipv6",
  "cf-ipcountry",
  "cf-ray",
  "cf-visitor",
  "cf-worker",
  "cdn-loop",
  "x-real-ip",
]);
const RESERVED_PREFIXES = ["webhook-", "trunkline-", "x-forwarded-"];

/**
 * The problems of the headers that a subscriber adds. `template` is the endpoint's, null for the profile's own body.
 */
export function checkHeaders(
  headers: Readonly<Record<string, string>>,
  profile: Shaped,
  template: string | null,
): Problem[] {
  const names = Object.keys(headers);
  if (names.length > MAX_HEADERS) return [{ field: "headers", message: `must not be more than ${MAX_HEADERS}` }];
  const problems = Object.entries(headers).flatMap(([name, value]) => {
    const message = nameProblem(name, names, profile) ?? valueProblem(value);
    return message === undefined ? [] : [{ field: `headers.${name.slice(0, MAX_NAME)}`, message }];
  });
  if (template === null && formOf(headers) !== "json") {
    problems.push({ field: "headers.content-type", message: "must be JSON: without a template the body is" });
  }
  return problems;
}

function nameProblem(name: string, names: readonly string[], profile: Shaped): string | undefined {
  const lower = name.toLowerCase();
  if (name.length > MAX_NAME) return `must have a name of at most ${MAX_NAME} characters`;
  if (!TOKEN.test(name)) return "is no name a header may have";
  if (RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix))) return "is reserved";
  if (profile.reservedHeaders.includes(lower)) return `belongs to the ${profile.name} profile`;
  if (names.filter((other) => other.toLowerCase() === lower).length > 1) return "is given twice";
  return undefined;
}

function valueProblem(value: string): string | undefined {
  if (value.length > MAX_VALUE) return `must not be longer than ${MAX_VALUE} characters`;
  return VALUE.test(value) ? undefined : "must be printable ASCII on one line";
}

/** What is shown in place of a value that is not shown. */
export const HIDDEN = "[hidden]";

/** Headers that Trunkline itself sends with every profile. */
const OWN = new Set(["content-type", "user-agent", "traceparent"]);
const OWN_PREFIXES = ["webhook-", "trunkline-"];
const SIGNATURE = /signature/;
const SIGNATURE_SHOWN = 12;

/**
 * Headers of a request as a log may show them. The subscriber's own are hidden: any of them may be a credential. Of
 * signatures the beginning is kept: enough to recognise one, not enough to send it again.
 */
export function maskHeaders(
  headers: Readonly<Record<string, string>>,
  profile: Pick<Shaped, "reservedHeaders">,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, masked(name.toLowerCase(), value, profile)]),
  );
}

function masked(name: string, value: string, profile: Pick<Shaped, "reservedHeaders">): string {
  const isOwn =
    OWN.has(name) || OWN_PREFIXES.some((prefix) => name.startsWith(prefix)) || profile.reservedHeaders.includes(name);
  if (!isOwn) return HIDDEN;
  // Masking twice changes nothing: what is read from a log was masked when it was written.
  if (!SIGNATURE.test(name) || value.includes("…")) return value;
  return value.replace(/\S+/g, (one) => `${one.slice(0, SIGNATURE_SHOWN)}…`);
}

// A shorter value would be found by chance in what has nothing to do with it.
const SHORTEST_ECHO = 6;

/** A text without the values of the subscriber's own headers, which a receiver may send back in its answer. */
export function withoutValues(text: string, values: readonly string[]): string {
  return values
    .filter((value) => value.length >= SHORTEST_ECHO)
    .toSorted((one, other) => other.length - one.length)
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])
    .reduce((shown, value) => shown.replaceAll(value, HIDDEN), text);
}
