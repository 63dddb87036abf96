import { and, desc, eq, lt, sql, type SQL } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { insertRow, writeRow } from "../../db/rows";
import { reportRuns, reportSchedules } from "../../db/schema";
import { findCampaign } from "../../calls";
import { invalid, notFound, type DomainError } from "../../errors";
import { actEntries, actorText, isLimited, type Act, type Caller, type Within } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import type { NewSchedule, ScheduleChanges } from "./input";
import { lastSending, nextSending } from "./plan";
import { recipientsAmong } from "./standing";

export type ScheduleRow = typeof reportSchedules.$inferSelect;
export type RunRow = typeof reportRuns.$inferSelect;

/** Each may be sent every day. */
export const MOST_SCHEDULES = 100;

const FULL: DomainError = {
  kind: "conflict",
  message: `An organization has at most ${MOST_SCHEDULES} reports that are sent.`,
};
const BY_WHOM: DomainError = {
  kind: "forbidden",
  message: "A report is sent with the rights of a member or of an API key; a token ends too soon.",
};
const TO_WHOM = invalid("recipients", "name somebody, or have webhooks told");

/** Who reaches the whole organization sees all schedules, others their own. */
function visibleTo({ reach, actor }: Pick<Caller, "reach" | "actor">): SQL | undefined {
  return isLimited(reach) ? eq(reportSchedules.createdBy, actorText(actor)) : undefined;
}

/** Who may see what: the organization, the reach and who asks. */
type Asker = Within & Pick<Caller, "actor">;

/** Says that a report is to be sent. `id`: chosen before; asked for twice, it makes one. It has the rights of who says so. */
export async function createSchedule(
  db: Database,
  asker: Asker & { id?: string | undefined },
  input: NewSchedule,
  act: Act,
): Promise<Result<ScheduleRow, DomainError>> {
  const { organizationId, reach } = asker;
  const checked = await check(db, asker, input);
  if (!checked.ok) return checked;
  const owner = checked.value;
  const row: ScheduleRow = {
    organizationId,
    id: asker.id ?? newId("rps", act.now),
    name: input.name,
    report: input.report,
    every: input.every,
    weekday: input.weekday,
    hour: input.hour,
    zone: input.time_zone,
    recipients: [...new Set(input.recipients)],
    tells: input.tells_webhooks,
    paused: false,
    pausedReason: null,
    dueAt: nextSending({ ...input, zone: input.time_zone }, act.now).dueAt,
    leaseUntil: 0,
    attempts: 0,
    reached: [],
    sentAt: null,
    trouble: null,
    createdBy: actorText(act.actor),
    createdAt: act.now,
    version: 1,
    owner,
    reach,
  };
  const isRoom = sql`(SELECT count(*) FROM ${reportSchedules} WHERE organization_id = ${organizationId}) < ${MOST_SCHEDULES}`;
  const [made] = await runBatch(db, [writeRow(db, insertRow(reportSchedules, row, isRoom))]);
  if (changesOf(made) > 0) return ok(row);
  const before = await readSchedule(db, { ...asker, id: row.id });
  return before.ok ? before : err(FULL);
}

/** Whether it may be sent so, by this actor. Who got it `before` may have left: they get nothing. Gives whose rights it has. */
async function check(
  db: Database,
  { organizationId, reach, actor }: Asker,
  { report, recipients, tells_webhooks: tells }: Pick<NewSchedule, "report" | "recipients" | "tells_webhooks">,
  before: readonly string[] = [],
): Promise<Result<{ kind: string; id: string }, DomainError>> {
  if (actor.kind !== "user" && actor.kind !== "apiKey") return err(BY_WHOM);
  if (recipients.length === 0 && !tells) return err(TO_WHOM);
  if (report.campaign_id !== undefined) {
    const campaign = await findCampaign(db, { organizationId, reach, campaignId: report.campaign_id });
    if (!campaign.ok) return err(invalid("report.campaign_id", "is no campaign that you reach"));
  }
  const added = recipients.filter((id) => !before.includes(id));
  const known = added.length === 0 ? [] : await recipientsAmong(db, organizationId, added);
  const unknown = added.find((id) => !known.some((one) => one.id === id));
  if (unknown !== undefined) return err(invalid("recipients", "must be members who may read reports"));
  return ok({ kind: actor.kind, id: actor.id });
}

export async function readSchedule(
  db: Database,
  { organizationId, id, ...asker }: Asker & { id: string },
): Promise<Result<ScheduleRow, DomainError>> {
  const row = await db
    .select()
    .from(reportSchedules)
    .where(and(eq(reportSchedules.organizationId, organizationId), eq(reportSchedules.id, id), visibleTo(asker)))
    .get();
  return row ? ok(row) : err(notFound("report schedule"));
}

/** The schedules that somebody may see, newest first. */
export async function listSchedules(
  db: Database,
  { organizationId, ...asker }: Asker,
  { limit, after }: { limit: number; after?: { id: string } | undefined },
): Promise<ScheduleRow[]> {
  return db
    .select()
    .from(reportSchedules)
    .where(
      and(
        eq(reportSchedules.organizationId, organizationId),
        after && lt(reportSchedules.id, after.id),
        visibleTo(asker),
      ),
    )
    .orderBy(desc(reportSchedules.id))
    .limit(limit);
}

