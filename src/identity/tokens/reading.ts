import { decodeJwt } from "jose";

/** The longest token that is read. Tokens that list a person's groups have a few kilobytes. */
export const MAX_TOKEN = 8_192;
/** Audiences of one token that are looked up. */
const MAX_AUDIENCES = 10;

/** What a token claims about where it is from and for whom. Nothing of it is proven. */
export type Claimed = { issuer: string; audiences: string[] };

/** Whether the text can be a JSON Web Token in compact form (RFC 7519), so that other text costs no work. */
export function looksLikeToken(text: string): boolean {
  return text.length <= MAX_TOKEN && /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/.test(text);
}

/** Reads who a token claims to be from; undefined when it does not say. */
export function readClaimed(token: string): Claimed | undefined {
  try {
    const { iss, aud } = decodeJwt(token);
    const audiences = [aud ?? []].flat();
    if (typeof iss !== "string" || !audiences.every((one) => typeof one === "string")) return undefined;
    if (audiences.length === 0 || audiences.length > MAX_AUDIENCES) return undefined;
    return { issuer: iss, audiences };
  } catch {
    return undefined;
  }
}
