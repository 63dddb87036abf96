import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import type { memberships } from "../db/schema";
import { FULL_REACH, type Reach } from "./reach";

type Membership = Pick<
  typeof memberships.$inferSelect,
  "organizationId" | "role" | "campaigns" | "teams" | "operatorId"
>;

/**
 * The reach of a member. An owner has no limits. An operator reaches the calls of the operator that an admin linked them
 * with, and without one nothing. There are no teams yet, so a limit to teams reaches nothing.
 */
export async function reachOfMember(db: Database, member: Membership): Promise<Reach> {
  const { organizationId, role, campaigns, teams, operatorId } = member;
  if (role === "owner") return FULL_REACH;
  if (teams !== null) return { campaigns, operators: [] };
  if (role !== "operator") return { campaigns, operators: null };
  return { campaigns, operators: operatorId === null ? [] : await samePersons(db, organizationId, [operatorId]) };
}

/** These operators and those they were merged into, whose calls theirs became. UNION ends it even on a cycle. */
async function samePersons(db: Database, organizationId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    WITH RECURSIVE chain(id) AS (
      SELECT id FROM operators WHERE organization_id = ${organizationId}
        AND id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))
      UNION SELECT next.merged_into FROM chain JOIN operators AS next ON next.id = chain.id
        WHERE next.merged_into IS NOT NULL)
    SELECT id FROM chain`);
  return rows.map(({ id }) => id);
}
