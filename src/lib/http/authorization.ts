import type { HeaderFields } from "./header-fields";
import { fromBase64, toBase64 } from "../hmac";

/** The scheme of an Authorization header in lower case, and what stands behind it. */
export type Authorization = { scheme: string; credentials: string };

/** Reads an Authorization header (RFC 9110 §11.6.2): a scheme in any case, blanks, and one word. */
export function readAuthorization(header: string | null | undefined): Authorization | undefined {
  const [, scheme, credentials] = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s+(\S+)\s*$/.exec(header ?? "") ?? [];
  return scheme === undefined || credentials === undefined ? undefined : { scheme: scheme.toLowerCase(), credentials };
}

/** The token in `Authorization: Bearer` (RFC 6750 §2.1). */
export function bearerToken(headers: HeaderFields): string | undefined {
  const sent = readAuthorization(headers.get("authorization"));
  return sent?.scheme === "bearer" ? sent.credentials : undefined;
}

/** User and password in `Authorization: Basic` (RFC 7617 §2). A password may hold colons, a user may not. */
export function basicCredentials(headers: HeaderFields): { user: string; password: string } | undefined {
  const sent = readAuthorization(headers.get("authorization"));
  const bytes = sent?.scheme === "basic" ? fromBase64(sent.credentials) : undefined;
  const text = bytes && new TextDecoder().decode(bytes);
  const colon = text?.indexOf(":") ?? -1;
  return text === undefined || colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The header that says a user and a password. */
export function basicAuthorization(user: string, password: string): { authorization: string } {
  return { authorization: `Basic ${toBase64(new TextEncoder().encode(`${user}:${password}`))}` };
}
