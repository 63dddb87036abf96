import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { valueList } from "../db/value-list";
import { readTogether, rowsTogether, type Query } from "../db/read-together";
import { analyses, callActions, recordings } from "../db/schema";
import { allEnded } from "../lib/all-ended";
import type { ActionsMessage, AnalysisMessage, EventsMessage, RecordingMessage } from "../queues/messages";
import type { Nudges } from "../queues/senders";

// What follows a batch about calls: their events go to the endpoints, their open work to the queues. The batch itself
// reads what that is, in its last statement.

/** Hands over events of streams: what is to be read for it, and the doing, which gives the streams of what is left.
 * `goingOn`: streams of which more is written in a moment. */
export type DrainInPlace = (streams: readonly EventsMessage[]) => {
  queries: readonly Query[];
  handOver(rows: readonly (readonly unknown[])[], goingOn: ReadonlySet<string>): Promise<EventsMessage[]>;
};

export type FollowDeps = {
  db: Database;
  nudges: Pick<Nudges, "events" | "recordings" | "analyses" | "actions">;
  drainInPlace: DrainInPlace;
};

export type CallName = { id: string; organizationId: string };

/** The statement for the end of a batch about these calls, and what is done with its result. */
export type Follow<Asked = never> = {
  statement: ReturnType<typeof readTogether>;
  follow(result: D1Result | undefined): Promise<void>;
  /** The rows of what the caller asks in the same statement. */
  asked(result: D1Result | undefined): Asked[];
};

/**
 * What follows for these calls, whoever left it: changed or not, so that a redelivered message repairs what a crash
 * between a commit and its sends left undone.
 */
export function followOf<Asked = never>(
  { db, nudges, drainInPlace }: FollowDeps,
  calls: readonly CallName[],
  now: number,
  also?: Query<Asked>,
): Follow<Asked> {
  const streams = calls.map(({ id: stream, organizationId }) => ({ stream, organizationId }));
  const drain = drainInPlace(streams);
  const among = valueList(calls.map(({ id }) => id));
  const isDue = sql`call_id IN ${among} AND state = 'pending' AND due_at <= ${now} AND lease_until <= ${now}`;
  const audio: Query<RecordingMessage> = {
    columns: {
      organizationId: recordings.organizationId,
      callId: recordings.callId,
      recordingId: recordings.id,
    },
    // The lanes of slow ones were woken when they were handed over.
    from: sql`FROM ${recordings} WHERE ${isDue} AND url IS NOT NULL AND slow = 0`,
  };
  const acoustic: Query<AnalysisMessage> = {
    columns: { organizationId: analyses.organizationId, callId: analyses.callId, analysisId: analyses.id },
    from: sql`FROM ${analyses} WHERE ${isDue}`,
  };
  const actions: Query<ActionsMessage> = {
    columns: { organizationId: callActions.organizationId },
    from: sql`FROM ${callActions} WHERE ${isDue} GROUP BY organization_id`,
  };
  const queries = [...drain.queries, audio, acoustic, actions];
  const all = also ? [...queries, also] : queries;
  return {
    statement: readTogether(db, all),
    asked: (result) => (also ? (rowsTogether(result, all).at(-1) as Asked[]) : []),
    follow: async (result) => {
      const rows = rowsTogether(result, all).slice(0, queries.length);
      const [dueAudio, dueAcoustic, dueActions] = rows.slice(-3) as [
        RecordingMessage[],
        AnalysisMessage[],
        ActionsMessage[],
      ];
      // Their work is due now, and what comes of it is written to the same streams.
      const goingOn = new Set([...dueAudio, ...dueAcoustic].map(({ callId }) => callId));
      const sendEvents = async () => {
        const left = await drain.handOver(rows.slice(0, -3), goingOn).catch((cause: unknown) => {
          // Their marks still stand: the queue does it again.
          console.error(JSON.stringify({ event: "drain_in_place.failed", error: String(cause) }));
          return streams;
        });
        await nudges.events(left);
      };
      await allEnded([
        sendEvents(),
        nudges.recordings(dueAudio),
        nudges.analyses(dueAcoustic),
        nudges.actions(dueActions),
      ]);
    },
  };
}

/** The same where no batch was written, or its answer was lost. */
export async function followCalls(deps: FollowDeps, calls: readonly CallName[], now: number): Promise<void> {
  if (calls.length === 0) return;
  const { statement, follow } = followOf(deps, calls, now);
  await follow(await statement);
}
