import { eq, or, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { memberships, organizations, users } from "../../db/schema";
import type { DomainError } from "../../errors";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import type { Act } from "../actor";
import { findUser } from "./users";

/** Whether the deployment has an owner of any organization: from then on it is not set up anew. */
export async function hasOwner(db: Database): Promise<boolean> {
  const found = await db
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(eq(memberships.role, "owner"))
    .limit(1);
  return found.length > 0;
}

export type FirstOwner = {
  /** The id or name of an organization that is there, or the name of a new one. */
  organization: string;
  email: string;
  name: string;
  passwordHash: string;
};

/**
 * Makes the first owner of the deployment, once: each statement asks again whether there is one, so that of two at the
 * same time the second makes nothing.
 */
export async function makeFirstOwner(
  { db }: { db: Database },
  { organization, email, name, passwordHash }: FirstOwner,
  act: Act,
): Promise<Result<{ userId: string; organizationId: string }, DomainError>> {
  if (await findUser(db, email)) return err(taken("This e-mail address has an account already."));
  const known = await db
    .select({ id: organizations.id })
    .from(organizations)
    .where(or(eq(organizations.id, organization), eq(organizations.name, organization)))
    .get();
  const organizationId = known?.id ?? newId("org", act.now);
  const userId = newId("usr", act.now);
  const none = sql`NOT EXISTS (SELECT 1 FROM ${memberships} WHERE role = 'owner')`;
  const isOurs = sql`EXISTS (SELECT 1 FROM ${memberships} WHERE user_id = ${userId})`;
  const [, made] = await runBatch(db, [
    db.run(sql`INSERT INTO ${organizations} (id, name, created_at)
      SELECT ${organizationId}, ${organization}, ${act.now} WHERE ${none} ON CONFLICT DO NOTHING`),
    db.run(sql`INSERT INTO ${memberships} (organization_id, user_id, role, created_at)
      SELECT ${organizationId}, ${userId}, 'owner', ${act.now} WHERE ${none}`),
    db.run(sql`INSERT INTO ${users} (id, email, name, password_hash, created_at)
      SELECT ${userId}, ${email}, ${name}, ${passwordHash}, ${act.now} WHERE ${isOurs}`),
  ]);
  if (changesOf(made) === 0) return err(taken("This deployment has its first owner already."));
  return ok({ userId, organizationId });
}

function taken(message: string): DomainError {
  return { kind: "conflict", message };
}
