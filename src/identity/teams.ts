import { and, eq, inArray, sql, type SQL } from "drizzle-orm";
import { changesOf, runBatch, type Database, type Statement } from "../db/client";
import { inOrder, isAfter, type Order } from "../db/order";
import { campaigns, tasks, teamMembers, teams } from "../db/schema";
import { valueList } from "../db/value-list";
import { invalid, notFound, type DomainError } from "../errors";
import { foldName } from "../lib/fold-name";
import { newId } from "../lib/id";
import { err, ok, type Result } from "../lib/result";
import type { Act } from "./actor";

// Teams of people that tasks are assigned to. Campaigns name their team, so every write of a team also says anew which
// team each campaign means: a new call then asks nothing more than its campaign.

export type TeamRow = typeof teams.$inferSelect;

/** The position of a page: after the team with this id. */
export type TeamPosition = { id: string };

/** Each campaign's calls may look for a team, and a page of the dashboard shows them all. */
export const MAX_TEAMS = 200;

type Target = { organizationId: string; id: string };
type Deps = { db: Database };

const TAKEN = invalid("name", "is the name of another team, whatever the case and accents");
const FULL: DomainError = { kind: "conflict", message: `An organization has at most ${MAX_TEAMS} teams.` };

/** Creates a team. Campaigns that named it before it was there mean it from now on. */
export async function createTeam(
  { db }: Deps,
  input: { organizationId: string; name: string },
  { now }: Act,
): Promise<Result<TeamRow, DomainError>> {
  const { organizationId, name } = input;
  const row: TeamRow = { id: newId("tem", now), organizationId, name, foldedName: foldName(name), createdAt: now };
  const [inserted] = await runBatch(db, [
    db.run(sql`INSERT INTO ${teams} (id, organization_id, name, folded_name, created_at)
      SELECT ${row.id}, ${organizationId}, ${name}, ${row.foldedName}, ${now}
      WHERE (SELECT count(*) FROM ${teams} WHERE organization_id = ${organizationId}) < ${MAX_TEAMS}
      ON CONFLICT DO NOTHING`),
    relinkCampaigns(db, organizationId),
  ]);
  if (changesOf(inserted) > 0) return ok(row);
  return err((await findTeam(db, organizationId, name)) ? TAKEN : FULL);
}

/** The organization's teams, the oldest first. */
export async function listTeams(
  db: Database,
  query: { organizationId: string; limit: number; after?: TeamPosition; order?: Order },
): Promise<TeamRow[]> {
  const { order = "ascending" } = query;
  return db
    .select()
    .from(teams)
    .where(and(eq(teams.organizationId, query.organizationId), isAfter(teams.id, order, query.after?.id)))
    .orderBy(inOrder(teams.id, order))
    .limit(query.limit);
}

export async function readTeam(db: Database, target: Target): Promise<Result<TeamRow, DomainError>> {
  const row = await db.select().from(teams).where(named(target)).get();
  return row ? ok(row) : err(notFound("team"));
}

/** Renames a team. Campaigns that named the old name mean no team then, or another one that has it. */
export async function renameTeam(
  { db }: Deps,
  target: Target,
  name: string,
  _act: Act,
): Promise<Result<TeamRow, DomainError>> {
  const foldedName = foldName(name);
  const free = sql`NOT EXISTS (SELECT 1 FROM ${teams} AS other WHERE other.organization_id = ${target.organizationId}
    AND other.folded_name = ${foldedName} AND other.id <> ${target.id})`;
  await runBatch(db, [
    db
      .update(teams)
      .set({ name, foldedName })
      .where(and(named(target), free)),
    relinkCampaigns(db, target.organizationId),
  ]);
  const after = await readTeam(db, target);
  return after.ok && (after.value.name !== name || after.value.foldedName !== foldedName) ? err(TAKEN) : after;
}

