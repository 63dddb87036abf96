import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "../db/client";
import { apiKeys, memberships, tokenIssuers } from "../db/schema";
import type { Actor } from "./actor";
import { knownRole } from "./people";
import { ROLES } from "./permissions";
import { FULL_REACH, reachOfCampaign, type Reach } from "./reach";
import { reachOfMember } from "./reach-of-member";
import { ended, type Rights } from "./rights";

/** What somebody may do, and where. */
export type ReachingRights = Rights & { reach: Reach };

const ALL = { scopes: null, campaignId: null, sourceId: null, expiresAt: null, reach: FULL_REACH };

/**
 * What an actor may do in an organization at present, for work that goes on after their request; undefined when that is
 * over: the key is revoked or has ended, the person is no member any more, the issuer was removed. Of a token only its
 * issuer can be asked, so its rights are those that it had.
 */
export async function rightsOfActor(
  db: Database,
  { organizationId, actor }: { organizationId: string; actor: Actor },
  now: number,
): Promise<ReachingRights | undefined> {
  switch (actor.kind) {
    case "user":
      return rightsOfUser(db, organizationId, actor.id);
    case "apiKey":
      return rightsOfKey(db, organizationId, actor.id, now);
    case "token":
      return (await hasIssuer(db, organizationId, actor.id.split(":")[0] ?? "")) ? ALL : undefined;
    case "admin":
    case "system":
      return ALL;
  }
}

async function rightsOfUser(db: Database, organizationId: string, userId: string) {
  const isMember = and(
    eq(memberships.organizationId, organizationId),
    eq(memberships.userId, userId),
    isNull(memberships.disabledAt),
  );
  const membership = await db.select().from(memberships).where(isMember).get();
  const role = membership && knownRole(membership.role);
  if (!role) return undefined;
  return { ...ALL, scopes: ROLES[role].scopes, reach: await reachOfMember(db, membership) };
}

async function rightsOfKey(db: Database, organizationId: string, id: string, now: number) {
  const { scopes, campaignId, sourceId, expiresAt } = apiKeys;
  const isValid = and(eq(apiKeys.organizationId, organizationId), eq(apiKeys.id, id), isNull(apiKeys.revokedAt));
  const key = await db.select({ scopes, campaignId, sourceId, expiresAt }).from(apiKeys).where(isValid).get();
  return key && !ended(key, now) ? { ...key, reach: reachOfCampaign(key.campaignId) } : undefined;
}

async function hasIssuer(db: Database, organizationId: string, id: string): Promise<boolean> {
  const isIt = and(eq(tokenIssuers.organizationId, organizationId), eq(tokenIssuers.id, id));
  return (await db.select({ id: tokenIssuers.id }).from(tokenIssuers).where(isIt).get()) !== undefined;
}
