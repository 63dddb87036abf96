import type { DomainError } from "../../errors";
import type { Act } from "../../identity";
import { ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import type { SigningSecret } from "../contract";
import type { EndpointDeps, EndpointRow } from "./endpoint";
import { readEndpoint } from "./read";
import { recordReveal } from "./reveals";
import { openSecrets, signingAt } from "./secret";

/** Shows the secrets an endpoint signs with now, the current one first, and records who was shown them. */
export async function revealSecret(
  { db, masterKeys }: Pick<EndpointDeps, "db" | "masterKeys">,
  target: { organizationId: string; id: string },
  act: Act,
): Promise<Result<SigningSecret[], DomainError>> {
  const found = await readEndpoint(db, target);
  if (!found.ok) return found;
  const { organizationId, id: endpointId } = target;
  await recordReveal(db, { organizationId, endpointId }, act);
  return ok(await signingOf(masterKeys, found.value, act.now));
}

/**
 * What signs an endpoint's deliveries now, the secret in use first. Nothing is recorded: whoever shows the secrets themselves takes
 * `revealSecret`.
 */
export async function signingOf(
  keys: MasterKeys,
  { id, secrets }: Pick<EndpointRow, "id" | "secrets">,
  now: number,
): Promise<SigningSecret[]> {
  return signingAt(await openSecrets(keys, id, secrets), now);
}
