import type { AnalysisMessage, RecordingMessage } from "../queues/messages";
import type { Nudges } from "../queues/senders";
import { workOnAnalysis, type AnalysisDeps } from "./analysis";
import { nudgeCalls } from "./nudge";
import { workOnRecording, type RecordingDeps } from "./recording";

// A message that finds nothing to do is one too many, and is the cheapest thing there is: under a backlog it must not
// bring forth others. Only one that the queue delivers again may stand for work that stopped before it sent its own.

/** Looks at a recording, and sends what follows on its way. */
export async function takeRecordingMessage(
  deps: RecordingDeps & { nudges: Nudges },
  message: RecordingMessage,
  isRedelivered: boolean,
): Promise<void> {
  const { kind } = await workOnRecording(deps, message);
  if (kind !== "idle" || isRedelivered) await nudgeCalls(deps.db, deps.nudges, [message.callId], deps.now());
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
