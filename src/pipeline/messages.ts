import { not } from "drizzle-orm";
import { claimAnalyses, type AnalysisRow } from "../analysis";
import { runBatch, type Statement } from "../db/client";
import { readTogether, rowOf } from "../db/read-together";
import { analyses, recordings } from "../db/schema";
import type { AnalysisMessage, RecordingMessage } from "../queues/messages";
import { claimRecordings, isSlow, type LinkedRecording } from "../recordings";
import { tryAnalysis, type AnalysisDeps } from "./analysis";
import { fileQueries, filesOf, type CallFile } from "./consequences";
import { endsTogether } from "./ends";
import { followCalls, type FollowDeps } from "./follow";
import type { KnownServers } from "./known-servers";
import { tryRecording, type RecordingDeps } from "./recording";
import { shortTry, type SlowLanes } from "./slow-lane";

// A batch of messages claims its work in one statement, which also reads the calls; the tries run side by side; their
// ends are written together.
// A message that finds nothing to do is one too many, and is the cheapest thing there is: under a backlog it must not
// bring forth others. Only one that the queue delivers again may stand for work that stopped before it sent its own.

export type Taken<Message> = { message: Message; isRedelivered: boolean };

/** Looks at recordings for as long as others can wait, and does what follows. How each message ended. */
export async function takeRecordingMessages(
  deps: RecordingDeps & FollowDeps & { lanes: SlowLanes; knownServers: KnownServers },
  taken: readonly Taken<RecordingMessage>[],
): Promise<PromiseSettledResult<void>[]> {
  const names = taken.map(({ message }) => message);
  const claim = claimRecordings(deps.db, names, deps.now(), not(isSlow));
  const { rows, files } = await claimed(deps, claim, names);
  const claims = new Map(rows.map((row) => [keyOf(row), rowOf(recordings, row) as LinkedRecording]));
  const ends = endsTogether(deps, claims.size);
  const short = shortTry(deps, deps.lanes, deps.knownServers);
  return Promise.allSettled(
    taken.map(async ({ message, isRedelivered }) => {
      const { organizationId, callId } = message;
      const file = files.get(callId);
      const row = take(claims, `${callId} ${message.recordingId}`);
      let isEnded = false;
      if (!row) await wakeLaneOf(deps, file, message);
      else {
        try {
          const { kind } = await tryRecording({ ...deps, writeEnd: ends.write }, row, short, file);
          isEnded = kind !== "handed_over" && kind !== "postponed";
        } finally {
          await ends.leave();
        }
      }
      if (isRedelivered || (isEnded && !ends.hasFollowed(callId)))
        await followCalls(deps, [{ id: callId, organizationId }], deps.now());
    }),
  );
}

/** A message that no consumer may work on may be one for the lane. */
async function wakeLaneOf(
  { lanes, now }: Pick<RecordingDeps, "now"> & { lanes: SlowLanes },
  file: CallFile | undefined,
  { recordingId }: RecordingMessage,
): Promise<void> {
  const row = file?.recordings.find(({ id }) => id === recordingId);
  if (row?.slow && row.state === "pending" && row.dueAt <= now() && row.leaseUntil <= now())
    await lanes.wake(row.sourceId);
}

/** Does analyses, and what follows. How each message ended. */
export async function takeAnalysisMessages(
  deps: AnalysisDeps & FollowDeps,
  taken: readonly Taken<AnalysisMessage>[],
): Promise<PromiseSettledResult<void>[]> {
  const names = taken.map(({ message }) => message);
  const { rows, files } = await claimed(deps, claimAnalyses(deps.db, names, deps.now()), names);
  const claims = new Map(rows.map((row) => [keyOf(row), rowOf(analyses, row) as AnalysisRow]));
  const ends = endsTogether(deps, claims.size);
  return Promise.allSettled(
    taken.map(async ({ message: { organizationId, callId, analysisId }, isRedelivered }) => {
      const row = take(claims, `${callId} ${analysisId}`);
      try {
        if (row) await tryAnalysis({ ...deps, writeEnd: ends.write }, row, files.get(callId));
      } finally {
        if (row) await ends.leave();
      }
      if (isRedelivered || (row && !ends.hasFollowed(callId)))
        await followCalls(deps, [{ id: callId, organizationId }], deps.now());
    }),
  );
}

/** Claims, and reads the calls of what was named. */
async function claimed(
  { db }: FollowDeps,
  claim: Statement,
  names: readonly { callId: string }[],
): Promise<{ rows: Record<string, unknown>[]; files: ReadonlyMap<string, CallFile> }> {
  const queries = fileQueries(names.map(({ callId }) => callId));
  const [rows, read] = await runBatch(db, [claim, readTogether(db, queries)]);
  return { rows: (rows?.results ?? []) as Record<string, unknown>[], files: filesOf(read, queries) };
}

function keyOf(row: Record<string, unknown>): string {
  return `${String(row["call_id"])} ${String(row["id"])}`;
}

/** What was claimed under this key: for the first message that asks, and for no repetition of it. */
function take<T>(claims: Map<string, T>, key: string): T | undefined {
  const row = claims.get(key);
  claims.delete(key);
  return row;
}
