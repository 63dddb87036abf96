import { derivedKey, newestVersion } from "../lib/derived-key";
import { hmac, toBase64Url } from "../lib/hmac";
import type { MasterKeys } from "../lib/seal";
import { MINUTE } from "../lib/time";
import { keyTextOf } from "./key";

/** How long a form that was sent again shows the key that it made. */
export const FORM_KEY_SHOWN_FOR = 10 * MINUTE;

/**
 * The key that one form makes: the same however often the form is sent, so that a second click neither makes a second
 * key nor hides the first one. `once` is what only this form carries, `asked` what it asks for: changed, it is another
 * form. Nobody without the master key can compute the key.
 */
export async function keyOfForm(masterKeys: MasterKeys, once: string, asked: unknown): Promise<string | undefined> {
  const made = await bytesOfForm(masterKeys, "API key of a form", once, asked);
  return made && keyTextOf(made);
}

/** The token of an invitation that one form makes, in the same way. */
export async function invitationTokenOfForm(
  masterKeys: MasterKeys,
  once: string,
  asked: unknown,
): Promise<string | undefined> {
  const made = await bytesOfForm(masterKeys, "invitation of a form", once, asked);
  return made && toBase64Url(made.slice(0, 32));
}

/** 64 bytes. */
async function bytesOfForm(
  masterKeys: MasterKeys,
  purpose: string,
  once: string,
  asked: unknown,
): Promise<Uint8Array | undefined> {
  const newest = masterKeys.get(newestVersion(masterKeys));
  if (!newest || once === "") return undefined;
  const secret = await derivedKey(newest, purpose);
  return hmac("SHA-512", secret, new TextEncoder().encode(JSON.stringify([once, asked])));
}
