import { z } from "zod";
import { seal, unseal, type MasterKeys } from "../../lib/seal";
import { toHex } from "../../lib/hmac";

const list = z.array(z.string()).min(1);

/** Seals a source's secrets, the current one first. A sealed value opens in its own row only. */
export async function sealSecrets(keys: MasterKeys, sourceId: string, secrets: readonly string[]): Promise<string> {
  return seal(keys, `sources:${sourceId}`, JSON.stringify(secrets));
}

export async function openSecrets(keys: MasterKeys, sourceId: string, sealed: string | null): Promise<string[]> {
  return sealed === null ? [] : list.parse(JSON.parse(await unseal(keys, `sources:${sourceId}`, sealed)));
}

/** A fresh secret: 256 random bits, in the form Audian's take. */
export function mintSecret(): string {
  return `whsec_${toHex(crypto.getRandomValues(new Uint8Array(32)))}`;
}

/** What is wrong with a secret its owner brings, or undefined. Platforms print theirs in ASCII without spaces. */
export function secretProblem(secret: string): string | undefined {
  return /^[\x21-\x7e]{16,256}$/.test(secret)
    ? undefined
    : "must be 16 to 256 printable ASCII characters without spaces";
}
