import { sql, type SQL } from "drizzle-orm";
import { isFirstRun, newCallActions, snapshotActions, startActions, type CallActionsRow } from "../actions";
import { defaultRedactions, rulesOf, type CampaignRules } from "../campaigns";
import { createAnalysis, DEFAULT_ENGINE, hasNoAnalysis, isFirstTime, newAnalysis, snapshotAnalysis } from "../analysis";
import {
  hasEndedFindings,
  isSettled,
  snapshotCall,
  snapshotConversation,
  stillAsRead,
  type CallRow,
  type OpenWork,
} from "../calls";
import type { Database, Statement } from "../db/client";
import { valueList } from "../db/value-list";
import { analyses, callActions, calls, campaigns, recordings } from "../db/schema";
import { readTogether, rowsOf, rowsTogether } from "../db/read-together";
import { writeRows, type RowWrite } from "../db/rows";
import {
  eventRows,
  insertEvents,
  spillLarge,
  type GuardedEvent,
  type RecordingSnapshot,
  type StreamFacts,
} from "../events";
import { noteCause } from "../identity";
import { createTask, hasNoTask, newTask, snapshotTask, type TaskRow } from "../quality";
import { gateIn, REDACTION_ENGINE, snapshotRecording, type RecordingRow } from "../recordings";

/**
 * What a change leads to, for the caller's batch. `facts` may be guarded by the absence of the `rows` they tell of, so
 * they are recorded first.
 */
export type Consequences = {
  facts: GuardedEvent[];
  rows: RowWrite[];
  /** Whether the rows open work, so that the call cannot be settled by this batch. */
  opensWork?: boolean;
};

/** A call with everything that hangs on it, as the database has it. */
export type CallFile = {
  call: CallRow;
  recordings: RecordingRow[];
  analyses: (typeof analyses.$inferSelect)[];
  /** Its post-call actions; undefined where it has none, or they have not begun. */
  actions: CallActionsRow | undefined;
  rules: CampaignRules;
};

/** A recording of a file as events tell of it: by what a link to it serves as the file is. */
export function recordingView({ analyses: made, rules }: CallFile, recording: RecordingRow): RecordingSnapshot {
  return snapshotRecording(recording, gateIn(rules.redact, recording.id, made));
}

/** How much of the work in a file, as it was read, is open. */
export function openWorkOf(file: Pick<CallFile, "recordings" | "analyses" | "actions">): OpenWork {
  return {
    recordings: file.recordings.filter(({ state }) => state === "pending").length,
    // An engine that is asked again keeps no call from being processed.
    analyses: file.analyses.filter(isFirstTime).length,
    actions: isFirstRun(file.actions) ? 1 : 0,
  };
}

/** SQL that holds while the call's file is as it was read. */
export function unchanged(file: CallFile): SQL {
  return stillAsRead(file.call.id, file.call.version, openWorkOf(file));
}

/**
 * How often work whose end is written from a call's file may find the file changed. Each time somebody else got on;
 * more than this is a fault that the queue should see.
 */
export const MAX_FILE_ROUNDS = 8;

/** The queries for calls, their recordings and their analyses, for a statement of several. */
export function callQueries(callIds: readonly string[]) {
  const among = valueList(callIds);
  return [
    rowsOf(calls, sql`WHERE id IN ${among}`),
    rowsOf(recordings, sql`WHERE call_id IN ${among}`),
    rowsOf(analyses, sql`WHERE call_id IN ${among}`),
    rowsOf(callActions, sql`WHERE call_id IN ${among}`),
  ] as const;
}

/** SQL for the ids of the campaigns that calls are in. */
export function campaignsIn(callIds: readonly string[]): SQL {
  return sql`(SELECT campaign_id FROM ${calls} WHERE id IN ${valueList(callIds)})`;
}

/** SQL for the ids of the organizations of those calls that have no campaign. */
function organizationsWithout(callIds: readonly string[]): SQL {
  return sql`(SELECT organization_id FROM ${calls} WHERE id IN ${valueList(callIds)} AND campaign_id IS NULL)`;
}

/** The queries for the files of calls, likewise. */
export function fileQueries(callIds: readonly string[]) {
  return [
    ...callQueries(callIds),
    rowsOf(campaigns, sql`WHERE id IN ${campaignsIn(callIds)}`),
    defaultRedactions(organizationsWithout(callIds)),
  ] as const;
}

/** The files by call, from the result of the queries. */
export function filesOf(
  result: D1Result | undefined,
  queries: ReturnType<typeof fileQueries>,
): ReadonlyMap<string, CallFile> {
  const [found, kept, made, acted, named, defaults] = rowsTogether(result, queries);
  return new Map(
    found.map((call) => [
      call.id,
      {
        call,
        recordings: kept.filter((row) => row.callId === call.id),
        analyses: made.filter((row) => row.callId === call.id),
        actions: acted.find((row) => row.callId === call.id),
        rules: rulesOf(
          named.find((row) => row.id === call.campaignId),
          call.sourceId,
          defaults.find(({ id }) => id === call.organizationId)?.redact ?? [],
        ),
      },
    ]),
  );
}

/** Reads a call's file, or undefined when there is no such call. */
export async function readCallFile(db: Database, callId: string): Promise<CallFile | undefined> {
  const queries = fileQueries([callId]);
  return filesOf(await readTogether(db, queries), queries).get(callId);
}

/**
 * What a kept recording leads to: the call's task, unless it has one, and an analysis where the campaign wants it. A
 * call in quarantine gets neither until someone has chosen its campaign. `guard` holds when the cause took effect.
 */
