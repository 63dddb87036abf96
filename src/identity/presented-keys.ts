import { fromBase64 } from "../lib/hmac";

/**
 * The API keys a request brings, in each of the headers the contracts name. Whether they are any good is for
 * `authenticateKeys`. `basic`: platforms that know only user and password (FreeSWITCH) send the key as the password.
 */
export function presentedKeys(headers: Headers, { basic = false }: { basic?: boolean } = {}): string[] {
  const sent = [
    headers.get("x-api-key"),
    bearerToken(headers),
    basic ? basicPassword(headers) : undefined,
    headers.get("x-auth-token"),
  ];
  return sent.flatMap((key) => key?.trim() || []);
}

/** What stands in `Authorization: Bearer`. */
export function bearerToken(headers: Headers): string | undefined {
  return /^Bearer\s+(\S+)\s*$/i.exec(headers.get("authorization") ?? "")?.[1];
}

function basicPassword(headers: Headers): string | undefined {
  const encoded = /^Basic\s+(\S+)\s*$/i.exec(headers.get("authorization") ?? "")?.[1];
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  return bytes && new TextDecoder().decode(bytes).split(":").slice(1).join(":");
}
