import type { Database } from "../../db/client";
import type { DomainError } from "../../errors";
import type { Act } from "../../identity";
import { ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import type { SigningSecret } from "../contract";
import type { EndpointDeps } from "./endpoint";
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
  return ok(signingAt(await openSecrets(masterKeys, endpointId, found.value.secrets), act.now));
}

/**
 * What signs an endpoint's deliveries now, without the secrets: a reveal is recorded, and looking at this is not one.
 */
export async function readSigning(
  db: Database,
  keys: MasterKeys,
  target: { organizationId: string; id: string },
  now: number,
): Promise<Result<SigningSecret[], DomainError>> {
  const found = await readEndpoint(db, target);
  return found.ok ? ok(signingAt(await openSecrets(keys, target.id, found.value.secrets), now)) : found;
}
