import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../db/client";
import { memberships, teamMembers, teams, users } from "../db/schema";
import { valueList } from "../db/value-list";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { Act } from "./actor";
import { inTeam, readTeam } from "./teams";

/** A person in a team. */
export type TeamMember = { userId: string; name: string; email: string; addedAt: number };

/** A page of the dashboard shows them all, and a notice to the team goes to each. */
export const MAX_TEAM_MEMBERS = 200;

type Target = { organizationId: string; id: string };
type Deps = { db: Database };

/** The members of a team that are members of its organization now, by name. */
export async function listTeamMembers(db: Database, team: Target): Promise<TeamMember[]> {
  // People and work are asked apart: they may live in two databases (ADR 0035).
  const rows = await db.select().from(teamMembers).where(inTeam(team));
  const added = new Map(rows.map((row) => [row.userId, row.createdAt]));
  const people = await db
    .select({ userId: users.id, name: users.name, email: users.email })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.organizationId, team.organizationId),
        inArray(memberships.userId, valueList([...added.keys()])),
      ),
    )
    .orderBy(asc(users.name), asc(users.id));
  return people.map((one) => ({ ...one, addedAt: added.get(one.userId) ?? 0 }));
}

/** Adds a member of the organization to a team. One who is in it stays. */
export async function addTeamMember(
  { db }: Deps,
  team: Target,
  userId: string,
  { now }: Act,
): Promise<Result<void, DomainError>> {
  const found = await readTeam(db, team);
  if (!found.ok) return found;
  const member = await db
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(and(eq(memberships.organizationId, team.organizationId), eq(memberships.userId, userId)))
    .get();
  if (!member) return err(notFound("member"));
  const [added] = await runBatch(db, [
    db.run(sql`INSERT INTO ${teamMembers} (organization_id, team_id, user_id, created_at)
      SELECT organization_id, id, ${userId}, ${now} FROM ${teams}
      WHERE organization_id = ${team.organizationId} AND id = ${team.id}
        AND (SELECT count(*) FROM ${teamMembers} WHERE ${inTeam(team)}) < ${MAX_TEAM_MEMBERS}
      ON CONFLICT DO NOTHING`),
  ]);
  if (changesOf(added) > 0 || (await isIn(db, team, userId))) return ok(undefined);
  const still = await readTeam(db, team);
  return still.ok ? err({ kind: "conflict", message: `A team has at most ${MAX_TEAM_MEMBERS} members.` }) : still;
}

/** Takes somebody out of a team. */
export async function removeTeamMember(
  { db }: Deps,
  team: Target,
  userId: string,
  _act: Act,
): Promise<Result<void, DomainError>> {
  const removed = await db
    .delete(teamMembers)
    .where(and(inTeam(team), eq(teamMembers.userId, userId)))
    .returning({ userId: teamMembers.userId });
  return removed.length > 0 ? ok(undefined) : err(notFound("member"));
}

async function isIn(db: Database, team: Target, userId: string): Promise<boolean> {
  const row = await db
    .select({ userId: teamMembers.userId })
    .from(teamMembers)
    .where(and(inTeam(team), eq(teamMembers.userId, userId)))
    .get();
  return row !== undefined;
}
