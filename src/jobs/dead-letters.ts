import { claimAnalysis, failedAnalysis } from "../analysis";
import { runBatch, type Database } from "../db/client";
import { analysisMessage, ingestMessage, recordingMessage } from "../queues/messages";
import { QUEUES } from "../queues/names";
import { claimRecording, failedRecording, failRecording } from "../recordings";
import { relogInbound } from "../sources";
import { endAnalysis } from "./analysis";
import type { RecordingDeps } from "./recordings";

/**
 * Writes the end of what the queue gave up on, where people look for it: a request in the inbound log (it can be
 * replayed), a recording or an analysis as failed. A lost nudge to drain needs nothing: the sweep does it again.
 */
export async function buryDeadLetter(
  parts: { db: Database; recordings: RecordingDeps; now(): number },
  queue: string,
  body: unknown,
): Promise<void> {
  const { db, recordings, now } = parts;
  if (queue === QUEUES.ingest) {
    const message = ingestMessage.parse(body);
    await runBatch(db, [relogInbound(db, { message, outcome: "dead", reason: "processing_failed", callId: null })]);
    return;
  }
  if (queue === QUEUES.recordings) {
    const claimed = await claimRecording(db, recordingMessage.parse(body), now());
    if (!claimed) return;
    const reason = `crashed: ${claimed.reason ?? "every try ended without an answer"}`;
    const following = await recordings.dependents.failed(failedRecording(claimed, reason, now()));
    await runBatch(db, [failRecording(db, claimed, reason, now()), ...following]);
    return;
  }
  if (queue === QUEUES.analysis) {
    const claimed = await claimAnalysis(db, analysisMessage.parse(body), now());
    if (claimed) await endAnalysis(db, failedAnalysis(claimed, `crashed: ${claimed.reason ?? "every try ended without an answer"}`, now()));
  }
}
