import { and, count, eq, sql, type SQL } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { inOrder, isAfter, type Order } from "../../db/order";
import { assignments } from "../../db/rows";
import { campaigns, memberships, operators, sessions, users } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { invalid, notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import type { Act, Actor } from "../actor";
import type { Rights } from "../rights";
import { hasTeams } from "../teams";
import { giverOf, refuseEmpty, refuseGrant, refuseReaching } from "./member-rights";

export type MembershipRow = typeof memberships.$inferSelect;

/** A member as others of the organization see them. */
export type Member = MembershipRow & { email: string; name: string; lastSeenAt: number | null };

type Target = { organizationId: string; userId: string };

/** What may be changed of a membership; what is left out stays. */
export type MemberChange = Partial<Pick<MembershipRow, "role" | "campaigns" | "teams" | "operatorId">> & {
  disabled?: boolean;
};

const SHUTS_ONESELF_OUT: DomainError = {
  kind: "conflict",
  message:
    "Nobody shuts themselves out: there would be no way back in. Leave the organization on your profile instead.",
};

/** The members of an organization, by id. */
export async function listMembers(
  db: Database,
  query: { organizationId: string; limit: number; after?: { id: string }; order?: Order },
): Promise<Member[]> {
  const { organizationId, limit, after, order = "ascending" } = query;
  return members(db, and(inOrganization(organizationId), isAfter(memberships.userId, order, after?.id)))
    .orderBy(inOrder(memberships.userId, order))
    .limit(limit);
}

/** How many members an organization has, those that are shut out among them. */
export async function countMembers(db: Database, organizationId: string): Promise<number> {
  const [row] = await db.select({ members: count() }).from(memberships).where(inOrganization(organizationId));
  return row?.members ?? 0;
}

export async function readMember(db: Database, target: Target): Promise<Result<Member, DomainError>> {
  const found = await members(db, mine(target)).get();
  return found ? ok(found) : err(notFound("member"));
}

/**
 * Changes a member's role, limits, operator, or shuts them out. Both what they have and what they get must be within
 * what the giver has. The last owner stays one: the statement itself checks it, so that two who demote each other at
 * once do not both succeed.
 */
export async function updateMember(
  { db }: { db: Database },
  target: Target,
  change: MemberChange,
  giver: Rights,
  act: Act,
): Promise<Result<Member, DomainError>> {
  const found = await readMember(db, target);
  if (!found.ok) return found;
  const { value: now } = found;
  const { disabled, ...fields } = change;
  if (disabled && isOneself(now, act.actor)) return err(SHUTS_ONESELF_OUT);
  const next = { ...now, ...fields };
  const refused = await refuseChange({ db }, { now, next }, giver, act);
  if (refused) return err(refused);
  const empty = refuseEmpty(change);
  if (empty) return err(empty);
  const unknown = await refuseUnknown(db, target.organizationId, change);
  if (unknown) return err(unknown);
  const disabledAt = disabled === undefined ? now.disabledAt : disabled ? (now.disabledAt ?? act.now) : null;
  const { role, campaigns: inCampaigns, teams, operatorId } = next;
  const remainsOwner = role === "owner" && disabledAt === null;
  const set = { role, campaigns: inCampaigns, teams, operatorId, disabledAt };
  const changed = await db.run(sql`UPDATE ${memberships} SET ${assignments(memberships, set)}
    WHERE ${mine(target)} AND role = ${now.role} AND ${remainsOwner ? sql`TRUE` : notLastOwner(target)}`);
  if (changesOf(changed) === 0) return err(await whyUnchanged(db, target, now.role));
  return readMember(db, target);
}

/** Takes a member out of the organization, and ends their sessions there. */
export async function removeMember(
  { db }: { db: Database },
  target: Target,
  giver: Rights,
  act: Act,
): Promise<Result<void, DomainError>> {
  const found = await readMember(db, target);
  if (!found.ok) return found;
  const refused = await refuseChange({ db }, { now: found.value, next: found.value }, giver, act);
  return refused ? err(refused) : takeOut(db, target, found.value.role);
}

/** Leaves an organization, as everyone may but its last owner. */
export async function leaveOrganization(
  { db }: { db: Database },
  target: Target,
  _act: Act,
): Promise<Result<void, DomainError>> {
  const found = await readMember(db, target);
  return found.ok ? takeOut(db, target, found.value.role) : found;
}

/** Ends a member's sessions that have this organization open. */
export async function endMemberSessions(
  { db }: { db: Database },
  target: Target,
  giver: Rights,
  act: Act,
): Promise<Result<{ ended: number }, DomainError>> {
  const found = await readMember(db, target);
  if (!found.ok) return found;
  const refused = await refuseChange({ db }, { now: found.value, next: found.value }, giver, act);
  if (refused) return err(refused);
  const ended = await db.delete(sessions).where(sessionsOf(target)).returning({ id: sessions.id });
  return ok({ ended: ended.length });
}

async function takeOut(db: Database, target: Target, role: string): Promise<Result<void, DomainError>> {
  const isGone = sql`NOT EXISTS (SELECT 1 FROM ${memberships} WHERE ${mine(target)})`;
  const [removed] = await runBatch(db, [
    db.run(sql`DELETE FROM ${memberships} WHERE ${mine(target)} AND role = ${role} AND ${notLastOwner(target)}`),
    db.delete(sessions).where(and(sessionsOf(target), isGone)),
  ]);
  return changesOf(removed) > 0 ? ok(undefined) : err(await whyUnchanged(db, target, role));
}

async function refuseChange(
  { db }: { db: Database },
  { now, next }: { now: MembershipRow; next: MembershipRow },
  rights: Rights,
  act: Act,
): Promise<DomainError | undefined> {
  const giver = await giverOf(db, now.organizationId, rights, act);
  return refuseReaching(now, giver) ?? refuseGrant(next, giver);
}

/** What somebody may do with a member, as far as it depends on who the two are. */
export function actsOnMember(
  member: MembershipRow,
  { rights, actor }: { rights: Rights; actor: Actor },
): { mayChange: boolean; mayShutOut: boolean } {
  const mayChange = refuseReaching(member, { rights, campaigns: null, teams: null }) === undefined;
  return { mayChange, mayShutOut: mayChange && !isOneself(member, actor) };
}

function isOneself({ userId }: Pick<MembershipRow, "userId">, actor: Actor): boolean {
  return actor.kind === "user" && actor.id === userId;
}

/** The refusal of campaigns, teams or an operator that the organization does not have. */
async function refuseUnknown(
  db: Database,
  organizationId: string,
  { campaigns: named, teams, operatorId }: Pick<MemberChange, "campaigns" | "teams" | "operatorId">,
): Promise<DomainError | undefined> {
  if (named && !(await hasCampaigns(db, organizationId, named)))
    return invalid("campaigns", "names a campaign that this organization does not have");
  if (teams && !(await hasTeams(db, organizationId, teams)))
    return invalid("teams", "names a team that this organization does not have");
  if (operatorId === null || operatorId === undefined) return undefined;
  const operator = await db
    .select({ id: operators.id })
    .from(operators)
    .where(and(eq(operators.organizationId, organizationId), eq(operators.id, operatorId)))
    .get();
  return operator ? undefined : invalid("operator_id", "names no operator of this organization");
}

/** Whether all of these are campaigns of the organization. */
export async function hasCampaigns(db: Database, organizationId: string, ids: readonly string[]): Promise<boolean> {
  const found = await db
    .select({ id: campaigns.id })
    .from(campaigns)
    .where(and(eq(campaigns.organizationId, organizationId), sql`${campaigns.id} IN ${valueList(ids)}`));
  return found.length === new Set(ids).size;
}

/** Why a guarded change was not made. */
async function whyUnchanged(db: Database, target: Target, role: string): Promise<DomainError> {
  const row = await db.select({ role: memberships.role }).from(memberships).where(mine(target)).get();
  if (!row) return notFound("member");
  const message =
    row.role === role && role === "owner"
      ? "This is the organization's last owner. Make another one first."
      : "The member was changed at the same time. Try again.";
  return { kind: "conflict", message };
}

/** True unless the member is the only owner who is not shut out. */
function notLastOwner({ organizationId, userId }: Target): SQL {
  return sql`(role <> 'owner' OR disabled_at IS NOT NULL OR EXISTS (SELECT 1 FROM ${memberships} AS other
    WHERE other.organization_id = ${organizationId} AND other.user_id <> ${userId} AND other.role = 'owner'
    AND other.disabled_at IS NULL))`;
}

function members(db: Database, where: SQL | undefined) {
  return db
    .select({
      organizationId: memberships.organizationId,
      userId: memberships.userId,
      role: memberships.role,
      campaigns: memberships.campaigns,
      teams: memberships.teams,
      operatorId: memberships.operatorId,
      createdAt: memberships.createdAt,
      disabledAt: memberships.disabledAt,
      email: users.email,
      name: users.name,
      lastSeenAt: sql<number | null>`(SELECT max(last_used_at) FROM ${sessions}
        WHERE user_id = ${memberships.userId} AND organization_id = ${memberships.organizationId})`,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(where);
}

function inOrganization(organizationId: string) {
  return eq(memberships.organizationId, organizationId);
}

function mine({ organizationId, userId }: Target): SQL {
  return sql`organization_id = ${organizationId} AND user_id = ${userId}`;
}

function sessionsOf({ organizationId, userId }: Target): SQL | undefined {
  return and(eq(sessions.userId, userId), eq(sessions.organizationId, organizationId));
}