/** Changes a schedule. From then on it has the rights of who changed it, also where they let it go on. */
export async function updateSchedule(
  db: Database,
  target: Asker & { id: string; seen?: number | undefined },
  changes: ScheduleChanges,
  act: Act,
): Promise<Result<ScheduleRow, DomainError>> {
  const found = await readSchedule(db, target);
  if (!found.ok) return found;
  const before = found.value;
  if (target.seen !== undefined && target.seen !== before.version) return err(CHANGED);
  const wanted: NewSchedule = {
    name: changes.name ?? before.name,
    report: changes.report ?? (before.report as NewSchedule["report"]),
    every: changes.every ?? before.every,
    weekday: changes.weekday ?? before.weekday,
    hour: changes.hour ?? before.hour,
    time_zone: changes.time_zone ?? before.zone,
    recipients: changes.recipients ?? before.recipients,
    tells_webhooks: changes.tells_webhooks ?? before.tells,
  };
  const paused = changes.paused ?? before.paused;
  // Whoever stops it takes nothing over, and need not be able to.
  const isStop = changes.paused === true && Object.keys(changes).length === 1;
  const checked = isStop ? ok(before.owner) : await check(db, target, wanted, before.recipients);
  if (!checked.ok) return checked;
  const row: ScheduleRow = {
    ...before,
    name: wanted.name,
    report: wanted.report,
    every: wanted.every,
    weekday: wanted.weekday,
    hour: wanted.hour,
    zone: wanted.time_zone,
    recipients: [...new Set(wanted.recipients)],
    tells: wanted.tells_webhooks,
    paused,
    pausedReason: paused ? before.pausedReason : null,
    dueAt: nextSending({ ...wanted, zone: wanted.time_zone }, act.now).dueAt,
    owner: checked.value,
    createdBy: isStop ? before.createdBy : actorText(act.actor),
    reach: isStop ? before.reach : target.reach,
    version: before.version + 1,
  };
  const { organizationId: _, id: __, ...set } = row;
  const changed = await db
    .update(reportSchedules)
    .set(set)
    .where(and(keyOf(before), eq(reportSchedules.version, before.version)))
    .returning({ id: reportSchedules.id });
  return changed.length > 0 ? ok(row) : err(CHANGED);
}

const CHANGED: DomainError = { kind: "conflict", message: "Somebody else changed it meanwhile: read it again." };

/** Deletes a schedule with what is known of its sendings: their links open nothing any more. */
export async function deleteSchedule(
  db: Database,
  target: Asker & { id: string },
): Promise<Result<ScheduleRow, DomainError>> {
  const found = await readSchedule(db, target);
  if (!found.ok) return found;
  const { organizationId, id } = found.value;
  await runBatch(db, [
    db.delete(reportSchedules).where(keyOf(found.value)),
    db.delete(reportRuns).where(and(eq(reportRuns.organizationId, organizationId), eq(reportRuns.scheduleId, id))),
  ]);
  return found;
}

/**
 * Has a report sent now, beside its plan: the one that was due last. `request`: asked for twice, it is sent once. It has the
 * rights of its owner, so whoever asks has to reach what they reached. The next turn of the cron sends it.
 */
export async function sendNow(
  db: Database,
  target: Asker & { id: string; request?: string | undefined },
  act: Act,
): Promise<Result<RunRow, DomainError>> {
  const found = await readSchedule(db, target);
  if (!found.ok) return found;
  const schedule = found.value;
  const period = `now:${target.request ?? newId("req", act.now)}`;
  const row = runOf(schedule, lastSending(schedule, act.now), period, act.now);
  const { organizationId } = schedule;
  const what = { organizationId, action: "report_schedule.sent" as const, resourceType: "report_schedule" };
  const isNew = sql`EXISTS (SELECT 1 FROM ${reportRuns} WHERE organization_id = ${organizationId} AND id = ${row.id})`;
  await runBatch(db, [
    writeRow(db, insertRow(reportRuns, row)),
    actEntries(db, { ...what, resourceIds: [schedule.id], after: { run: row.id } }, act, isNew),
  ]);
  const run = await db
    .select()
    .from(reportRuns)
    .where(
      and(
        eq(reportRuns.organizationId, organizationId),
        eq(reportRuns.scheduleId, schedule.id),
        eq(reportRuns.period, period),
      ),
    )
    .get();
  return ok(run ?? row);
}

/** The sendings of a schedule, newest first. */
export async function listRuns(
  db: Database,
  { organizationId, id }: Pick<ScheduleRow, "organizationId" | "id">,
  { limit, after }: { limit: number; after?: { id: string } | undefined },
): Promise<RunRow[]> {
  return db
    .select()
    .from(reportRuns)
    .where(
      and(
        eq(reportRuns.organizationId, organizationId),
        eq(reportRuns.scheduleId, id),
        after && lt(reportRuns.id, after.id),
      ),
    )
    .orderBy(desc(reportRuns.id))
    .limit(limit);
}

/** The row of a sending: with what it is of, and whose rights it has, as they are now. */
export function runOf(
  schedule: ScheduleRow,
  { from, until }: { from: number; until: number },
  period: string,
  now: number,
): RunRow {
  return {
    organizationId: schedule.organizationId,
    id: newId("rpr", now),
    scheduleId: schedule.id,
    period,
    fromDay: from,
    untilDay: until,
    name: schedule.name,
    report: schedule.report,
    owner: schedule.owner,
    reach: schedule.reach,
    state: "open",
    letters: Object.fromEntries(schedule.recipients.map((id) => [id, "waiting" as const])),
    tells: schedule.tells,
    told: false,
    dueAt: now,
    attempts: 0,
    createdAt: now,
    endedAt: null,
  };
}

/** The last sending of a schedule that was due by then, and when the next one after it is. */
export function lastSendingOf(schedule: ScheduleRow, now: number) {
  return lastSending(schedule, now);
}

export function nextDueOf(schedule: ScheduleRow, now: number): number {
  return nextSending(schedule, now).dueAt;
}

export function keyOf({ organizationId, id }: Pick<ScheduleRow, "organizationId" | "id">) {
  return and(eq(reportSchedules.organizationId, organizationId), eq(reportSchedules.id, id));
}
