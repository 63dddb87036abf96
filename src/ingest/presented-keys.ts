/** The API keys a request brings, in each of the headers the contracts name. Whether they are any good is for identity. */
export function presentedKeys(headers: Headers): string[] {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  return [headers.get("x-api-key"), bearer, headers.get("x-auth-token")].flatMap((key) => {
    const text = key?.trim();
    return text ? [text] : [];
  });
}
