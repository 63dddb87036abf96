import { contextOf } from "../../db/sealed-places";
import { invalid, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { seal, unseal, type MasterKeys } from "../../lib/seal";
import type { SigningSecret } from "../contract";
import type { Profile } from "../profiles";

/** The subscriber's secret in the form its profile uses, or a new one. */
export function chooseSecret(profile: Profile, brought: string | undefined): Result<string, DomainError> {
  if (brought === undefined) return ok(profile.newSecret());
  const problem = profile.checkSecret(brought);
  return problem === undefined ? ok(brought) : err(invalid("secret", problem));
}

/** Seals an endpoint's secrets, the current one first, for its row. */
export async function sealSecrets(
  keys: MasterKeys,
  endpointId: string,
  secrets: readonly SigningSecret[],
): Promise<string> {
  return seal(keys, contextOf("endpoints.secrets", endpointId), JSON.stringify(secrets));
}

/** Opens what `sealSecrets` made. Throws when the master key is missing. */
export async function openSecrets(keys: MasterKeys, endpointId: string, sealed: string): Promise<SigningSecret[]> {
  return JSON.parse(await unseal(keys, contextOf("endpoints.secrets", endpointId), sealed)) as SigningSecret[];
}

/** The secrets that sign at `now` (milliseconds): the current ones, and older ones within their overlap. */
export function signingAt(secrets: readonly SigningSecret[], now: number): SigningSecret[] {
  return secrets.filter((secret) => secret.until === null || secret.until > now);
}
