import type { apiKeys } from "../db/schema";
import { sha256Hex } from "../lib/hmac";
import { newId } from "../lib/id";

export type ApiKeyRow = typeof apiKeys.$inferSelect;

/** What a key is made for. `campaignId` limits it to sending calls into that campaign. */
export type NewApiKey = { organizationId: string; name: string; campaignId?: string | null };

// Crockford's base 32, as ids are written: 32 letters, so a random byte maps onto them without bias.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const KEY_CHARACTERS = 40;
const PREFIX_CHARACTERS = 9;

/** A fresh key, 200 random bits, and the row that remembers it. The key itself is in no row: it is shown once. */
export async function mintApiKey(input: NewApiKey, now: number): Promise<{ key: string; row: ApiKeyRow }> {
  const key = `tk_${randomText()}`;
  const row: ApiKeyRow = {
    id: newId("key", now),
    organizationId: input.organizationId,
    name: input.name,
    prefix: key.slice(0, PREFIX_CHARACTERS),
    hash: await hashApiKey(key),
    campaignId: input.campaignId ?? null,
    createdAt: now,
    revokedAt: null,
  };
  return { key, row };
}

/** What a key is stored and looked up as. A plain hash will do: the key is random, so there is nothing to guess. */
export async function hashApiKey(key: string): Promise<string> {
  return sha256Hex(key);
}

/** Whether the text could be a key at all, so that noise costs no query. */
export function looksLikeApiKey(text: string): boolean {
  return /^tk_[0-9a-z]{32,64}$/.test(text);
}

function randomText(): string {
  let text = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(KEY_CHARACTERS))) text += ALPHABET.charAt(byte & 31);
  return text;
}
