import { and, eq } from "drizzle-orm";
import type { Database } from "../../db/client";
import { memberships } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import type { Act } from "../actor";
import { KEY_ROLES, ROLES, type RoleName } from "../permissions";
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
export function refuseGrant(grant: Grant, giver: Giver): DomainError | undefined {
  const field = beyondIn(grant, giver);
  return field && { kind: "forbidden", message: `Nobody gives more than they have: ${field} goes beyond.` };
}

/** The refusal of any change to a member who has more than who makes it: whatever it is, it would take that from them. */
export function refuseReaching(member: Grant, giver: Giver): DomainError | undefined {
  const field = beyondIn(member, giver);
  const message = `This member has more than you have (${field}): only somebody who has as much changes or removes them.`;
  return field && { kind: "forbidden", message };
}

/** The roles that rights can give to a member, in the order of the table. */
export function rolesToGive(rights: Rights): RoleName[] {
  return (Object.keys(ROLES) as RoleName[]).filter((role) => isRoleWithin(role, rights));
}

/** The roles that rights can give to a key. */
export function keyRolesToGive(rights: Rights): RoleName[] {
  return rolesToGive(rights).filter((role) => KEY_ROLES.includes(role));
}

/** The first part of a grant that goes beyond what its giver has. */
function beyondIn(grant: Grant, { rights, campaigns, teams }: Giver): "role" | "campaigns" | "teams" | undefined {
  const role = knownRole(grant.role);
  if (!role || !isRoleWithin(role, rights)) return "role";
  if (!isAmong(grant.campaigns, campaigns)) return "campaigns";
  return isAmong(grant.teams, teams) ? undefined : "teams";
}

function isRoleWithin(role: RoleName, rights: Rights): boolean {
  const given = { scopes: ROLES[role].scopes, campaignId: null, sourceId: null, expiresAt: null };
  // A key that ends may make people members who stay: what it may not do is give them more than it can do itself.
  return fieldBeyond(given, { ...rights, expiresAt: null }) === undefined;
}

/** The refusal of limits to nothing: whoever has them sees nothing, which nobody means. */
export function refuseEmpty({
  campaigns,
  teams,
}: Partial<Pick<Grant, "campaigns" | "teams">>): DomainError | undefined {
  if (campaigns?.length === 0) return invalid("campaigns", "names no campaign: choose at least one");
  return teams?.length === 0 ? invalid("teams", "names no team: choose at least one") : undefined;
}

function isAmong(some: readonly string[] | null, all: readonly string[] | null): boolean {
  return all === null || (some !== null && some.every((id) => all.includes(id)));
}
