import type { apiKeys } from "../db/schema";
import { sha256Hex } from "../lib/hmac";
import { newId } from "../lib/id";
import { actorText, type Act } from "./actor";
import type { Rights } from "./rights";

export type ApiKeyRow = typeof apiKeys.$inferSelect;

/** Web sites whose pages may use one key. */
export const MOST_ORIGINS = 20;

/** The input for a new key. Rights that are not given are not limited; `role` only names where the scopes are from. */
export type NewApiKey = {
  organizationId: string;
  name: string;
  role?: string | null;
  /** Web sites whose pages may use it. */
  allowedOrigins?: readonly string[] | null;
  /** Its text, where a form chose it before: asked for twice, it makes one key (form-key.ts). */
  text?: string | undefined;
} & Partial<Rights>;

// Crockford's base 32, as in ids: 32 letters, so that random bytes map to them without bias.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const KEY_CHARACTERS = 40;
const PREFIX_CHARACTERS = 9;

/** Generates a key of 200 random bits, and its row. The key is in no row: it is shown once. */
export async function mintApiKey(input: NewApiKey, { actor, now }: Act): Promise<{ key: string; row: ApiKeyRow }> {
  const key = input.text ?? keyTextOf(crypto.getRandomValues(new Uint8Array(KEY_CHARACTERS)));
  const row: ApiKeyRow = {
    id: newId("key", now),
    organizationId: input.organizationId,
    name: input.name,
    prefix: key.slice(0, PREFIX_CHARACTERS),
    hash: await hashApiKey(key),
    ...rightsIn(input),
    role: input.role ?? null,
    createdAt: now,
    createdBy: actorText(actor),
    revokedAt: null,
    lastUsedAt: null,
    rotatedTo: null,
    allowedOrigins: input.allowedOrigins ? [...input.allowedOrigins] : null,
  };
  return { key, row };
}

/** The rights that an input or row gives. */
export function rightsIn(input: Partial<Rights>) {
  return {
    scopes: input.scopes ? [...input.scopes] : null,
    campaignId: input.campaignId ?? null,
    sourceId: input.sourceId ?? null,
    expiresAt: input.expiresAt ?? null,
  };
}

/** The stored form of a key. A plain hash is enough, because a random key cannot be guessed. */
export async function hashApiKey(key: string): Promise<string> {
  return sha256Hex(key);
}

/** Whether the text can be a key at all, so that other text costs no query. */
export function looksLikeApiKey(text: string): boolean {
  return /^tk_[0-9a-z]{32,64}$/.test(text);
}

/** The key that random bytes make: five bits of each. */
export function keyTextOf(bytes: Uint8Array): string {
  let text = "tk_";
  for (const byte of bytes.subarray(0, KEY_CHARACTERS)) text += ALPHABET.charAt(byte & 31);
  return text;
}
