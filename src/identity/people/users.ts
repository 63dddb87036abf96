import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { changesOf, runBatch, type Database } from "../../db/client";
import { memberships, users } from "../../db/schema";
import type { DomainError } from "../../errors";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import type { Act } from "../actor";
import type { RoleName } from "../permissions";
import { hashPassword } from "./password";

export type UserRow = typeof users.$inferSelect;

/** An address as the name of an account: letters of either case are the same. */
export const emailAddress = z.string().trim().toLowerCase().pipe(z.email("is not an e-mail address").max(254));

type NewMember = { organizationId: string; email: string; name: string; role: RoleName; password?: string };

/**
 * Makes someone a member of an organization. Who has no account yet gets one; the name and password of who has one stay
 * as they are, because they are theirs in other organizations too.
 */
export async function addMember(
  { db }: { db: Database },
  { organizationId, email, name, role, password }: NewMember,
  { now }: Act,
): Promise<Result<UserRow, DomainError>> {
  const passwordHash = password === undefined ? null : await hashPassword(password);
  const fresh: UserRow = { id: newId("usr", now), email, name, passwordHash, locale: null, createdAt: now };
  const [, added] = await runBatch(db, [
    db.insert(users).values(fresh).onConflictDoNothing(),
    db.run(sql`INSERT INTO ${memberships} (organization_id, user_id, role, created_at)
      SELECT ${organizationId}, id, ${role}, ${now} FROM ${users} WHERE email = ${email}
      ON CONFLICT DO NOTHING`),
  ]);
  if (changesOf(added) === 0) return err({ kind: "conflict", message: "This person is a member already." });
  const user = await findUser(db, email);
  if (!user) throw new Error("a user that was made is not there");
  return ok(user);
}

/** The user of an address. */
export async function findUser(db: Database, email: string): Promise<UserRow | undefined> {
  return db.select().from(users).where(eq(users.email, email)).get();
}

/** The role of a user in an organization. */
export async function roleOf(
  db: Database,
  { userId, organizationId }: { userId: string; organizationId: string },
): Promise<string | undefined> {
  const row = await db
    .select({ role: memberships.role })
    .from(memberships)
    .where(and(eq(memberships.userId, userId), eq(memberships.organizationId, organizationId)))
    .get();
  return row?.role;
}
