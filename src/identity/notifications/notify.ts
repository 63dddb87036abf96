import { and, asc, inArray, isNull, lt, sql } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import {
  memberships,
  mutedNotifications,
  notificationCauses,
  notifications,
  teamMembers,
  users,
} from "../../db/schema";
import { valueList } from "../../db/value-list";
import { DAY } from "../../lib/time";
import { reachesOfMembers } from "../reach-of-member";
import { audienceOf, mayBeNotified, type Audience } from "./audience";

type CauseRow = typeof notificationCauses.$inferSelect;
type Person = { organizationId: string; userId: string; audience: Audience };
type InTeam = typeof teamMembers.$inferSelect;

/** Causes taken at once, and the people that one of them reaches at most: one statement takes 2 MB of parameters. */
const AT_ONCE = 50;
export const MAX_NOTIFIED = 100;
/** Turns in one run; what is left waits for the next minute. */
const TURNS = 10;

/** How long a notification is kept, read or not, in milliseconds. */
export const KEEP_NOTIFICATIONS = 90 * DAY;

/** Writes the notifications of everything noted, to the inboxes of those who may see it. Gives how many causes it took. */
export async function notifyPeople(db: Database): Promise<number> {
  let taken = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const causes = await db
      .select()
      .from(notificationCauses)
      .orderBy(asc(notificationCauses.organizationId), asc(notificationCauses.cause))
      .limit(AT_ONCE);
    if (causes.length === 0) break;
    await writeNotifications(db, causes);
    taken += causes.length;
  }
  return taken;
}

/** Who is notified of a cause, with where and in which language they read letters; null: as the deployment has it. */
export async function whoIsNotified(
  db: Database,
  cause: Omit<CauseRow, "cause">,
): Promise<{ userId: string; email: string; language: string | null }[]> {
  const { people, silent, inTeams } = await readPeople(db, [{ ...cause, cause: "" }]);
  const meant = people
    .filter(
      (one) =>
        mayBeNotified(one.audience, cause) &&
        isMeant(one, { ...cause, cause: "" }, inTeams) &&
        !silent.has(muteKey(one, cause.kind)),
    )
    .slice(0, MAX_NOTIFIED)
    .map(({ userId }) => userId);
  const rows = await db
    .select({ userId: users.id, email: users.email, language: users.locale })
    .from(users)
    .where(inArray(users.id, valueList(meant)))
    .orderBy(asc(users.id));
  return rows;
}

/** Deletes what is too old, at most `limit` rows. */
export async function forgetOldNotifications(db: Database, now: number, limit: number): Promise<void> {
  const old = sql`(SELECT organization_id, user_id, cause FROM ${notifications}
    WHERE ${lt(notifications.createdAt, now - KEEP_NOTIFICATIONS)} LIMIT ${limit})`;
  await runBatch(db, [db.run(sql`DELETE FROM ${notifications} WHERE (organization_id, user_id, cause) IN ${old}`)]);
}

async function writeNotifications(db: Database, causes: readonly CauseRow[]): Promise<void> {
  const { people, silent, inTeams } = await readPeople(db, causes);
  const rows = causes.flatMap((cause) =>
    people
      .filter(
        (one) =>
          one.organizationId === cause.organizationId &&
          mayBeNotified(one.audience, cause) &&
          isMeant(one, cause, inTeams) &&
          !silent.has(muteKey(one, cause.kind)),
      )
      .slice(0, MAX_NOTIFIED)
      .map(({ userId }) => ({ ...cause, userId })),
  );
  const taken = JSON.stringify(causes.map(({ organizationId, cause }) => [organizationId, cause]));
  await runBatch(db, [
    db.run(sql`INSERT INTO ${notifications}
        (organization_id, user_id, cause, kind, subject_id, campaign_id, operator_id, team_id, created_at)
      SELECT value ->> 'organizationId', value ->> 'userId', value ->> 'cause', value ->> 'kind', value ->> 'subjectId',
        value ->> 'campaignId', value ->> 'operatorId', value ->> 'teamId', value ->> 'createdAt'
      FROM json_each(${JSON.stringify(rows)}) WHERE true ON CONFLICT DO NOTHING`),
    db.run(sql`DELETE FROM ${notificationCauses}
      WHERE (organization_id, cause) IN (SELECT value ->> 0, value ->> 1 FROM json_each(${taken}))`),
  ]);
}

/** The members of the causes' organizations with what each may see, who wants no notification of what, and the teams. */
async function readPeople(
  db: Database,
  causes: readonly CauseRow[],
): Promise<{ people: Person[]; silent: ReadonlySet<string>; inTeams: readonly InTeam[] }> {
  const organizationIds = valueList([...new Set(causes.map(({ organizationId }) => organizationId))]);
  const teamIds = valueList(causes.flatMap(({ teamId }) => teamId ?? []));
  // People and work are asked apart: they may live in two databases (ADR 0035).
  const [members, muted] = await db.batch([
    db
      .select()
      .from(memberships)
      .where(and(inArray(memberships.organizationId, organizationIds), isNull(memberships.disabledAt)))
      .orderBy(asc(memberships.organizationId), asc(memberships.userId)),
    db.select().from(mutedNotifications).where(inArray(mutedNotifications.organizationId, organizationIds)),
  ]);
  const inTeams = await db
    .select()
    .from(teamMembers)
    .where(and(inArray(teamMembers.organizationId, organizationIds), inArray(teamMembers.teamId, teamIds)));
  const reaches = await reachesOfMembers(db, members);
  const people = members.flatMap(({ organizationId, userId, role }, at) => {
    const reach = reaches[at];
    return reach ? { organizationId, userId, audience: audienceOf(role, reach) } : [];
  });
  return { people, silent: new Set(muted.map((row) => muteKey(row, row.kind))), inTeams };
}

function muteKey(
  { organizationId, userId }: Pick<Person, "organizationId" | "userId">,
  kind: CauseRow["kind"],
): string {
  return `${organizationId} ${userId} ${kind}`;
}

/**
 * What is for one person is for them alone. The work of a team is for its members; what no team has is for everybody who
 * may be notified of it.
 */
function isMeant({ userId }: Person, { teamId, userId: only }: CauseRow, inTeams: readonly InTeam[]): boolean {
  if (only !== null) return only === userId;
  return teamId === null || inTeams.some((row) => row.teamId === teamId && row.userId === userId);
}
