import type { ApiKeyRow } from "./key";
import { PERMISSIONS, type Permission } from "./permissions";
import { reachOfCampaign } from "./reach";
import { ended, may, type Rights } from "./rights";

/**
 * How a key stands. `works`, and `replaced`, which still works until it ends; `allows_nothing` proves who asks, and there
 * is nothing that it may do; `source_deleted` may only send to a source that takes nothing any more; the last two are
 * accepted nowhere.
 */
export const KEY_STATES = ["works", "replaced", "allows_nothing", "source_deleted", "ended", "revoked"] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** Why a key is accepted nowhere any more, and so what `authenticate` refuses; undefined while it is accepted. */
export function deadBy(
  { revokedAt, expiresAt }: Pick<ApiKeyRow, "revokedAt" | "expiresAt">,
  now: number,
): "revoked" | "ended" | undefined {
  if (revokedAt !== null) return "revoked";
  return ended({ expiresAt }, now) ? "ended" : undefined;
}

/** Whether rights come to nothing: none of their scopes is good for the campaign or source that they are limited to. */
export function allowsNothing(rights: Omit<Rights, "expiresAt">): boolean {
  const reach = reachOfCampaign(rights.campaignId);
  return !(Object.keys(PERMISSIONS) as Permission[]).some((permission) => may({ ...rights, reach }, permission));
}

/** How a key stands now. `sourceDeleted`: whether the source that it is limited to is there no more. */
export function keyState(key: ApiKeyRow & { sourceDeleted?: boolean }, now: number): KeyState {
  const dead = deadBy(key, now);
  if (dead) return dead;
  if (allowsNothing(key)) return "allows_nothing";
  if (key.sourceDeleted) return "source_deleted";
  return key.rotatedTo === null ? "works" : "replaced";
}
