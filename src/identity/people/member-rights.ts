import { and, eq } from "drizzle-orm";
import type { Database } from "../../db/client";
import { memberships } from "../../db/schema";
import type { DomainError } from "../../errors";
import type { Act } from "../actor";
import { ROLES, type RoleName } from "../permissions";
import { fieldBeyond, type Rights } from "../rights";

/** What a membership gives, or an invitation to one. Null limits are none. */
export type Grant = { role: string; campaigns: readonly string[] | null; teams: readonly string[] | null };

/** Who gives it: their rights, and what their own membership is limited to. */
export type Giver = { rights: Rights; campaigns: readonly string[] | null; teams: readonly string[] | null };

/** The role, where it is one. */
export function knownRole(role: string): RoleName | undefined {
  return Object.hasOwn(ROLES, role) ? (role as RoleName) : undefined;
}

/** The giver of an act. The limits of a person's membership are read: they may have changed since the request began. */
export async function giverOf(db: Database, organizationId: string, rights: Rights, { actor }: Act): Promise<Giver> {
  if (actor.kind !== "user") return { rights, campaigns: null, teams: null };
  const row = await db
    .select({ campaigns: memberships.campaigns, teams: memberships.teams })
    .from(memberships)
    .where(and(eq(memberships.organizationId, organizationId), eq(memberships.userId, actor.id)))
    .get();
  return row ? { rights, ...row } : { rights, campaigns: [], teams: [] };
}

/** The refusal of a grant that goes beyond what its giver has; undefined when it is within. */
export function refuseGrant(grant: Grant, { rights, campaigns, teams }: Giver): DomainError | undefined {
  const role = knownRole(grant.role);
  if (!role) return beyond("role");
  const given = { scopes: ROLES[role].scopes, campaignId: null, sourceId: null, expiresAt: null };
  // A key that ends may make people members who stay: what it may not do is give them more than it can do itself.
  if (fieldBeyond(given, { ...rights, expiresAt: null }) !== undefined) return beyond("role");
  if (!isAmong(grant.campaigns, campaigns)) return beyond("campaigns");
  if (!isAmong(grant.teams, teams)) return beyond("teams");
  return undefined;
}

function isAmong(some: readonly string[] | null, all: readonly string[] | null): boolean {
  return all === null || (some !== null && some.every((id) => all.includes(id)));
}

function beyond(field: string): DomainError {
  return { kind: "forbidden", message: `Nobody gives more than they have: ${field} goes beyond.` };
}
