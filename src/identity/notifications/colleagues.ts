import { and, asc, eq, isNull } from "drizzle-orm";
import type { Database } from "../../db/client";
import { memberships, users } from "../../db/schema";
import { reachesOfMembers } from "../reach-of-member";
import { audienceOf, type Audience } from "./audience";

/** A member of an organization by name, with what they may do and see. */
export type Colleague = { userId: string; name: string; email: string; audience: Audience };

/** The members of an organization who are not disabled, by name: at most three round trips. */
export async function readColleagues(db: Database, organizationId: string): Promise<Colleague[]> {
  const rows = await db
    .select({ membership: memberships, name: users.name, email: users.email })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.organizationId, organizationId), isNull(memberships.disabledAt)))
    .orderBy(asc(users.name), asc(users.id));
  const reaches = await reachesOfMembers(
    db,
    rows.map(({ membership }) => membership),
  );
  return rows.flatMap(({ membership, name, email }, at) => {
    const reach = reaches[at];
    return reach ? [{ userId: membership.userId, name, email, audience: audienceOf(membership.role, reach) }] : [];
  });
}
