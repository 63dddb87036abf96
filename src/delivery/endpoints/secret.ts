import { invalid, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { seal, unseal, type MasterKeys } from "../../lib/seal";
import type { SigningSecret } from "../contract";
import type { Profile } from "../profiles";

/** The secret a subscriber brought along, in the form its profile takes; or a fresh one. */
export function chooseSecret(profile: Profile, brought: string | undefined): Result<string, DomainError> {
  if (brought === undefined) return ok(profile.newSecret());
  const problem = profile.checkSecret(brought);
  return problem === undefined ? ok(brought) : err(invalid("secret", problem));
}

/** An endpoint's secrets as its row keeps them, the current one first. */
export async function sealSecrets(
  keys: MasterKeys,
  endpointId: string,
  secrets: readonly SigningSecret[],
): Promise<string> {
  return seal(keys, `endpoint:${endpointId}`, JSON.stringify(secrets));
}

/** Opens what `sealSecrets` made. Throws when the master key is gone. */
export async function openSecrets(keys: MasterKeys, endpointId: string, sealed: string): Promise<SigningSecret[]> {
  return JSON.parse(await unseal(keys, `endpoint:${endpointId}`, sealed)) as SigningSecret[];
}

/** The secrets that sign at `now` (milliseconds): the current ones, and older ones whose overlap lasts. */
export function signingAt(secrets: readonly SigningSecret[], now: number): SigningSecret[] {
  return secrets.filter((secret) => secret.until === null || secret.until > now);
}
