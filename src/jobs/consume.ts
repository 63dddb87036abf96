import { z } from "zod";
import { drainStreams } from "../delivery";
import {
  endDeadIngest,
  failDeadAnalysis,
  putOffDeadRecording,
  takeAnalysisMessage,
  takeRecordingMessage,
  workOnIngestQueue,
} from "../pipeline";
import { analysisMessage, eventsMessage, ingestQueueMessage, recordingMessage } from "../queues/messages";
import { deadLetterOf, QUEUES } from "../queues/names";
import type { JobDeps } from "./deps";

/** Seconds between tries of a message whose work threw: the database or the bucket was not available. */
const MAX_RETRY_DELAY = 60;

/** Works on one batch of one queue; each message is acknowledged or sent back by itself. */
export async function consume(batch: MessageBatch, deps: JobDeps): Promise<void> {
  switch (batch.queue) {
    case QUEUES.ingest:
      return together(batch, ingestQueueMessage, (messages) => workOnIngestQueue(deps.ingest, messages));
    case QUEUES.events:
      return together(batch, eventsMessage, (messages) => drainStreams(deps.drain, messages));
    case QUEUES.recordings:
      return sideBySide(batch, recordingMessage, (message, isRedelivered) =>
        takeRecordingMessage(deps.recordings, message, isRedelivered),
      );
    case QUEUES.analysis:
      return sideBySide(batch, analysisMessage, (message, isRedelivered) =>
        takeAnalysisMessage(deps.analysis, message, isRedelivered),
      );
    // The end of a message that a queue gave up on is written where people look for it.
    case deadLetterOf(QUEUES.ingest):
      return sideBySide(batch, ingestQueueMessage, (message) => endDeadIngest(deps.analysis, message));
    case deadLetterOf(QUEUES.recordings):
      return sideBySide(batch, recordingMessage, (message) => putOffDeadRecording(deps.analysis, message));
    case deadLetterOf(QUEUES.analysis):
      return sideBySide(batch, analysisMessage, (message) => failDeadAnalysis(deps.analysis, message));
    // A lost nudge to drain needs nothing: the sweep sends it again.
    case deadLetterOf(QUEUES.events):
      return sideBySide(batch, z.unknown(), async () => undefined);
    default:
      throw new Error(`no consumer for the queue ${batch.queue}`);
  }
}

/** All messages in one go; if that fails, one by one, so that a bad message does not block the others. */
async function together<T>(
  batch: MessageBatch,
  schema: z.ZodType<T>,
  work: (messages: T[]) => Promise<void>,
): Promise<void> {
  if (batch.messages.length > 1) {
    const parsed = z.array(schema).safeParse(batch.messages.map((message) => message.body));
    if (parsed.success) {
      try {
        await work(parsed.data);
        batch.ackAll();
        return;
      } catch (cause) {
        report(batch.queue, cause);
      }
    }
  }
  for (const message of batch.messages) await alone(batch.queue, message, schema, (one) => work([one]));
}

/** All messages at once, each by itself, so that a slow download does not delay the others. */
async function sideBySide<T>(
  batch: MessageBatch,
  schema: z.ZodType<T>,
  work: (message: T, isRedelivered: boolean) => Promise<void>,
): Promise<void> {
  await Promise.all(batch.messages.map((message) => alone(batch.queue, message, schema, work)));
}

async function alone<T>(
  queue: string,
  message: Message,
  schema: z.ZodType<T>,
  work: (message: T, isRedelivered: boolean) => Promise<void>,
): Promise<void> {
  try {
    await work(schema.parse(message.body), message.attempts > 1);
    message.ack();
  } catch (cause) {
    report(queue, cause);
    message.retry({ delaySeconds: Math.min(MAX_RETRY_DELAY, 2 ** message.attempts) });
  }
}

function report(queue: string, cause: unknown): void {
  console.error(
    JSON.stringify({
      event: "job.failed",
      queue,
      error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
    }),
  );
}
