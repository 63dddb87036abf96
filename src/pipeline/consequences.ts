import { eq, inArray, type SQL } from "drizzle-orm";
import { createAnalysis, ENGINES, hasNoAnalysis, newAnalysis, snapshotAnalysis } from "../analysis";
import { isSettled, snapshotCall, snapshotConversation, stillAsRead, type CallRow, type OpenWork } from "../calls";
import type { Database, Statement } from "../db/client";
import { analyses, calls, campaigns, recordings } from "../db/schema";
import { writeRows, type RowWrite } from "../db/rows";
import { recordAll, spillLarge, type GuardedEvent, type StreamFacts } from "../events";
import { createTask, hasNoTask, newTask, snapshotTask } from "../quality";
import { snapshotRecording, type RecordingRow } from "../recordings";

/**
 * What a change leads to, for the caller's batch. `facts` may be guarded by the absence of the `rows` they tell of, so
 * they are recorded first.
 */
export type Consequences = { facts: GuardedEvent[]; rows: RowWrite[] };

const ENGINE = ENGINES["trunkline-acoustic"];

/** A call with everything that hangs on it, as the database has it. */
export type CallFile = {
  call: CallRow;
  recordings: RecordingRow[];
  analyses: (typeof analyses.$inferSelect)[];
  autoAnalyze: boolean;
};

/** How much of the work in a file, as it was read, is open. */
export function openWorkOf(file: Pick<CallFile, "recordings" | "analyses">): OpenWork {
  const open = (rows: readonly { state: string }[]) => rows.filter((row) => row.state === "pending").length;
  return { recordings: open(file.recordings), analyses: open(file.analyses) };
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

/** Reads a call's file, or undefined when there is no such call. */
export async function readCallFile(db: Database, callId: string): Promise<CallFile | undefined> {
  // No join: D1 answers a batch by column name, and these tables share some.
  const [found, settings, kept, made] = await db.batch([
    db.select().from(calls).where(eq(calls.id, callId)),
    db
      .select({ settings: campaigns.settings })
      .from(campaigns)
      .where(inArray(campaigns.id, db.select({ id: calls.campaignId }).from(calls).where(eq(calls.id, callId)))),
    db.select().from(recordings).where(eq(recordings.callId, callId)),
    db.select().from(analyses).where(eq(analyses.callId, callId)),
  ]);
  const [call] = found;
  return call && { call, recordings: kept, analyses: made, autoAnalyze: settings[0]?.settings.autoAnalyze ?? false };
}

/**
 * What a kept recording leads to: the call's task, unless it has one, and an analysis where the campaign wants it. A
 * call in quarantine gets neither until someone has chosen its campaign. `guard` holds when the cause took effect.
 */
export function consequencesOfKept(file: CallFile, kept: RecordingRow, guard: SQL, now: number): Consequences {
  if (file.call.quarantine !== null) return { facts: [], rows: [] };
  const call = snapshotCall(file.call);
  const task = newTask(file.call, kept.id, now);
  const consequences: Consequences = {
    facts: [{ type: "task.created", data: { task: snapshotTask(task), call }, when: hasNoTask(task.callId) }],
    rows: [createTask(task, guard)],
  };
  if (!file.autoAnalyze) return consequences;
  const analysis = newAnalysis(
    { callId: task.callId, recordingId: kept.id, organizationId: task.organizationId },
    ENGINE,
    now,
  );
  consequences.facts.push({
    type: "analysis.created",
    data: { analysis: snapshotAnalysis(analysis), call },
    when: hasNoAnalysis(analysis),
  });
  consequences.rows.push(createAnalysis(analysis, guard));
  return consequences;
}

/** What a batch records of a call, in this order: the facts, the rows they describe, and that the call is settled. */
export type CallRecord = { facts: StreamFacts; rows: RowWrite[]; processed: StreamFacts };

/**
 * What is recorded of a call: its events and, if the batch settles it, `call.processed`. `file` is the call's file as
 * the batch leaves it. What is too large for a row is in the bucket before this returns.
 */
export async function recordOf(
  bucket: R2Bucket,
  file: CallFile,
  { facts, rows }: Consequences,
  guard: SQL,
  now: number,
): Promise<CallRecord> {
  const stream = { id: file.call.id, organizationId: file.call.organizationId };
  const processed: GuardedEvent = {
    type: "call.processed",
    data: {
      call: snapshotCall(file.call),
      recordings: file.recordings.map(snapshotRecording),
      analyses: file.analyses.map(snapshotAnalysis),
      conversation: snapshotConversation(file.call),
    },
    when: isSettled(file.call.id),
  };
  const ended = file.call.terminal === null ? [] : [processed];
  return {
    facts: { stream, facts: await spillLarge(bucket, stream, facts, now), guard },
    rows,
    processed: { stream, facts: await spillLarge(bucket, stream, ended, now), guard },
  };
}

/** The end of every batch about calls: a few statements, however many calls there are. */
export function writeRecords(db: Database, records: readonly CallRecord[], now: number): Statement[] {
  return [
    ...recordAll(
      db,
      records.map((one) => one.facts),
      now,
    ),
    ...writeRows(
      db,
      records.flatMap((one) => one.rows),
    ),
    ...recordAll(
      db,
      records.map((one) => one.processed),
      now,
    ),
  ];
}

/** The same for one call. */
export async function consequenceStatements(
  { db, bucket }: { db: Database; bucket: R2Bucket },
  file: CallFile,
  consequences: Consequences,
  guard: SQL,
  now: number,
): Promise<Statement[]> {
  return writeRecords(db, [await recordOf(bucket, file, consequences, guard, now)], now);
}
