import { invalid, type DomainError } from "../../errors";
import type { SigningSecret } from "../contract";
import { fromBase64, toBase64 } from "../../lib/hmac";
import { err, ok, type Result } from "../../lib/result";
import { seal, unseal, type MasterKeys } from "../../lib/seal";

// Standard Webhooks asks for 24 to 64 bytes. https://github.com/standard-webhooks/standard-webhooks
const PREFIX = "whsec_";
const FRESH_BYTES = 32;
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** A fresh signing secret. */
export function newSigningSecret(): string {
  return PREFIX + toBase64(crypto.getRandomValues(new Uint8Array(FRESH_BYTES)));
}

/** The secret a subscriber brought along, checked: `whsec_` and the base64 of 24 to 64 bytes. */
export function checkSigningSecret(text: string): Result<string, DomainError> {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  if (!bytes || bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
    return err(invalid("secret", `must be ${PREFIX} followed by the base64 of ${MIN_BYTES} to ${MAX_BYTES} bytes`));
  }
  return ok(text);
}

/** An endpoint's secrets as its row keeps them, the current one first. */
export async function sealSecrets(keys: MasterKeys, endpointId: string, secrets: readonly SigningSecret[]): Promise<string> {
  return seal(keys, `endpoint:${endpointId}`, JSON.stringify(secrets));
}

/** Opens what `sealSecrets` made. Throws when the master key is gone. */
export async function openSecrets(keys: MasterKeys, endpointId: string, sealed: string): Promise<SigningSecret[]> {
  return JSON.parse(await unseal(keys, `endpoint:${endpointId}`, sealed)) as SigningSecret[];
}
