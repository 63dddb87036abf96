import { eq, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { invitations, memberships, organizations, users } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import type { Naming } from "../organizations";
import { openInvitation } from "./invitations";

/** What a link invites to. `hasAccount`: whether the address can sign in already. */
export type OpenInvitation = {
  email: string;
  role: string;
  organization: string;
  naming: Naming;
  hasAccount: boolean;
};

/** The invitation of a link; undefined when it is over, spent or none. */
export async function readInvitation(db: Database, token: string, now: number): Promise<OpenInvitation | undefined> {
  const row = await db
    .select({
      email: invitations.email,
      role: invitations.role,
      organization: organizations.name,
      naming: organizations.naming,
      hasAccount: sql<number>`EXISTS (SELECT 1 FROM ${users} WHERE ${users.email} = ${invitations.email})`,
    })
    .from(invitations)
    .innerJoin(organizations, eq(organizations.id, invitations.organizationId))
    .where(await openInvitation(token, now))
    .get();
  return row && { ...row, hasAccount: row.hasAccount === 1 };
}

export type Accepted = { userId: string; organizationId: string };

/** The id of the account that an acceptance is going to make, so that the audit log can name it as the actor. */
export function newUserId(now: number): string {
  return newId("usr", now);
}

/**
 * Accepts an invitation with a new account. The invitation is spent in the batch that makes the account: of many at the
 * same time one makes it, and the others find no invitation.
 */
export async function acceptWithNewAccount(
  { db }: { db: Database },
  { token, userId, name, passwordHash }: { token: string; userId: string; name: string; passwordHash: string },
  now: number,
): Promise<Result<Accepted, DomainError>> {
  const good = await openInvitation(token, now);
  const row = await db.select().from(invitations).where(good).get();
  if (!row) return err(OVER);
  const isFree = sql`NOT EXISTS (SELECT 1 FROM ${users} WHERE email = ${row.email})`;
  const isOurs = sql`EXISTS (SELECT 1 FROM ${users} WHERE id = ${userId})`;
  const [joined] = await runBatch(db, [
    join(db, good, userId, now, isFree),
    db.run(sql`INSERT INTO ${users} (id, email, name, password_hash, created_at)
      SELECT ${userId}, email, ${name}, ${passwordHash}, ${now} FROM ${invitations} WHERE ${good} AND ${isFree}`),
    db.run(sql`DELETE FROM ${invitations} WHERE ${good} AND ${isOurs}`),
  ]);
  if (changesOf(joined) > 0) return ok({ userId, organizationId: row.organizationId });
  const stillOpen = await readInvitation(db, token, now);
  return err(stillOpen?.hasAccount ? SIGN_IN_FIRST : OVER);
}

/** Accepts an invitation for the person who is signed in: it must be to their own address. */
export async function acceptWithAccount(
  { db }: { db: Database },
  { token, userId }: { token: string; userId: string },
  now: number,
): Promise<Result<Accepted, DomainError>> {
  const good = await openInvitation(token, now);
  const row = await db.select().from(invitations).where(good).get();
  if (!row) return err(OVER);
  const isTheirs = sql`email = (SELECT users.email FROM ${users} WHERE users.id = ${userId})`;
  const [, spent] = await runBatch(db, [
    join(db, good, userId, now, isTheirs),
    db.run(sql`DELETE FROM ${invitations} WHERE ${good} AND ${isTheirs}`),
  ]);
  if (changesOf(spent) > 0) return ok({ userId, organizationId: row.organizationId });
  const stillOpen = await readInvitation(db, token, now);
  return err(stillOpen ? OTHER_ADDRESS : OVER);
}

/** The statement that makes someone a member by an invitation that is good, where `when` is true too. */
function join(
  db: Database,
  good: Awaited<ReturnType<typeof openInvitation>>,
  userId: string,
  now: number,
  when: unknown,
) {
  return db.run(sql`INSERT INTO ${memberships} (organization_id, user_id, role, campaigns, teams, created_at)
    SELECT organization_id, ${userId}, role, campaigns, teams, ${now} FROM ${invitations} WHERE ${good} AND ${when}
    ON CONFLICT DO NOTHING`);
}

export const OVER = notFound("invitation, or it is over");
export const SIGN_IN_FIRST: DomainError = {
  kind: "conflict",
  message: "This address has an account. Sign in with it, then open the link again.",
};
const OTHER_ADDRESS: DomainError = {
  kind: "forbidden",
  message: "The invitation is for another address than the one you signed in with.",
};
