import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { endpoints } from "../../db/schema";
import { invalid, notFound, type DomainError } from "../../errors";
import { d1Now } from "../../events";
import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import type { SigningSecret } from "../contract";
import { isSigningKey, newSigningKey, profiles } from "../profiles";
import { liveEndpoint, type EndpointDeps, type EndpointRow } from "./endpoint";
import { MAX_OLD_SECRETS, OVERLAP } from "./limits";
import { pushQuietly } from "./push";
import { chooseSecret, openSecrets, sealSecrets, signingAt } from "./secret";

export type Rotation = {
  /** The new secret chosen by the subscriber. One is generated if it is left out. */
  secret?: string;
  /** How long the old secret still signs as well, in milliseconds; 0 drops all older ones at once. */
  overlap?: number;
};

export type RotatedSecret = { secret: string; overlap: number };

type Target = { organizationId: string; id: string };

// A round fails only when the endpoint was written in the meantime.
const ROUNDS = 4;

/**
 * Sets a new secret and pushes it to the objects. Where the profile can carry several signatures, the old secret signs
 * as well for `overlap`. The default overlap is a day where the profile's receivers check all signatures, and none
 * where a rotation is known to replace the secret at once. An Ed25519 key is replaced too.
 */
export async function rotateSecret(
  deps: Omit<EndpointDeps, "guardPolicy">,
  target: Target,
  rotation: Rotation,
  { now }: Act,
): Promise<Result<RotatedSecret, DomainError>> {
  const { db, masterKeys: keys } = deps;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const row = await db.select().from(endpoints).where(liveEndpoint(target)).get();
    if (!row) return err(notFound("endpoint"));
    const plan = planRotation(row, rotation);
    if (!plan.ok) return plan;
    const { secret, overlap } = plan.value;
    const opened = await openSecrets(keys, row.id, row.secrets);
    const sealed = await sealSecrets(keys, row.id, rotated(opened, secret, overlap, now));
    const written = await writeSecrets(db, row, sealed);
    if (written) {
      await pushQuietly(deps, written);
      return ok({ secret, overlap });
    }
  }
  return err({ kind: "conflict", message: "The endpoint is being changed by somebody else at the same time." });
}

function planRotation(row: EndpointRow, rotation: Rotation): Result<{ secret: string; overlap: number }, DomainError> {
  if (row.profile === "voicesense") {
    const message = "voicesense endpoints share the company secret: regenerate that one instead.";
    return err({ kind: "conflict", message });
  }
  const profile = profiles[row.profile];
  if (!profile.overlaps && (rotation.overlap ?? 0) > 0) {
    const message = `the ${row.profile} profile sends one signature: a new secret replaces the old one at once`;
    return err(invalid("overlap_seconds", message));
  }
  const secret = chooseSecret(profile, rotation.secret);
  if (!secret.ok) return secret;
  return ok({ secret: secret.value, overlap: rotation.overlap ?? (profile.overlapsByDefault ? OVERLAP.default : 0) });
}

/**
 * The secrets after a rotation, the new one first, with a new Ed25519 key if there was one. Older secrets sign for
 * `overlap` longer, and not beyond their own end; without an overlap they are dropped. Pure except for generating the
 * key.
 */
export function rotated(
  secrets: readonly SigningSecret[],
  fresh: string,
  overlap: number,
  now: number,
): SigningSecret[] {
  const keyed = secrets.some(({ value, until }) => until === null && isSigningKey(value));
  const current = [fresh, ...(keyed ? [newSigningKey()] : [])].map((value) => ({ value, until: null, since: now }));
  if (overlap === 0) return current;
  const old = signingAt(secrets, now)
    .filter(({ value }) => value !== fresh)
    .map((one) => ({ ...one, until: Math.min(one.until ?? Infinity, now + overlap) }));
  return [...current, ...old.slice(0, MAX_OLD_SECRETS)];
}

// Writes only over the version that was read: a secret that was already shown must not be overwritten.
async function writeSecrets(db: Database, row: EndpointRow, secrets: string): Promise<EndpointRow | undefined> {
  return db
    .update(endpoints)
    .set({ secrets, version: sql`version + 1`, updatedAt: d1Now })
    .where(and(liveEndpoint(row), eq(endpoints.version, row.version)))
    .returning()
    .get();
}
