import { fromBase64 } from "../lib/hmac";

/**
 * The API keys of a request, from each header that the contracts name. `authenticateKeys` checks them. `basic`: also
 * the password of Basic authentication, for platforms that only know user and password (FreeSWITCH).
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

/** The token of `Authorization: Bearer`. */
export function bearerToken(headers: Headers): string | undefined {
  return /^Bearer\s+(\S+)\s*$/i.exec(headers.get("authorization") ?? "")?.[1];
}

function basicPassword(headers: Headers): string | undefined {
  const encoded = /^Basic\s+(\S+)\s*$/i.exec(headers.get("authorization") ?? "")?.[1];
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  return bytes && new TextDecoder().decode(bytes).split(":").slice(1).join(":");
}
