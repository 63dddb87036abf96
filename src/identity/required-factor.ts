import { eq, sql, type SQL } from "drizzle-orm";
import { changesOf, type Database } from "../db/client";
import { memberships, organizations, passkeys, userTotp } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { Act } from "./actor";
import type { OrganizationRow } from "./organizations";

/**
 * Sets whether an organization requires a second factor of its members, by the organization itself (the admin's way is
 * `governOrganization`). A person who requires a second factor has one, and for a program an owner has,
 * so that nobody who could undo it is led away from their work by it. It holds at the next request of each member.
 */
export async function chooseSecondFactor(
  { db }: { db: Database },
  { organizationId, required, rpId }: { organizationId: string; required: boolean; rpId: string | undefined },
  { actor }: Act,
): Promise<Result<void, DomainError>> {
  if (!required) {
    await db.update(organizations).set({ requireSecondFactor: false }).where(eq(organizations.id, organizationId));
    return ok(undefined);
  }
  const who = actor.kind === "user" ? sql`user_id = ${actor.id}` : sql`role = 'owner' AND disabled_at IS NULL`;
  const isSafe = sql`EXISTS (SELECT 1 FROM ${memberships} WHERE organization_id = ${organizationId} AND ${who}
    AND ${hasFactorHere(sql`memberships.user_id`, rpId)})`;
  const changed = await db.run(sql`UPDATE ${organizations} SET require_second_factor = 1
    WHERE id = ${organizationId} AND ${isSafe}`);
  return changesOf(changed) > 0 ? ok(undefined) : err(actor.kind === "user" ? YOURSELF_FIRST : AN_OWNER_FIRST);
}

/** An organization, with how many of its members would be asked to set up a second factor. */
export async function readRequiredFactor(
  db: Database,
  { organizationId, rpId }: { organizationId: string; rpId: string | undefined },
): Promise<Result<{ organization: OrganizationRow; members: number; without: number }, DomainError>> {
  const has = hasFactorHere(sql`memberships.user_id`, rpId);
  const [row, [count]] = await Promise.all([
    db.select().from(organizations).where(eq(organizations.id, organizationId)).get(),
    db.all<{
      members: number;
      without: number;
    }>(sql`SELECT count(*) AS members, count(*) FILTER (WHERE NOT ${has}) AS without
      FROM ${memberships} WHERE organization_id = ${organizationId} AND disabled_at IS NULL`),
  ]);
  if (!row) return err(notFound("organization"));
  return ok({ organization: row, members: count?.members ?? 0, without: count?.without ?? 0 });
}

function hasFactorHere(userId: SQL, rpId: string | undefined): SQL {
  return sql`(EXISTS (SELECT 1 FROM ${userTotp} WHERE user_totp.user_id = ${userId} AND confirmed_at IS NOT NULL)
    OR EXISTS (SELECT 1 FROM ${passkeys} WHERE passkeys.user_id = ${userId} AND rp_id = ${rpId ?? ""}))`;
}

const YOURSELF_FIRST: DomainError = {
  kind: "conflict",
  message: "Set up a second factor of your own first, or you would be led away from here yourself.",
};
const AN_OWNER_FIRST: DomainError = {
  kind: "conflict",
  message: "No owner has a second factor yet: one of them has to set one up first.",
};
