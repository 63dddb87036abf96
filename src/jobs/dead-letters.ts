import { claimAnalysis, failedAnalysis } from "../analysis";
import { runBatch, type Database } from "../db/client";
import { analysisMessage, ingestQueueMessage, recordingMessage } from "../queues/messages";
import { QUEUES } from "../queues/names";
import { clearInbox } from "../queues/table-inbox";
import { MINUTE } from "../lib/time";
import { claimRecording, postponeRecording } from "../recordings";
import { countLogged, relogInbound } from "../sources";
import { endAnalysis, type AnalysisDeps, countOf } from "../pipeline";

/** How long a recording rests after the queue gave up on its message. */
const RECORDING_PAUSE = 15 * MINUTE;

/**
 * Writes the end of what the queue gave up on, where people look for it: a request in the inbound log (it can be
 * replayed), a recording as put off, an analysis as failed. A lost nudge to drain needs nothing: the sweep does it again.
 */
export async function buryDeadLetter(
  deps: { db: Database; analysis: Pick<AnalysisDeps, "db" | "bucket">; now(): number },
  queue: string,
  body: unknown,
): Promise<void> {
  const { db, now } = deps;
  if (queue === QUEUES.ingest) {
    const message = ingestQueueMessage.parse(body);
    if ("kind" in message) {
      // The calls wait on, in sight of everybody, and the sweep goes on with a move: only a choice has to be made again.
      if (message.kind === "placement") await clearInbox(db, [message.id]);
      console.error(JSON.stringify({ event: "placement.dead", message }));
      return;
    }
    const entry = { message, outcome: "dead" as const, reason: "processing_failed", callId: null };
    await runBatch(db, [countLogged(db, countOf(entry)), relogInbound(db, entry)]);
    // Else `npm start` would send it again for ever.
    await clearInbox(db, [message.id]);
    return;
  }
  if (queue === QUEUES.recordings) {
    // Five tries are over in minutes, a storage outage may not be: the row stays open and its own deadline ends it.
    const claimed = await claimRecording(db, recordingMessage.parse(body), now());
    if (claimed)
      await postponeRecording(
        db,
        claimed,
        now() + RECORDING_PAUSE,
        claimed.reason ?? "platform: every try was interrupted",
      );
    return;
  }
  if (queue === QUEUES.analysis) {
    const claimed = await claimAnalysis(db, analysisMessage.parse(body), now());
    if (claimed)
      await endAnalysis(
        deps.analysis,
        failedAnalysis(claimed, `crashed: ${claimed.reason ?? "every try ended without an answer"}`, now()),
      );
  }
}
