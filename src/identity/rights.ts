import { permissionsOf, type Permission } from "./permissions";
import type { Reach } from "./reach";
import { allowsWithin } from "./reach-of-permissions";

/**
 * What a key, or several together, may do. `scopes` null: everything. A campaign or source limits the key to sending
 * calls there. `expiresAt`: when it stops, in milliseconds.
 */
export type Rights = {
  scopes: readonly string[] | null;
  campaignId: string | null;
  sourceId: string | null;
  expiresAt: number | null;
};

const INTO_A_CAMPAIGN: readonly Permission[] = ["notices:write", "uploads:read", "uploads:write"];
const TO_A_SOURCE: readonly Permission[] = ["notices:write"];

/**
 * Whether rights include a permission, as far as they reach. Expiry is the matter of whoever looked the key up. What
 * concerns the whole organization is for those who reach all of it.
 */
export function may(
  { scopes, campaignId, sourceId, reach }: Omit<Rights, "expiresAt"> & { reach: Reach },
  permission: Permission,
): boolean {
  if (!allowsWithin(permission, reach)) return false;
  if (campaignId !== null && !INTO_A_CAMPAIGN.includes(permission)) return false;
  if (sourceId !== null && !TO_A_SOURCE.includes(permission)) return false;
  return scopes === null || permissionsOf(scopes).includes(permission);
}

/** Whether rights have ended. */
export function ended({ expiresAt }: Pick<Rights, "expiresAt">, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/**
 * The rights that two keys have in common; a text when they are limited to different campaigns or sources, and so have
 * none.
 */
export function commonRights(one: Rights, other: Rights): Rights | "campaign" | "source" {
  const campaignId = one.campaignId ?? other.campaignId;
  if (other.campaignId !== null && other.campaignId !== campaignId) return "campaign";
  const sourceId = one.sourceId ?? other.sourceId;
  if (other.sourceId !== null && other.sourceId !== sourceId) return "source";
  return {
    scopes: commonScopes(one.scopes, other.scopes),
    campaignId,
    sourceId,
    expiresAt: earlier(one.expiresAt, other.expiresAt),
  };
}

/** The first field in which wanted rights go beyond one's own; undefined when they are within them. */
export function fieldBeyond(
  wanted: Rights,
  own: Rights,
): "scopes" | "campaign_id" | "source_id" | "expires_at" | undefined {
  const { scopes } = own;
  if (scopes !== null) {
    const allowed: readonly string[] = permissionsOf(scopes);
    if (wanted.scopes === null || !permissionsOf(wanted.scopes).every((one) => allowed.includes(one))) return "scopes";
  }
  if (own.campaignId !== null && wanted.campaignId !== own.campaignId) return "campaign_id";
  if (own.sourceId !== null && wanted.sourceId !== own.sourceId) return "source_id";
  if (own.expiresAt !== null && (wanted.expiresAt === null || wanted.expiresAt > own.expiresAt)) return "expires_at";
  return undefined;
}

/** The earlier of two ends; null is no end. */
export function earlier(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : Math.min(one, other);
}

function commonScopes(one: Rights["scopes"], other: Rights["scopes"]): Rights["scopes"] {
  if (one === null) return other;
  if (other === null) return one;
  const allowed: readonly string[] = permissionsOf(other);
  return permissionsOf(one).filter((permission) => allowed.includes(permission));
}
