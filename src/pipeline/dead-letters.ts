import { claimAnalysis } from "../analysis";
import { runBatch, type Database } from "../db/client";
import { writeRow } from "../db/rows";
import { postpone } from "../db/work";
import { MINUTE } from "../lib/time";
import type { AnalysisMessage, IngestQueueMessage, RecordingMessage } from "../queues/messages";
import { clearInbox } from "../queues/table-inbox";
import { claimRecording, recordingWork } from "../recordings";
import { countLogged, relogInbound } from "../sources";
import { countOf } from "./count-of";
import type { WriteEnd } from "./ends";
import { giveUpAnalysis } from "./give-up";

type DeadLetterDeps = { db: Database; bucket: R2Bucket; now(): number; writeEnd: WriteEnd };

/** How long a recording rests after the queue gave up on its message. */
const RECORDING_PAUSE = 15 * MINUTE;

/** Logs a request that the queue gave up on as dead: it can be replayed. */
export async function endDeadIngest({ db }: DeadLetterDeps, message: IngestQueueMessage): Promise<void> {
  if ("kind" in message) {
    // The calls wait on, in sight of everybody, and the sweep goes on with a move: only a choice has to be made again.
    if (message.kind === "placement") await clearInbox(db, [message.id]);
    console.error(JSON.stringify({ event: "placement.dead", message }));
    return;
  }
  const entry = { message, outcome: "dead" as const, reason: "processing_failed", callId: null };
  await runBatch(db, [countLogged(db, countOf(entry)), writeRow(db, relogInbound(entry))]);
  // Else `npm start` would send it again for ever.
  await clearInbox(db, [message.id]);
}

/**
 * Puts a recording off whose message the queue gave up on. Five tries are over in minutes, a storage outage may not be:
 * the row stays open and its own deadline ends it.
 */
export async function putOffDeadRecording({ db, now }: DeadLetterDeps, message: RecordingMessage): Promise<void> {
  const claimed = await claimRecording(db, message, now());
  if (!claimed) return;
  const reason = claimed.reason ?? "platform: every try was interrupted";
  await runBatch(db, [postpone(db, recordingWork, claimed, now() + RECORDING_PAUSE, { reason })]);
}

/** Fails an analysis whose message the queue gave up on. */
export async function failDeadAnalysis(deps: DeadLetterDeps, message: AnalysisMessage): Promise<void> {
  const claimed = await claimAnalysis(deps.db, message, deps.now());
  if (!claimed) return;
  const reason = `crashed: ${claimed.reason ?? "every try ended without an answer"}`;
  await giveUpAnalysis(deps, claimed, reason);
}
