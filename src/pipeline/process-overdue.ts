import { sql } from "drizzle-orm";
import { newCallActions, snapshotActions, startActions } from "../actions";
import { snapshotAnalysis } from "../analysis";
import { PROCESSED_AFTER_MINUTES } from "../campaigns";
import { snapshotCall, snapshotConversation } from "../calls";
import { runBatch, type Database } from "../db/client";
import { writeRows } from "../db/rows";
import { analyses, callActions, calls, campaigns, recordings } from "../db/schema";
import { eventRows, insertEvents, neverRecorded, spillLarge, type GuardedEvent } from "../events";
import { MINUTE } from "../lib/time";
import { noteProcessed, readCallFile, recordingView, unchanged, type CallFile } from "./consequences";
import { followCalls, type CallName, type FollowDeps } from "./follow";

const AT_ONCE = 100;

/**
 * Records `call.processed` for calls that ended so long ago that their subscribers wait no longer, with what there is:
 * what is still missing says in its state that it is. What comes later has events of its own. Done twice it records
 * nothing more.
 */
export async function processOverdueCalls(deps: FollowDeps & { bucket: R2Bucket }, now: number): Promise<void> {
  const overdue = await overdueCalls(deps.db, now);
  for (const { id } of overdue) {
    const file = await readCallFile(deps.db, id);
    if (file) await process(deps, file, now);
  }
  await followCalls(deps, overdue, now);
}

async function process({ db, bucket }: FollowDeps & { bucket: R2Bucket }, file: CallFile, now: number): Promise<void> {
  const { call } = file;
  const stream = { id: call.id, organizationId: call.organizationId };
  const fact: GuardedEvent = {
    type: "call.processed",
    data: {
      call: snapshotCall(call),
      recordings: file.recordings.map((one) => recordingView(file, one)),
      analyses: file.analyses.map(snapshotAnalysis),
      conversation: snapshotConversation(call),
      actions: snapshotActions(file.actions),
    },
  };
  const guard = sql`${unchanged(file)} AND ${neverRecorded(call.id, "call.processed")}`;
  const facts = await spillLarge(bucket, stream, [fact], now);
  const notes = file.rules.notifyOnComplete ? [noteProcessed(file, guard, now)] : [];
  // Its actions are done all the same, once its findings have ended.
  const isOwed = file.rules.actions > 0 && file.actions === undefined;
  const owed = isOwed ? [startActions(newCallActions(call, "waiting", now), guard)] : [];
  await runBatch(db, [
    ...writeRows(db, [...notes, ...owed]),
    ...insertEvents(db, eventRows([{ stream, facts, guard }], now)),
  ]);
}

/**
 * Calls with open work whose end was long ago. They are found by their open work, which is little. One that was imported
 * long after it ended waits from its first notice on, and a platform whose clock is ahead of ours makes no call wait longer.
 */
function overdueCalls(db: Database, now: number): Promise<CallName[]> {
  const minutes = sql`coalesce((SELECT ${campaigns.settings} ->> '$.processedAfterMinutes' FROM ${campaigns}
    WHERE ${campaigns.id} = known.campaign_id), ${sql.raw(String(PROCESSED_AFTER_MINUTES))})`;
  return db.all<CallName>(sql`
    SELECT known.id AS id, known.organization_id AS organizationId
    FROM (SELECT call_id FROM ${recordings} WHERE state = 'pending'
      UNION SELECT call_id FROM ${analyses} WHERE state = 'pending' AND completed_at IS NULL
      UNION SELECT call_id FROM ${callActions} WHERE state = 'pending' AND completed_at IS NULL) AS open
    JOIN ${calls} AS known ON known.id = open.call_id
    WHERE known.terminal IS NOT NULL AND known.quarantine IS NULL
      AND max(min(coalesce(known.ended_at, known.updated_at), known.updated_at), known.created_at) + ${minutes} * ${MINUTE} <= ${now}
      AND ${neverRecorded(sql`known.id`, "call.processed")}
    LIMIT ${AT_ONCE}`);
}
