import { scrypt } from "node:crypto";
import { z } from "zod";
import { sameBytes } from "../../lib/constant-time";
import { fromBase64, toBase64 } from "../../lib/hmac";

/** What a password is made with: OWASP's equivalent of scrypt 2^17/8/1 in an eighth of its memory. */
const COST = { logN: 14, r: 8, p: 5 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

export const SHORTEST_PASSWORD = 10;

/** A new password. Length is what counts; the longest keeps one sign-in from being work for many. */
export const newPassword = z
  .string()
  .min(SHORTEST_PASSWORD, `has fewer than ${SHORTEST_PASSWORD} characters`)
  .max(200, "has more than 200 characters");

/** The stored form of a password, with what it was made with: that can be raised later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const { logN, r, p } = COST;
  return `scrypt$${logN}$${r}$${p}$${toBase64(salt)}$${toBase64(await derive(password, salt, COST))}`;
}

/**
 * Whether the password is the stored one. Where there is none it costs the same, so that the time says nothing about
 * whether an account exists.
 */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [, logN, r, p, salt, hash] =
    /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([^$]+)\$([^$]+)$/.exec(stored ?? (await NO_PASSWORD)) ?? [];
  const [saltBytes, hashBytes] = [fromBase64(salt ?? ""), fromBase64(hash ?? "")];
  if (!saltBytes || !hashBytes) throw new Error("a stored password is unreadable");
  const derived = await derive(password, saltBytes, { logN: Number(logN), r: Number(r), p: Number(p) });
  return sameBytes(derived, hashBytes) && stored !== null;
}

/** Whether a stored password was made with less than today's. */
export function isWeaklyHashed(stored: string): boolean {
  return !stored.startsWith(`scrypt$${COST.logN}$${COST.r}$${COST.p}$`);
}

/** A stored form that no password has. */
const NO_PASSWORD = Promise.resolve(
  `scrypt$${COST.logN}$${COST.r}$${COST.p}$${toBase64(new Uint8Array(SALT_BYTES))}$${toBase64(new Uint8Array(HASH_BYTES))}`,
);

function derive(password: string, salt: Uint8Array, { logN, r, p }: typeof COST): Promise<Uint8Array> {
  // The same letters may be composed in two ways, by one keyboard or another.
  const text = password.normalize("NFKC");
  return new Promise((resolve, reject) =>
    scrypt(text, salt, HASH_BYTES, { N: 2 ** logN, r, p }, (error, key) =>
      error ? reject(error) : resolve(new Uint8Array(key)),
    ),
  );
}
