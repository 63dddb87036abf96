import { toBase64 } from "../../lib/hmac";

/** The `Authorization` header for a user and a password (RFC 7617). */
export function basicAuthorization(user: string, password: string): { authorization: string } {
  return { authorization: `Basic ${toBase64(new TextEncoder().encode(`${user}:${password}`))}` };
}
