import { and, asc, eq, isNotNull, lte, sql, type SQL } from "drizzle-orm";
import { keptRiskOf, riskOf, scoreSetsOf } from "../../analysis";
import type { CallHead } from "../../calls";
import type { Database, Statement } from "../../db/client";
import { assignments, insertRow, type RowWrite } from "../../db/rows";
import { assignmentTurns, sampleCounts, tasks, type CampaignSettings, type ReviewingSettings } from "../../db/schema";
import { FULL_REACH, reachesCall, systemAct } from "../../identity";
import { eachOrganization } from "../../lib/each-organization";
import { foldName } from "../../lib/fold-name";
import { newId } from "../../lib/id";
import { HOUR, MINUTE } from "../../lib/time";
import { given, writePlans, type Plan } from "../reviews/assign";
import { changeTasks } from "../reviews/close";
import type { ReviewDeps } from "../reviews/take";
import { HANDED_ON, type TaskRow } from "../tasks";
import { chooseReviewer } from "./choose";
import { readKnown, type Known } from "./known";
import { needsFindings, takes, weekOf, type Found } from "./sample";

/** Tasks that are looked at in one turn. */
const AT_ONCE = 200;
/** Whoever writes first wins; the others look again, as long as there is something to look at. */
const TRIES = 60;
/** How long rules that ask what engines found wait for it, where the campaign says nothing else. */
const FINDINGS_AFTER = 15;

/**
 * Has the rules of campaigns choose who reviews the tasks that are new. What they do with the tasks of an organization is one
 * batch, under a lock: two that run at once give no task twice, and nobody two turns in a row. Gives how many it looked at.
 */
export async function assignDue(deps: ReviewDeps, now: number): Promise<number> {
  const due = await deps.db
    .select({ id: tasks.id, organizationId: tasks.organizationId })
    .from(tasks)
    .where(and(eq(tasks.state, "open"), isNotNull(tasks.assignAt), lte(tasks.assignAt, now)))
    .orderBy(asc(tasks.assignAt))
    .limit(AT_ONCE);
  await eachOrganization(due, async (organizationId, ofIt) => {
    const ids = ofIt.map(({ id }) => id);
    for (let attempt = 0; attempt < TRIES; attempt += 1) if (await assignOnce(deps, organizationId, ids, now)) return;
    throw new Error(`the turns of ${organizationId} changed again and again`);
  });
  return due.length;
}

/** Whether it is done; false where somebody else wrote meanwhile. */
async function assignOnce(
  deps: ReviewDeps,
  organizationId: string,
  ids: readonly string[],
  now: number,
): Promise<boolean> {
  const known = await readKnown(deps.db, organizationId, ids, now);
  if (known.tasks.length === 0) return true;
  const writer = newId("wrt", now);
  const isLocked = sql`EXISTS (SELECT 1 FROM ${assignmentTurns} WHERE organization_id = ${organizationId}
    AND campaign_id = '' AND writer = ${writer})`;
  const turn = planTurn(known, now, isLocked);
  const lock = lockStatement(deps.db, { organizationId, before: known.lock, writer });
  const { first } = await writePlans(deps, turn.plans, now, { before: [lock], rows: turn.rows });
  if (first === 0) return false;
  // After the lock, and still to be looked at until it is done: a crash between the two closes them later.
  if (turn.closed.length > 0) {
    const change = { state: "closed" as const, reason: "not_sampled" as const, note: null };
    await changeTasks(deps, { organizationId, reach: FULL_REACH, callIds: turn.closed, change }, systemAct(now));
  }
  return true;
}

function lockStatement(
  db: Database,
  { organizationId, before, writer }: { organizationId: string; before: string | null; writer: string },
): Statement {
  if (before === null)
    return db.run(sql`INSERT INTO ${assignmentTurns} (organization_id, campaign_id, turns, writer)
      VALUES (${organizationId}, '', '{}', ${writer}) ON CONFLICT DO NOTHING`);
  return db.run(sql`UPDATE ${assignmentTurns} SET writer = ${writer} WHERE organization_id = ${organizationId}
    AND campaign_id = '' AND writer = ${before}`);
}

type Turn = { plans: Plan[]; rows: RowWrite[]; closed: string[] };

