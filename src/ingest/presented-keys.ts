import { fromBase64 } from "../lib/hmac";

/** The API keys a request brings, in each of the headers the contracts name. Whether they are any good is for identity. */
export function presentedKeys(headers: Headers): string[] {
  const authorization = headers.get("authorization") ?? "";
  const bearer = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
  return [headers.get("x-api-key"), bearer, basicKey(authorization), headers.get("x-auth-token")].flatMap((key) => {
    const text = key?.trim();
    return text ? [text] : [];
  });
}

/** Platforms that know only user and password (FreeSWITCH) send the key as the password, whatever the user is. */
function basicKey(authorization: string): string | undefined {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization)?.[1];
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  return bytes && new TextDecoder().decode(bytes).split(":").slice(1).join(":");
}
