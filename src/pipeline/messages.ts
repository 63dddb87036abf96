import { not } from "drizzle-orm";
import { claimAnalyses, type AnalysisRow } from "../analysis";
import type { Statement } from "../db/client";
import { rowOf } from "../db/read-together";
import { analyses, recordings } from "../db/schema";
import type { Clock } from "../lib/time";
import type { AnalysisMessage, RecordingMessage } from "../queues/messages";
import { claimRecordings, isSlow, type LinkedRecording } from "../recordings";
import { tryAnalysis, type AnalysisDeps } from "./analysis";
import { claimWithFiles } from "./claim-with-files";
import type { CallFile } from "./consequences";
import { endsTogether, type WriteEnd } from "./ends";
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
export function takeRecordingMessages(
  deps: RecordingDeps & FollowDeps & { lanes: SlowLanes; knownServers: KnownServers },
  taken: readonly Taken<RecordingMessage>[],
): Promise<PromiseSettledResult<void>[]> {
  const names = taken.map(({ message }) => message);
  const short = shortTry(deps, deps.lanes, deps.knownServers);
  return takeTogether<RecordingMessage, LinkedRecording>(deps, taken, {
    claim: claimRecordings(deps.db, names, deps.now(), not(isSlow)),
    rowOf: (row) => rowOf(recordings, row) as LinkedRecording,
    idOf: ({ recordingId }) => recordingId,
    idle: (message, file) => wakeLaneOf(deps, file, message),
    work: async (row, file, writeEnd) => {
      const { kind } = await tryRecording({ ...deps, writeEnd }, row, short, file);
      return kind !== "handed_over" && kind !== "postponed";
    },
  });
}

/** Does analyses, and what follows. How each message ended. */
export function takeAnalysisMessages(
  deps: AnalysisDeps & FollowDeps,
  taken: readonly Taken<AnalysisMessage>[],
): Promise<PromiseSettledResult<void>[]> {
  const names = taken.map(({ message }) => message);
  return takeTogether<AnalysisMessage, AnalysisRow>(deps, taken, {
    claim: claimAnalyses(deps.db, names, deps.now()),
    rowOf: (row) => rowOf(analyses, row) as AnalysisRow,
    idOf: ({ analysisId }) => analysisId,
    idle: async () => undefined,
    work: async (row, file, writeEnd) => {
      await tryAnalysis({ ...deps, writeEnd }, row, file);
      return true;
    },
  });
}

/** One kind of leased work, as the messages of a batch ask for it. */
type Kind<Message, Row> = {
  /** Claims what the messages name and is due. */
  claim: Statement;
  rowOf(row: Record<string, unknown>): Row;
  idOf(message: Message): string;
  /** For a message that claimed nothing. */
  idle(message: Message, file: CallFile | undefined): Promise<void>;
  /** One try. Whether it ended the work. */
  work(row: Row, file: CallFile | undefined, writeEnd: WriteEnd): Promise<boolean>;
};

async function takeTogether<Message extends { organizationId: string; callId: string }, Row>(
  deps: FollowDeps & { now: Clock },
  taken: readonly Taken<Message>[],
  kind: Kind<Message, Row>,
): Promise<PromiseSettledResult<void>[]> {
  const callIds = taken.map(({ message }) => message.callId);
  const { rows, files } = await claimWithFiles(deps.db, kind.claim, callIds);
  const claims = new Map(rows.map((row) => [keyOf(row), kind.rowOf(row)]));
  const ends = endsTogether(deps, claims.size);
  return Promise.allSettled(
    taken.map(async ({ message, isRedelivered }) => {
      const { organizationId, callId } = message;
      const file = files.get(callId);
      const row = take(claims, `${callId} ${kind.idOf(message)}`);
      let isEnded = false;
      if (!row) await kind.idle(message, file);
      else {
        try {
          isEnded = await kind.work(row, file, ends.write);
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

function keyOf(row: Record<string, unknown>): string {
  return `${String(row["call_id"])} ${String(row["id"])}`;
}

/** What was claimed under this key: for the first message that asks, and for no repetition of it. */
function take<T>(claims: Map<string, T>, key: string): T | undefined {
  const row = claims.get(key);
  claims.delete(key);
  return row;
}