/** What is done with the tasks, each after the one before it. */
function planTurn(known: Known, now: number, isLocked: SQL): Turn {
  const turn: Turn = { plans: [], rows: [], closed: [] };
  const loads = new Map(known.loads);
  const turns = new Map([...known.turns].map(([id, of]) => [id, { ...of }]));
  const taken = new Map(known.taken);
  const settle = (task: TaskRow, set: Partial<TaskRow>) =>
    turn.rows.push({
      write: sql`UPDATE ${tasks} SET ${assignments(tasks, set)}`,
      when: sql`${tasks.id} = ${task.id} AND ${isLocked}`,
    });
  for (const task of known.tasks) {
    const call = known.calls.get(task.callId);
    const settings = known.settings.get(task.campaignId ?? "");
    const rules = settings?.reviewing;
    const isFree = task.assigneeId === null && task.escalatedAt === null && task.leaseUntil <= now;
    if (!call || !settings || !rules || !isFree) {
      settle(task, { assignAt: null });
      continue;
    }
    // No sample draws it a second time, and its time stays what it was.
    const isHandedOn = task.assignAt === HANDED_ON;
    if (!isHandedOn && waitsForFindings(rules, settings, task, known, now)) {
      settle(task, { assignAt: now + MINUTE });
      continue;
    }
    if (rules.sample && !isHandedOn) {
      const key = `${task.campaignId} ${task.operatorId ?? ""}`;
      const ofOperator = task.operatorId === null ? 0 : (taken.get(key) ?? 0);
      const found = foundIn(call, known);
      const why = takes(rules.sample, { taskId: task.id, found, ofOperator });
      if (why === null) {
        if (rules.sample.others === "close") turn.closed.push(task.callId);
        else settle(task, { assignAt: null });
        continue;
      }
      if (why === "drawn" && task.operatorId !== null) taken.set(key, ofOperator + 1);
    }
    // A due date that somebody chose stays; what former rules gave was taken away where these are for waiting calls too.
    const byRules = rules.dueHours === undefined ? null : task.createdAt + rules.dueHours * HOUR;
    const dueAt = isHandedOn ? task.dueAt : (task.dueAt ?? byRules);
    const campaignId = task.campaignId ?? "";
    const chosen = rules.assign && choose(rules, { task, call, settings, known, loads, turns: turns.get(campaignId) });
    if (!chosen) {
      settle(task, { assignAt: null, dueAt });
      continue;
    }
    const plan = given({ task, call }, { reviewerId: chosen, dueAt }, systemAct(now));
    turn.plans.push({ ...plan, when: sql`(${plan.when}) AND ${isLocked}` });
    loads.set(chosen, (loads.get(chosen) ?? 0) + 1);
    const ofCampaign = turns.get(campaignId) ?? {};
    turns.set(campaignId, { ...ofCampaign, [chosen]: Math.max(0, ...Object.values(ofCampaign)) + 1 });
  }
  turn.rows.push(...turnRows(known, turns, isLocked), ...takenRows(known, taken, isLocked));
  return turn;
}

type Choosing = {
  task: TaskRow;
  call: CallHead;
  settings: CampaignSettings;
  known: Known;
  loads: ReadonlyMap<string, number>;
  turns: Readonly<Record<string, number>> | undefined;
};

function choose(rules: ReviewingSettings, { task, call, settings, known, loads, turns = {} }: Choosing): string | null {
  const listed = rules.reviewers ?? [];
  const people =
    listed.length > 0
      ? listed
      : known.inTeams.filter(({ teamId }) => teamId === task.teamId).map(({ userId }) => ({ id: userId }));
  const passed = new Set(
    (known.reviewed.get(task.callId) ?? [])
      .filter(({ state }) => state === "completed" || state === "returned" || state === "skipped")
      .map(({ reviewerId }) => reviewerId),
  );
  const candidates = people.flatMap((one: { id: string; expertise?: string[] }) => {
    const rights = known.rights.get(one.id);
    const may = rights && reachesCall(rights.reach, call) && !passed.has(one.id);
    return may ? [{ id: one.id, expertise: (one.expertise ?? []).map(foldName) }] : [];
  });
  return chooseReviewer(rules.assign ?? "round_robin", candidates, subjectsOf(call, settings), { turns, loads });
}

/** What a call is about, in the words that somebody's expertise is compared with. */
function subjectsOf({ tags, operatorName, direction }: CallHead, { language }: CampaignSettings): ReadonlySet<string> {
  return new Set([...tags, operatorName, direction, language].flatMap((word) => (word ? foldName(word) : [])));
}

function foundIn({ id, riskScore }: CallHead, { found }: Known): Found {
  const made = found.get(id) ?? [];
  const risks = [riskScore, ...made.map((one) => riskOf(keptRiskOf(one).claims)?.score ?? null)];
  const known = risks.filter((one) => one !== null);
  const scores = made
    .flatMap((one) => scoreSetsOf(one))
    .flatMap(({ channels }) => channels.flatMap((one) => one.scores))
    .flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
  return { risk: known.length === 0 ? null : Math.max(...known), scores };
}

function waitsForFindings(
  { sample }: ReviewingSettings,
  { processedAfterMinutes = FINDINGS_AFTER }: CampaignSettings,
  task: TaskRow,
  { found }: Known,
  now: number,
): boolean {
  if (!sample || !needsFindings(sample) || now >= task.createdAt + processedAfterMinutes * MINUTE) return false;
  return (found.get(task.callId) ?? []).some(({ state }) => state === "pending");
}

function turnRows({ tasks: [any], turns: before }: Known, turns: Map<string, Record<string, number>>, isLocked: SQL) {
  return [...turns].flatMap(([campaignId, of]) =>
    any === undefined || campaignId === "" || JSON.stringify(before.get(campaignId)) === JSON.stringify(of)
      ? []
      : [
          insertRow(
            assignmentTurns,
            { organizationId: any.organizationId, campaignId, turns: of, writer: "" },
            isLocked,
            sql`ON CONFLICT DO UPDATE SET turns = excluded.turns`,
          ),
        ],
  );
}

function takenRows({ tasks: [any], taken: before, week }: Known, taken: Map<string, number>, isLocked: SQL) {
  return [...taken].flatMap(([key, count]) => {
    const [campaignId = "", operatorId = ""] = key.split(" ");
    return any === undefined || before.get(key) === count
      ? []
      : [
          insertRow(
            sampleCounts,
            { organizationId: any.organizationId, campaignId, week, operatorId, taken: count },
            isLocked,
            sql`ON CONFLICT DO UPDATE SET taken = excluded.taken`,
          ),
        ];
  });
}

/** A statement that forgets the counts of weeks that are over, at most `limit`. */
export function forgetOldSamples(db: Database, now: number, limit: number): Statement {
  const old = sql`(SELECT organization_id, campaign_id, week, operator_id FROM ${sampleCounts}
    WHERE week < ${weekOf(now)} LIMIT ${limit})`;
  return db.run(sql`DELETE FROM ${sampleCounts} WHERE (organization_id, campaign_id, week, operator_id) IN ${old}`);
}
