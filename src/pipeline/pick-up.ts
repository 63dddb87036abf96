import { actionWork } from "../actions";
import { analysisWork, type AnalysisRow } from "../analysis";
import { runBatch, type Database } from "../db/client";
import { claimExpired, expiredWork, freeAll, takeNudges } from "../db/work";
import { moveWork } from "../operators";
import type { Nudges } from "../queues/senders";
import { hasAddress, recordingWork, type RecordingRow } from "../recordings";
import { lookUpWork, reconciliationWork } from "../sources";
import type { WriteEnd } from "./ends";
import { followCalls, type CallName, type FollowDeps } from "./follow";
import { giveUpAnalysis } from "./give-up";
import { giveUpOnRecording, type RecordingDeps } from "./recording";
import type { SlowLanes } from "./slow-lane";

// Work without a message: its message was lost, or its time is over.

type PickUpDeps = { db: Database; nudges: Nudges };

const AT_ONCE = 500;
/** Pages of one turn: after a restart everything that was open is nudged at once, as fast as it came in. */
const PAGES = 10;

export function nudgeDueRecordings(
  { db, nudges, lanes }: PickUpDeps & { lanes: SlowLanes },
  now: number,
): Promise<void> {
  return pageByPage(
    () => takeNudges(db, recordingWork, now, AT_ONCE, hasAddress),
    async (rows) => {
      await nudges.recordings(rows.filter(({ slow }) => !slow).map(nameOfRecording));
      const sources = new Set(rows.filter(({ slow }) => slow).map(({ sourceId }) => sourceId));
      await Promise.all([...sources].map((sourceId) => lanes.wake(sourceId)));
    },
  );
}

export async function nudgeDueAnalyses({ db, nudges }: PickUpDeps, now: number): Promise<void> {
  await pageByPage(
    () => takeNudges(db, analysisWork, now, AT_ONCE),
    (rows) => nudges.analyses(rows.map(nameOfAnalysis)),
  );
}

/** Wakes the lanes of organizations whose actions are due and were not looked at. */
export async function nudgeDueActions({ db, nudges }: PickUpDeps, now: number): Promise<void> {
  await pageByPage(
    () => takeNudges(db, actionWork, now, AT_ONCE),
    (rows) =>
      nudges.actions(
        [...new Set(rows.map(({ organizationId }) => organizationId))].map((organizationId) => ({ organizationId })),
      ),
  );
}

export function nudgeOpenMoves({ db, nudges }: PickUpDeps, now: number): Promise<void> {
  return pageByPage(
    () => takeNudges(db, moveWork, now, AT_ONCE),
    (rows) => nudges.operatorMoves(rows.map(({ organizationId, id: moveId }) => ({ organizationId, moveId }))),
  );
}

/** Fails the recordings whose time is over, those whose address never came included. */
export async function giveUpRecordings(deps: RecordingDeps & FollowDeps, now: number): Promise<void> {
  const expired = await expiredWork(deps.db, recordingWork, now, AT_ONCE);
  for (const row of expired) await giveUpOnRecording(deps, nameOfRecording(row));
  await followCalls(deps, callsOf(expired), now);
}

/** Fails the analyses whose time is over. */
export async function giveUpAnalyses(
  deps: FollowDeps & { bucket: R2Bucket; writeEnd: WriteEnd; now(): number },
  now: number,
): Promise<void> {
  const expired = await expiredWork(deps.db, analysisWork, now, AT_ONCE);
  for (const { organizationId, callId, id } of expired) {
    const claimed = await claimExpired(deps.db, analysisWork, { organizationId, callId, id }, now);
    if (claimed) await giveUpAnalysis(deps, claimed, claimed.reason ?? "gave_up");
  }
  await followCalls(deps, callsOf(expired), now);
}

/** Frees what a process had claimed and what it had sent to its queues, once it is gone with both. */
export async function freeAfterRestart(db: Database): Promise<void> {
  await runBatch(db, [
    freeAll(db, recordingWork),
    freeAll(db, analysisWork),
    freeAll(db, actionWork),
    freeAll(db, moveWork),
    freeAll(db, lookUpWork),
    freeAll(db, reconciliationWork),
  ]);
}

async function pageByPage<Row>(
  take: () => Promise<Row[]>,
  send: (rows: readonly Row[]) => Promise<void>,
): Promise<void> {
  for (let page = 0; page < PAGES; page += 1) {
    const rows = await take();
    await send(rows);
    if (rows.length < AT_ONCE) return;
  }
}

function nameOfRecording({ organizationId, callId, id: recordingId }: RecordingRow) {
  return { organizationId, callId, recordingId };
}

function nameOfAnalysis({ organizationId, callId, id: analysisId }: AnalysisRow) {
  return { organizationId, callId, analysisId };
}

function callsOf(rows: readonly { callId: string; organizationId: string }[]): CallName[] {
  return rows.map(({ callId: id, organizationId }) => ({ id, organizationId }));
}
