import type { AnalysisMessage, RecordingMessage } from "../queues/messages";
import type { Nudges } from "../queues/senders";
import { workOnAnalysis, type AnalysisDeps } from "./analysis";
import type { KnownServers } from "./known-servers";
import { nudgeCalls } from "./nudge";
import { findRecording } from "../recordings";
import { workOnRecording, type RecordingDeps } from "./recording";
import { shortTry, type SlowLanes } from "./slow-lane";

// A message that finds nothing to do is one too many, and is the cheapest thing there is: under a backlog it must not
// bring forth others. Only one that the queue delivers again may stand for work that stopped before it sent its own.

/** Looks at a recording for as long as others can wait, and sends what follows on its way. */
export async function takeRecordingMessage(
  deps: RecordingDeps & { nudges: Nudges; lanes: SlowLanes; knownServers: KnownServers },
  message: RecordingMessage,
  isRedelivered: boolean,
): Promise<void> {
  const { db, nudges, now } = deps;
  const { kind } = await workOnRecording(deps, message, shortTry(deps, deps.lanes, deps.knownServers));
  if (kind === "idle") await wakeLaneOf(deps, message);
  if (kind !== "idle" || isRedelivered) await nudgeCalls(db, nudges, [message.callId], now());
}

/** A message that no consumer may work on may be one for the lane. */
async function wakeLaneOf(
  { db, lanes, now }: Pick<RecordingDeps, "db" | "now"> & { lanes: SlowLanes },
  message: RecordingMessage,
): Promise<void> {
  const row = await findRecording(db, message);
  if (row?.slow && row.state === "pending" && row.dueAt <= now() && row.leaseUntil <= now())
    await lanes.wake(row.sourceId);
}

/** Looks at an analysis, and sends what follows on its way. */
export async function takeAnalysisMessage(
  deps: AnalysisDeps & { nudges: Nudges },
  message: AnalysisMessage,
  isRedelivered: boolean,
): Promise<void> {
  const worked = await workOnAnalysis(deps, message);
  if (worked || isRedelivered) await nudgeCalls(deps.db, deps.nudges, [message.callId], deps.now());
}
