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

const CREDENTIAL =
  /authorization|cookie|token|secret|passw|credential|session|jwt|bearer|api-?key|(?:^|[-_])(?:auth|key)(?:$|[-_])/;
const SIGNATURE = /signature/;
const SIGNATURE_SHOWN = 12;

/**
 * Headers as a log may show them. Credentials are hidden. Of signatures the beginning is kept: enough to recognise one,
 * not enough to send it again.
 */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, masked(name.toLowerCase(), value)]));
}

function masked(name: string, value: string): string {
  if (SIGNATURE.test(name)) return value.replace(/\S+/g, (one) => `${one.slice(0, SIGNATURE_SHOWN)}…`);
  return CREDENTIAL.test(name) ? "[hidden]" : value;
}
