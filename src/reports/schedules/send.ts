import { and, asc, eq, lte, sql } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { insertRow, writeRow } from "../../db/rows";
import { organizations, reportRuns, reportSchedules, type LetterState } from "../../db/schema";
import { recordEvents } from "../../events";
import { DAY, MINUTE } from "../../lib/time";
import { reviewFigures } from "../figures";
import type { ReportFilter, Sums } from "../read";
import { reportByTime, sumOfReport } from "../read";
import { keyOf, lastSendingOf, nextDueOf, runOf, type RunRow } from "./schedules";
import { reasonToPause, recipientsAmong, type PausedBecause, type Recipient } from "./standing";

/** A letter that says that a report is there, with its totals. */
export type ReportLetter = {
  to: Recipient;
  organizationName: string;
  run: RunRow;
  total: Sums;
  now: number;
};

/** Hands a letter over; false where it was not taken. */
export type SendReport = (letter: ReportLetter) => Promise<boolean>;

export type SendReportsDeps = { db: Database; sendReport?: SendReport | undefined; now(): number };

/** Schedules that are begun, runs that are worked on and letters that are sent in one turn; the rest waits for the next. */
const AT_ONCE = { schedules: 100, runs: 20, letters: 40 };
/** Longer than the letters of a turn take. */
const LEASE = 15 * MINUTE;
/** A letter that was not taken is tried so often, and so much later each time. */
const MOST_TRIES = 3;
const TRY_AGAIN = 10 * MINUTE;

/**
 * Begins the sendings that are due, and works on those that are open. A sending is one row for each period, so it is begun
 * once however often this runs; a letter is marked before it is handed over, so a crash sends none twice.
 */
