import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTHeaderParameters } from "jose";
import { NOON } from "../../factories";
import { SECOND } from "../../../src/lib/time";

/** Somebody else's issuer of tokens: keys of its own, the address it publishes them at, and how often it was asked. */
export async function newIssuer(alg = "RS256") {
  const issuer = `https://sign-in-${crypto.randomUUID()}.example.com/`;
  const url = `${issuer}jwks.json`;
  let pairs = [await newPair(alg, "one")];
  let answer: (() => Promise<Response>) | undefined;
  const asked: string[] = [];

  const fetcher = (async (input: RequestInfo | URL, init?: RequestInit) => {
    asked.push(input instanceof Request ? input.url : String(input));
    if (init?.redirect !== "manual") throw new Error("a redirect would be followed");
    if (answer) return answer();
    return Response.json({ keys: pairs.map(({ jwk }) => jwk) });
  }) as typeof fetch;

  return {
    issuer,
    url,
    asked,
    fetch: fetcher,
    jwks: () => pairs.map(({ jwk }) => jwk),
    /** From now on it signs with a new key, and publishes only that. */
    rotate: async (kid: string) => void (pairs = [await newPair(alg, kid)]),
    /** From now on it answers so when it is asked for its keys. */
    answerWith: (make: (() => Promise<Response>) | undefined) => void (answer = make),
    /** A token, valid for an hour at `NOON` for this audience. Claims that are undefined are left out. */
    sign: async (
      audience: string | string[],
      claims: Record<string, unknown> = {},
      header: Partial<JWTHeaderParameters> = {},
    ) => {
      const [pair] = pairs;
      if (!pair) throw new Error("no keys");
      const now = NOON / SECOND;
      const all = { iss: issuer, aud: audience, sub: "alice", iat: now, exp: now + 3_600, ...claims };
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      return new SignJWT(given).setProtectedHeader({ alg, kid: pair.jwk.kid ?? "", ...header }).sign(pair.key);
    },
  };
}

async function newPair(alg: string, kid: string): Promise<{ key: CryptoKey; jwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, use: "sig" } };
}

/** A token with these parts as they are, whatever they say. */
export function rawToken(header: object, claims: object, signature = ""): string {
  const part = (value: object) =>
    btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `${part(header)}.${part(claims)}.${signature}`;
}
