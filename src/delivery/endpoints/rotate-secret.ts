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
  /** The new secret, where the subscriber chose it; otherwise one is made. */
  secret?: string;
  /** How long the old one still signs beside it, in milliseconds; 0 ends everything older at once. */
  overlap?: number;
};

export type RotatedSecret = { secret: string; overlap: number };

type Target = { organizationId: string; id: string };

// Losing so often in a row takes a storm of writes to one endpoint.
const ROUNDS = 4;

/**
 * Puts a new secret in place and pushes it to the objects. Where the profile can carry several signatures the old one goes on signing for the overlap
 * that is asked for; unless told otherwise that is a day where its receivers see them all, and nothing where a rotation
 * is known to replace at once. An Ed25519 key is renewed along.
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
 * The secrets after a rotation, the new one first; a fresh Ed25519 key stands with it where there was one. What signed
 * until now goes on for `overlap` and no longer than it was to; without an overlap it is forgotten. Pure but for the key.
 */
export function rotated(
  secrets: readonly SigningSecret[],
  fresh: string,
  overlap: number,
  now: number,
): SigningSecret[] {
  const keyed = secrets.some(({ value, until }) => until === null && isSigningKey(value));
  const current = [fresh, ...(keyed ? [newSigningKey()] : [])].map((value) => ({ value, until: null }));
  if (overlap === 0) return current;
  const old = signingAt(secrets, now)
    .filter(({ value }) => value !== fresh)
    .map(({ value, until }) => ({ value, until: Math.min(until ?? Infinity, now + overlap) }));
  return [...current, ...old.slice(0, MAX_OLD_SECRETS)];
}

// Only over the version that was read: a secret that was shown must not be lost unseen.
async function writeSecrets(db: Database, row: EndpointRow, secrets: string): Promise<EndpointRow | undefined> {
  return db
    .update(endpoints)
    .set({ secrets, version: sql`version + 1`, updatedAt: d1Now })
    .where(and(liveEndpoint(row), eq(endpoints.version, row.version)))
    .returning()
    .get();
}