export async function sendDueReports(deps: SendReportsDeps): Promise<void> {
  const { db } = deps;
  const failures: unknown[] = [];
  await beginDue(db, deps.now());
  const open = await db
    .select()
    .from(reportRuns)
    .where(and(sql`state = 'open'`, lte(reportRuns.dueAt, deps.now())))
    .orderBy(asc(reportRuns.dueAt))
    .limit(AT_ONCE.runs);
  let letters: number = AT_ONCE.letters;
  for (const run of open) {
    try {
      const claimed = await claim(db, run, deps.now());
      if (claimed) letters -= await workOnRun(deps, claimed, letters);
    } catch (cause) {
      failures.push(cause);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("; "));
}

/** The row of the sending and the next due moment in one batch: neither is without the other. */
async function beginDue(db: Database, now: number): Promise<void> {
  const due = await db
    .select()
    .from(reportSchedules)
    .where(lte(reportSchedules.dueAt, now))
    .orderBy(asc(reportSchedules.dueAt))
    .limit(AT_ONCE.schedules);
  for (const schedule of due) {
    const { organizationId, id, dueAt, version } = schedule;
    const days = lastSendingOf(schedule, now);
    const run = runOf(schedule, days, `${days.from}-${days.until}`, now);
    const isStill = sql`EXISTS (SELECT 1 FROM ${reportSchedules} WHERE organization_id = ${organizationId} AND id = ${id}
      AND due_at = ${dueAt} AND version = ${version} AND paused = 0)`;
    await runBatch(db, [
      writeRow(db, insertRow(reportRuns, run, isStill)),
      db
        .update(reportSchedules)
        .set({ dueAt: nextDueOf(schedule, now) })
        .where(and(keyOf(schedule), eq(reportSchedules.dueAt, dueAt), eq(reportSchedules.version, version))),
    ]);
  }
}

/** Takes a run for the time of a turn. What a crash left half done in it is unclear, and is not done again. */
async function claim(db: Database, run: RunRow, now: number): Promise<RunRow | undefined> {
  const letters = Object.fromEntries(
    Object.entries(run.letters).map(([id, state]) => [id, state === "trying" ? ("unclear" as const) : state]),
  );
  const [claimed] = await db
    .update(reportRuns)
    .set({ dueAt: now + LEASE, letters })
    .where(and(isRun(run), eq(reportRuns.dueAt, run.dueAt), sql`state = 'open'`))
    .returning();
  return claimed;
}

/** Gives how many letters it handed over. */
async function workOnRun(deps: SendReportsDeps, run: RunRow, most: number): Promise<number> {
  const { db } = deps;
  const reason = await reasonToPause(db, run, deps.now());
  if (reason) {
    await pause(db, run, reason, deps.now());
    return 0;
  }
  const total = sumOfReport(
    await reportByTime(db, {
      organizationId: run.organizationId,
      reach: run.reach,
      from: run.fromDay,
      until: run.untilDay,
      filter: filterOfRun(run),
    }),
  );
  if (run.tells && !run.told) await tell(db, run, total, deps.now());
  const waiting = Object.entries(run.letters).flatMap(([id, state]) => (state === "waiting" ? [id] : []));
  if (waiting.length === 0) {
    await settle(db, run, {}, deps.now());
    return 0;
  }
  const [people, organization] = await Promise.all([
    recipientsAmong(db, run.organizationId, waiting),
    db.select({ name: organizations.name }).from(organizations).where(eq(organizations.id, run.organizationId)).get(),
  ]);
  const ends: Record<string, LetterState> = {};
  let handed = 0;
  for (const id of waiting.slice(0, most)) {
    const to = people.find((one) => one.id === id);
    if (!to) ends[id] = "gone";
    else if (!deps.sendReport) ends[id] = "no_mail";
    else if (await mark(db, run, id)) {
      handed += 1;
      const letter = { to, organizationName: organization?.name ?? "", run, total, now: deps.now() };
      const isTaken = await deps.sendReport(letter);
      ends[id] = isTaken ? "sent" : run.attempts + 1 < MOST_TRIES ? "waiting" : "failed";
      await write(db, run, { [id]: ends[id] });
    }
  }
  await settle(db, run, ends, deps.now());
  return handed;
}

/** Marks a letter as being handed over; false where somebody else has it. */
async function mark(db: Database, run: RunRow, id: string): Promise<boolean> {
  const path = `$."${id}"`;
  const marked = await db
    .update(reportRuns)
    .set({ letters: sql`json_set(letters, ${path}, 'trying')` })
    .where(and(isRun(run), sql`letters ->> ${path} = 'waiting'`))
    .returning({ id: reportRuns.id });
  return marked.length > 0;
}

async function write(db: Database, run: RunRow, states: Readonly<Record<string, LetterState>>): Promise<void> {
  await db
    .update(reportRuns)
    .set({ letters: sql`json_patch(letters, ${JSON.stringify(states)})` })
    .where(isRun(run));
}

/** Writes how far the letters are. With none left the run has ended, and its schedule says how it went. */
async function settle(
  db: Database,
  run: RunRow,
  ends: Readonly<Record<string, LetterState>>,
  now: number,
): Promise<void> {
  const letters = { ...run.letters, ...ends };
  const states = Object.values(letters);
  const isOpen = states.some((state) => state === "waiting");
  const wasRefused = Object.values(ends).includes("waiting");
  const attempts = run.attempts + (wasRefused ? 1 : 0);
  if (isOpen) {
    const dueAt = wasRefused ? now + attempts * TRY_AGAIN : now;
    await db.update(reportRuns).set({ letters, attempts, dueAt }).where(isRun(run));
    return;
  }
  await runBatch(db, [
    db.update(reportRuns).set({ letters, attempts, state: "done", endedAt: now }).where(isRun(run)),
    db
      .update(reportSchedules)
      .set({ sentAt: now, trouble: troubleIn(states) })
      .where(isScheduleOf(run)),
  ]);
}

/** The worst that happened to a letter; null where all were sent. */
function troubleIn(states: readonly LetterState[]): LetterState | null {
  return (["no_mail", "failed", "unclear", "gone"] as const).find((one) => states.includes(one)) ?? null;
}

/** Stops the sending and its schedule, saying why: its owner's rights are not enough any more. */
async function pause(db: Database, run: RunRow, reason: PausedBecause, now: number): Promise<void> {
  await runBatch(db, [
    db.update(reportRuns).set({ state: "stopped", endedAt: now }).where(isRun(run)),
    db
      .update(reportSchedules)
      .set({ paused: true, pausedReason: reason, version: sql`version + 1` })
      .where(and(isScheduleOf(run), sql`paused = 0`, sql`json(owner) = json(${JSON.stringify(run.owner)})`)),
  ]);
}

/** Tells webhooks, in the batch that says that they were told. */
async function tell(db: Database, run: RunRow, total: Sums, now: number): Promise<void> {
  const { organizationId, scheduleId } = run;
  const isUntold = sql`EXISTS (SELECT 1 FROM ${reportRuns} WHERE organization_id = ${organizationId} AND id = ${run.id} AND told = 0)`;
  const { average_score: score, pass_rate: passed, reviews, late } = reviewFigures(total);
  const { by, campaign_id, operator_id, team_id, reviewer_id, scorecard_id } = run.report;
  const report = {
    id: run.id,
    schedule_id: scheduleId,
    name: run.name,
    by: by as "time",
    from: dateOfDay(run.fromDay),
    to: dateOfDay(run.untilDay),
    campaign_id: campaign_id ?? null,
    operator_id: operator_id ?? null,
    team_id: team_id ?? null,
    reviewer_id: reviewer_id ?? null,
    scorecard_id: scorecard_id ?? null,
    calls: reviewer_id === undefined && scorecard_id === undefined ? total.calls : null,
    reviews,
    average_score: score,
    pass_rate: passed,
    late,
  };
  await runBatch(db, [
    ...recordEvents(
      db,
      { id: scheduleId, organizationId },
      [{ type: "report.ready", data: { report } }],
      isUntold,
      now,
    ),
    db.update(reportRuns).set({ told: true }).where(isRun(run)),
  ]);
}

/** A day since 1970 as a date. */
function dateOfDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** What a sent report is limited to. */
export function filterOfRun({ report }: Pick<RunRow, "report">): ReportFilter {
  return {
    campaignId: report.campaign_id,
    operatorId: report.operator_id,
    teamId: report.team_id,
    reviewerId: report.reviewer_id,
    scorecardId: report.scorecard_id,
  };
}

function isRun({ organizationId, id }: RunRow) {
  return and(eq(reportRuns.organizationId, organizationId), eq(reportRuns.id, id));
}

function isScheduleOf({ organizationId, scheduleId }: RunRow) {
  return and(eq(reportSchedules.organizationId, organizationId), eq(reportSchedules.id, scheduleId));
}

/** What is known of sendings this long after them is forgotten. */
const KEEP_RUNS = 100 * DAY;

/** A statement that forgets at most `limit` sendings that are long over. */
export function forgetOldRuns(db: Database, now: number, limit: number) {
  return db.run(sql`DELETE FROM ${reportRuns} WHERE (organization_id, id) IN
    (SELECT organization_id, id FROM ${reportRuns} WHERE created_at < ${now - KEEP_RUNS} LIMIT ${limit})`);
}
