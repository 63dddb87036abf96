import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "../../db/client";
import { endpoints } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { isSigningKey, publicJwk, type PublicJwk } from "../profiles";
import { openSecrets, signingAt } from "./secret";

/**
 * The public keys that verify an endpoint's deliveries, for anyone who knows its id. Not found where the endpoint signs
 * only with a shared secret.
 */
export async function publicKeys(
  db: Database,
  keys: MasterKeys,
  endpointId: string,
  now: number,
): Promise<Result<PublicJwk[], DomainError>> {
  const row = await db
    .select({ secrets: endpoints.secrets, settings: endpoints.settings })
    .from(endpoints)
    .where(and(eq(endpoints.id, endpointId), isNull(endpoints.deletedAt)))
    .get();
  if (!row?.settings.ed25519) return err(notFound("key set"));
  const signing = signingAt(await openSecrets(keys, endpointId, row.secrets), now);
  const seeds = signing.map(({ value }) => value).filter(isSigningKey);
  return ok(await Promise.all(seeds.map(publicJwk)));
}