export function consequencesOfKept(file: CallFile, kept: RecordingRow, guard: SQL, now: number): Consequences {
  if (file.call.quarantine !== null) return { facts: [], rows: [] };
  const call = snapshotCall(file.call);
  const task = newTask(file.call, kept.id, file.rules, now);
  const consequences: Consequences = {
    facts: [{ type: "task.created", data: { task: snapshotTask(task), call }, when: hasNoTask(task.callId) }],
    rows: [createTask(task, guard), ...noteTask(task, guard)],
  };
  if (!file.rules.autoAnalyze) return consequences;
  const analysis = newAnalysis(
    { callId: task.callId, recordingId: kept.id, organizationId: task.organizationId },
    DEFAULT_ENGINE,
    now,
    enginesFor(file.rules),
  );
  consequences.facts.push({
    type: "analysis.created",
    data: { analysis: snapshotAnalysis(analysis), call },
    when: hasNoAnalysis(analysis),
  });
  consequences.rows.push(createAnalysis(analysis, guard));
  return { ...consequences, opensWork: file.analyses.every(({ id }) => id !== analysis.id) };
}

/** The engines that a campaign has hear a recording, with the step that redacts where it takes anything out of calls. */
export function enginesFor({ engines, redact }: Pick<CampaignRules, "engines" | "redact">): readonly string[] {
  return redact.length > 0 ? [...engines, REDACTION_ENGINE] : engines;
}

/** Its team is notified of the task, or whoever may do something about a team that is not there. */
function noteTask(task: TaskRow, guard: SQL): RowWrite[] {
  const { id: subjectId, organizationId, campaignId, operatorId, teamId, teamName, createdAt } = task;
  if (teamName === null) return [];
  const kind = teamId === null ? "task_unassigned" : "task_assigned";
  return [noteCause({ organizationId, kind, subjectId, campaignId, operatorId, teamId, createdAt }, guard)];
}

/** What a batch records of a call, in this order: the facts, the rows they describe, and that the call is settled. */
export type CallRecord = { facts: StreamFacts; rows: RowWrite[]; processed: StreamFacts };

/**
 * What is recorded of a call: its events and, where the batch may settle it, `call.processed`. `file` is the call's file as
 * the batch leaves it. What is too large for a row is in the bucket before this returns.
 */
export async function recordOf(
  bucket: R2Bucket,
  file: CallFile,
  { facts, rows, opensWork = false }: Consequences,
  guard: SQL,
  now: number,
): Promise<CallRecord> {
  const stream = { id: file.call.id, organizationId: file.call.organizationId };
  const processed: GuardedEvent = {
    type: "call.processed",
    data: {
      call: snapshotCall(file.call),
      recordings: file.recordings.map((one) => recordingView(file, one)),
      analyses: file.analyses.map(snapshotAnalysis),
      conversation: snapshotConversation(file.call),
      actions: snapshotActions(file.actions),
    },
    when: isSettled(file.call.id),
  };
  const open = openWorkOf(file);
  // The batch writes only where the file's open work is what was read, so what is open here stays open.
  const hasFindings = file.call.terminal !== null && !opensWork && open.recordings + open.analyses === 0;
  const owed = hasFindings ? owedActions(file, guard, now) : [];
  const canSettle = hasFindings && owed.length === 0 && open.actions === 0;
  return {
    facts: { stream, facts: await spillLarge(bucket, stream, facts, now), guard },
    rows:
      owed.length > 0
        ? [...rows, ...owed]
        : canSettle && file.rules.notifyOnComplete
          ? [...rows, noteSettled(file, guard, now)]
          : rows,
    processed: { stream, facts: await spillLarge(bucket, stream, canSettle ? [processed] : [], now), guard },
  };
}

/**
 * The write that begins the actions of a call whose findings have ended, where its campaign has any and they have not
 * begun. A call that was reported before its campaign had actions, or without them, has none.
 */
function owedActions({ call, actions, rules }: CallFile, guard: SQL, now: number): RowWrite[] {
  const row = newCallActions(call, "pending", now);
  if (actions?.state === "waiting") return [startActions(row, sql`(${guard}) AND ${hasEndedFindings(call.id)}`)];
  if (actions !== undefined || rules.actions === 0) return [];
  return [startActions(row, sql`(${guard}) AND ${isSettled(call.id)}`)];
}

/** Whoever the campaign has notified of its calls is notified of this one, once, where the batch settles it. */
function noteSettled(file: CallFile, guard: SQL, now: number): RowWrite {
  return noteProcessed(file, sql`(${guard}) AND ${isSettled(file.call.id)}`, now);
}

/** The notification that goes with `call.processed`, under the condition of the event. */
export function noteProcessed({ call, rules }: CallFile, guard: SQL, now: number): RowWrite {
  const { id: subjectId, organizationId, campaignId, operatorId } = call;
  const teamId = rules.assignment?.teamId ?? null;
  const kind = "call_completed" as const;
  const cause = { organizationId, kind, subjectId, campaignId, operatorId, teamId, createdAt: now };
  return noteCause(cause, guard);
}

/** The end of every batch about calls: a few statements, however many calls there are. */
export function writeRecords(db: Database, records: readonly CallRecord[], now: number): Statement[] {
  const facts = eventRows(
    records.map((one) => one.facts),
    now,
  );
  const processed = eventRows(
    records.map((one) => one.processed),
    now,
  );
  const rows = records.flatMap((one) => one.rows);
  // Only the rows stand between what is told of them and what they keep from being settled.
  return rows.length === 0
    ? insertEvents(db, [...facts, ...processed])
    : [...insertEvents(db, facts), ...writeRows(db, rows), ...insertEvents(db, processed)];
}
