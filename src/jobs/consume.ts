import { z } from "zod";
import { analysisMessage, eventsMessage, ingestMessage, recordingMessage } from "../queues/messages";
import { deadLetterOf, QUEUES } from "../queues/names";
import { workOnAnalysis } from "./analysis";
import { buryDeadLetter } from "./dead-letters";
import { drainStreams } from "./drain";
import { workOnIngest } from "./ingest";
import { nudgeCalls } from "./nudge";
import type { JobParts } from "./parts";
import { workOnRecording } from "./recordings";

/** Works on one batch of one queue; each message is acknowledged or sent back by itself. */
export async function consume(batch: MessageBatch, parts: JobParts): Promise<void> {
  switch (batch.queue) {
    case QUEUES.ingest:
      return together(batch, ingestMessage, (messages) => workOnIngest(parts.ingest, messages));
    case QUEUES.events:
      return together(batch, eventsMessage, (messages) => drainStreams(parts.drain, messages));
    case QUEUES.recordings:
      return oneByOne(batch, recordingMessage, async (message) => {
        await workOnRecording(parts.recordings, message);
        await nudgeCalls(parts.db, parts.nudges, [message.callId], parts.now());
      });
    case QUEUES.analysis:
      return oneByOne(batch, analysisMessage, async (message) => {
        await workOnAnalysis(parts.analysis, message);
        await nudgeCalls(parts.db, parts.nudges, [message.callId], parts.now());
      });
    default: {
      const served = Object.values(QUEUES).find((name) => deadLetterOf(name) === batch.queue);
      if (!served) throw new Error(`no consumer for the queue ${batch.queue}`);
      return oneByOne(batch, z.unknown(), (body) => buryDeadLetter(parts, served, body));
    }
  }
}

/** All messages in one go; if that fails, each alone, so that one that cannot be worked on holds back no other. */
async function together<T>(batch: MessageBatch, schema: z.ZodType<T>, work: (messages: T[]) => Promise<void>): Promise<void> {
  if (batch.messages.length > 1) {
    const parsed = batch.messages.map((message) => schema.safeParse(message.body));
    if (parsed.every((one) => one.success)) {
      try {
        await work(parsed.map((one) => one.data as T));
        batch.ackAll();
        return;
      } catch (cause) {
        report(batch.queue, cause);
      }
    }
  }
  await oneByOne(batch, schema, (message) => work([message]));
}

async function oneByOne<T>(batch: MessageBatch, schema: z.ZodType<T>, work: (message: T) => Promise<void>): Promise<void> {
  for (const message of batch.messages) {
    try {
      await work(schema.parse(message.body));
      message.ack();
    } catch (cause) {
      report(batch.queue, cause);
      message.retry({ delaySeconds: Math.min(60, 2 ** message.attempts) });
    }
  }
}

function report(queue: string, cause: unknown): void {
  console.error(JSON.stringify({ event: "job.failed", queue, error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }));
}
