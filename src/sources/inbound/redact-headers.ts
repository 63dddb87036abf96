import type { HeaderFields } from "../../lib/http/header-fields";

type Bounds = { headers: number; characters: number };

const PROVEN_HEADERS: Bounds = { headers: 40, characters: 500 };
/** What is kept of the headers of a sender who proved nothing. */
export const UNPROVEN_HEADERS: Bounds = { headers: 16, characters: 200 };

// Whatever could be used to speak for the sender, by name: keys, tokens, cookies, signatures and the like.
const SECRET_NAME = /auth|cookie|token|secret|key|pass|credential|sign|hmac|digest|session|jwt|bearer/;
// What reading the body again depends on, kept whole and first.
const OF_BODY = ["content-type", "content-encoding"];

/** The headers as the log may keep them: nothing that could authenticate, few, and short. Names are in lower case. */
export function redactHeaders(headers: HeaderFields, bounds: Bounds = PROVEN_HEADERS): Record<string, string> {
  const kept: [string, string][] = [];
  for (const name of OF_BODY) {
    const value = headers.get(name);
    if (value !== null) kept.push([name, value.slice(0, 2 * bounds.characters)]);
  }
  for (const [name, value] of headers) {
    if (kept.length === bounds.headers) break;
    const lower = name.toLowerCase();
    if (OF_BODY.includes(lower) || SECRET_NAME.test(lower)) continue;
    kept.push([lower.slice(0, 100), value.slice(0, bounds.characters)]);
  }
  return Object.fromEntries(kept);
}
