import type { Database } from "../../db/client";
import type { DomainError } from "../../errors";
import { ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import type { SigningSecret } from "../contract";
import { readEndpoint } from "./read";
import { recordReveal } from "./reveals";
import { openSecrets, signingAt } from "./secret";

/** Shows what an endpoint signs with now, the current secret first, and keeps who was shown it. */
export async function revealSecret(
  db: Database,
  keys: MasterKeys,
  target: { organizationId: string; id: string },
  by: { apiKeyId: string },
  now: number,
): Promise<Result<SigningSecret[], DomainError>> {
  const found = await readEndpoint(db, target);
  if (!found.ok) return found;
  const { organizationId, id: endpointId } = target;
  await recordReveal(db, { organizationId, endpointId, apiKeyId: by.apiKeyId }, now);
  return ok(signingAt(await openSecrets(keys, endpointId, found.value.secrets), now));
}

/** What signs an endpoint's deliveries now, without the secrets themselves: since a reveal is kept, looking is not one. */
export async function readSigning(
  db: Database,
  keys: MasterKeys,
  target: { organizationId: string; id: string },
  now: number,
): Promise<Result<SigningSecret[], DomainError>> {
  const found = await readEndpoint(db, target);
  return found.ok ? ok(signingAt(await openSecrets(keys, target.id, found.value.secrets), now)) : found;
}
