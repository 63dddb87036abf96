import { derivedKey, newestVersion } from "../lib/derived-key";
import { hmac } from "../lib/hmac";
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
  const newest = masterKeys.get(newestVersion(masterKeys));
  if (!newest || once === "") return undefined;
  const secret = await derivedKey(newest, "API key of a form");
  return keyTextOf(await hmac("SHA-512", secret, new TextEncoder().encode(JSON.stringify([once, asked]))));
}