/** How many open tasks a team has. */
export async function countOpenTasks(db: Database, teamId: string): Promise<number> {
  // The condition of the partial index is a literal: SQLite uses it only then.
  const row = await db
    .select({ total: sql<number>`count(*)` })
    .from(tasks)
    .where(sql`state = 'open' AND team_id IS NOT NULL AND team_id = ${teamId}`)
    .get();
  return row?.total ?? 0;
}

/**
 * Deletes a team that has exactly `openTasks` open tasks, which are unassigned from then on: whoever deletes it has seen how
 * many there are. Tasks keep the id of the team they had, and no team of that id comes again.
 */
export async function deleteTeam(
  { db }: Deps,
  target: Target,
  openTasks: number,
  _act: Act,
): Promise<Result<void, DomainError>> {
  const found = await readTeam(db, target);
  if (!found.ok) return found;
  const open = sql`(SELECT count(*) FROM ${tasks} WHERE state = 'open' AND team_id IS NOT NULL AND team_id = ${target.id})`;
  const deleted = sql`NOT EXISTS (SELECT 1 FROM ${teams} WHERE id = ${target.id})`;
  const [gone] = await runBatch(db, [
    db.delete(teams).where(and(named(target), sql`${open} = ${openTasks}`)),
    db.delete(teamMembers).where(and(inTeam(target), deleted)),
    relinkCampaigns(db, target.organizationId),
  ]);
  if (changesOf(gone) > 0) return ok(undefined);
  const now = await countOpenTasks(db, target.id);
  return err({ kind: "conflict", message: `The team has ${now} open tasks. Confirm with open_tasks=${now}.` });
}

/** The team of this name, whatever its case and accents. */
export async function findTeam(db: Database, organizationId: string, name: string): Promise<TeamRow | undefined> {
  return db
    .select()
    .from(teams)
    .where(and(eq(teams.organizationId, organizationId), eq(teams.foldedName, foldName(name))))
    .get();
}

/** Whether all of these are teams of the organization. */
export async function hasTeams(db: Database, organizationId: string, ids: readonly string[]): Promise<boolean> {
  const found = await db
    .select({ id: teams.id })
    .from(teams)
    .where(and(eq(teams.organizationId, organizationId), inArray(teams.id, valueList(ids))));
  return found.length === new Set(ids).size;
}

/** Writes anew which teams the campaigns mean, for all their calls and for those of single sources. */
function relinkCampaigns(db: Database, organizationId: string): Statement {
  const meant = (key: SQL) =>
    sql`(SELECT id FROM ${teams} WHERE organization_id = ${organizationId} AND folded_name = ${key})`;
  const { settings } = campaigns;
  const ofAll = meant(sql`${settings} ->> '$.teamKey'`);
  const ofOne = meant(sql`one.value ->> '$.teamKey'`);
  const withTeam = sql`FROM json_each(${settings}, '$.bySource') AS one WHERE one.value ->> '$.teamKey' IS NOT NULL`;
  const ofSources = sql`(SELECT json_group_object(one.key, json_object('teamId', ${ofOne})) ${withTeam})`;
  const isNamed = sql`EXISTS (SELECT 1 ${withTeam})`;
  return db
    .update(campaigns)
    .set({
      settings: sql`json_patch(json_patch(${settings},
        CASE WHEN ${isNamed} THEN json_object('bySource', json(${ofSources})) ELSE '{}' END),
        json_object('teamId', ${ofAll}))`,
    })
    .where(
      and(
        eq(campaigns.organizationId, organizationId),
        sql`((${settings} ->> '$.teamKey' IS NOT NULL AND ${settings} ->> '$.teamId' IS NOT ${ofAll})
          OR EXISTS (SELECT 1 ${withTeam} AND one.value ->> '$.teamId' IS NOT ${ofOne}))`,
      ),
    );
}

function named({ organizationId, id }: Target): SQL | undefined {
  return and(eq(teams.organizationId, organizationId), eq(teams.id, id));
}

export function inTeam({ organizationId, id }: Target): SQL | undefined {
  return and(eq(teamMembers.organizationId, organizationId), eq(teamMembers.teamId, id));
}
