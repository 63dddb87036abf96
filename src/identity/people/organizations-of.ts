import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { changesOf, type Database } from "../../db/client";
import { memberships, organizations, sessions } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import type { Act } from "../actor";

/** An organization that a person belongs to. */
export type OwnOrganization = { id: string; name: string; role: string };

/** The organizations of a person that they may open, by name. */
export async function organizationsOf(db: Database, userId: string): Promise<OwnOrganization[]> {
  return db
    .select({ id: organizations.id, name: organizations.name, role: memberships.role })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.organizationId))
    .where(and(eq(memberships.userId, userId), isNull(memberships.disabledAt)))
    .orderBy(asc(organizations.name), asc(organizations.id));
}

/** Opens another organization of the person in their session. */
export async function switchOrganization(
  { db }: { db: Database },
  { hash, userId, organizationId }: { hash: string; userId: string; organizationId: string },
  _act: Act,
): Promise<Result<void, DomainError>> {
  const switched = await db.run(sql`UPDATE ${sessions} SET organization_id = ${organizationId}
    WHERE hash = ${hash} AND user_id = ${userId} AND EXISTS (SELECT 1 FROM ${memberships}
      WHERE organization_id = ${organizationId} AND user_id = ${userId} AND disabled_at IS NULL)`);
  return changesOf(switched) > 0 ? ok(undefined) : err(notFound("organization"));
}
