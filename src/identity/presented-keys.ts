import type { HeaderFields } from "../lib/http/header-fields";
import { basicCredentials, bearerToken } from "../lib/http/authorization";

/**
 * The API keys and tokens of a request, from each header that the contracts name. `authenticate` checks them. `basic`: also
 * the password of Basic authentication, for platforms that only know user and password (FreeSWITCH).
 */
export function presentedKeys(headers: HeaderFields, { basic = false }: { basic?: boolean } = {}): string[] {
  const sent = [
    headers.get("x-api-key"),
    bearerToken(headers),
    basic ? basicCredentials(headers)?.password : undefined,
    headers.get("x-auth-token"),
  ];
  return sent.flatMap((key) => key?.trim() || []);
}
