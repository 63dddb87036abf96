import { and, inArray, isNotNull, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { memberships, teamMembers } from "../db/schema";
import { valueList } from "../db/value-list";
import { FULL_REACH, type Reach } from "./reach";

type Membership = Pick<
  typeof memberships.$inferSelect,
  "organizationId" | "role" | "campaigns" | "teams" | "operatorId"
>;

/** A member who is on calls as an operator. */
export type Linked = { organizationId: string; userId: string; operatorId: string };

/** Of an organization: who is on calls as which operator, who is in which team, and which operators are one person. */
type Directory = {
  linked: readonly Linked[];
  inTeams: readonly Pick<typeof teamMembers.$inferSelect, "organizationId" | "teamId" | "userId">[];
  samePersons: readonly { organizationId: string; given: string; id: string }[];
};

/**
 * The reach of a member (docs/understand/adr/0042-reach-of-a-member.md and 0046), in one round trip where `linked`, who
 * is on calls in their organization, is known already.
 */
export async function reachOfMember(db: Database, member: Membership, linked?: readonly Linked[]): Promise<Reach> {
  return reachIn(await readDirectory(db, [member], linked), member);
}

/**
 * The reaches of members, in their order. An owner has no limits. A limit to teams is one to the operators that members
 * of these teams are on calls. An operator reaches the calls of the operator that an admin linked them with, and without
 * one nothing.
 */
export async function reachesOfMembers(db: Database, members: readonly Membership[]): Promise<Reach[]> {
  const directory = await readDirectory(db, members);
  return members.map((member) => reachIn(directory, member));
}

function reachIn(directory: Directory, { organizationId, role, campaigns, teams, operatorId }: Membership): Reach {
  if (role === "owner") return FULL_REACH;
  const persons = (ids: readonly string[]) =>
    directory.samePersons
      .filter((one) => one.organizationId === organizationId && ids.includes(one.given))
      .map(({ id }) => id);
  const own = role === "operator" ? persons(operatorId === null ? [] : [operatorId]) : null;
  if (teams === null) return { campaigns, operators: own };
  const ofOrganization = directory.inTeams.filter((one) => one.organizationId === organizationId);
  const people = new Set(ofOrganization.filter(({ teamId }) => teams.includes(teamId)).map(({ userId }) => userId));
  const ofTeams = persons(
    directory.linked
      .filter((one) => one.organizationId === organizationId && people.has(one.userId))
      .map((one) => one.operatorId),
  );
  return { campaigns, operators: own === null ? [...new Set(ofTeams)] : own.filter((id) => ofTeams.includes(id)) };
}

/** What the reaches of these members depend on; nothing is asked for members without such limits. */
async function readDirectory(
  db: Database,
  members: readonly Membership[],
  known?: readonly Linked[],
): Promise<Directory> {
  const limited = members.filter(({ role, teams }) => role !== "owner" && teams !== null);
  const organizationIds = [...new Set(limited.map(({ organizationId }) => organizationId))];
  const linked = known ?? (await readLinked(db, organizationIds));
  const own = members.flatMap(({ role, operatorId }) => (role === "operator" && operatorId !== null ? operatorId : []));
  const operatorIds = [...new Set([...linked.map(({ operatorId }) => operatorId), ...own])];
  if (operatorIds.length === 0) return { linked, inTeams: [], samePersons: [] };
  const teamIds = [...new Set(limited.flatMap(({ teams }) => teams ?? []))];
  const [inTeams, samePersons] = await db.batch([
    selectInTeams(db, organizationIds, teamIds),
    selectSamePersons(db, operatorIds),
  ]);
  return { linked, inTeams, samePersons };
}

async function readLinked(db: Database, organizationIds: readonly string[]): Promise<Linked[]> {
  if (organizationIds.length === 0) return [];
  const { organizationId, userId, operatorId } = memberships;
  const rows = await db
    .select({ organizationId, userId, operatorId })
    .from(memberships)
    .where(and(inArray(organizationId, valueList(organizationIds)), isNotNull(operatorId)));
  return rows.map((row) => ({ ...row, operatorId: row.operatorId ?? "" }));
}

function selectInTeams(db: Database, organizationIds: readonly string[], teamIds: readonly string[]) {
  const { organizationId, teamId, userId } = teamMembers;
  const named = and(inArray(organizationId, valueList(organizationIds)), inArray(teamId, valueList(teamIds)));
  return db.select({ organizationId, teamId, userId }).from(teamMembers).where(named);
}

/** These operators and those they were merged into, whose calls theirs became. UNION ends it even on a cycle. */
function selectSamePersons(db: Database, ids: readonly string[]) {
  return db
    .select({
      organizationId: sql<string>`organization_id`.as("same_organization"),
      given: sql<string>`given`.as("same_given"),
      id: sql<string>`id`.as("same_id"),
    })
    .from(
      sql`(
    WITH RECURSIVE chain(organization_id, given, id) AS (
      SELECT organization_id, id, id FROM operators WHERE id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))
      UNION SELECT chain.organization_id, chain.given, next.merged_into
        FROM chain JOIN operators AS next ON next.id = chain.id WHERE next.merged_into IS NOT NULL)
    SELECT organization_id, given, id FROM chain)`,
    );
}
