import { hmac, toBase64 } from "../../lib/hmac";
import { derivedKey, newestVersion } from "../../lib/derived-key";
import type { MasterKeys } from "../../lib/seal";

/**
 * The secret of a listener, in the form that every profile takes. It is derived, so that it is stored nowhere, and is
 * the same when they come back.
 */
export async function listenerSecret(
  masterKeys: MasterKeys,
  { id, organizationId }: { id: string; organizationId: string },
): Promise<string> {
  const masterKey = masterKeys.get(newestVersion(masterKeys));
  if (!masterKey) throw new Error("MASTER_KEYS is empty");
  const key = await derivedKey(masterKey, "trunkline listener secrets");
  const bytes = await hmac("SHA-256", key, new TextEncoder().encode(JSON.stringify([organizationId, id])));
  return `whsec_${toBase64(bytes)}`;
}
