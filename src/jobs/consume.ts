import { z } from "zod";
import { workOnJob } from "../bulk";
import { drainStreams } from "../delivery";
import { countDeadLetters } from "../health";
import {
  endDeadIngest,
  failDeadAnalysis,
  putOffDeadRecording,
  takeAnalysisMessages,
  takeRecordingMessages,
  type Taken,
  workOnIngestQueue,
} from "../pipeline";
import { workOnErasure } from "../privacy";
import {
  analysisMessage,
  eventsQueueMessage,
  ingestQueueMessage,
  recordingMessage,
  type CallMessage,
  type EventsQueueMessage,
  type IngestQueueMessage,
} from "../queues/messages";
import { deadLetterOf, QUEUES } from "../queues/names";
import { keepSearch } from "../search";
import { completeReviews } from "../quality";
import type { JobDeps } from "./deps";
import { indexSoon } from "./index-soon";

type Batch = Pick<MessageBatch, "queue" | "messages">;

/** Seconds between tries of a message whose work threw: the database or the bucket was not available. */
const MAX_RETRY_DELAY = 60;

/** Works on one batch of one queue; each message is acknowledged or sent back by itself. */
export async function consume(batch: MessageBatch, deps: JobDeps): Promise<void> {
  if (DEAD_LETTER_QUEUES.includes(batch.queue)) await countDead(batch, deps);
  switch (batch.queue) {
    case QUEUES.ingest:
      return together(withFewChoices(batch), ingestQueueMessage, (messages) => workOnMessages(deps, messages));
    case QUEUES.events:
      return together(batch, eventsQueueMessage, (messages) => workOnEvents(deps, messages));
    case QUEUES.recordings:
      return atOnce(batch, recordingMessage, (taken) => takeRecordingMessages(deps.recordings, taken));
    case QUEUES.analysis:
      return atOnce(batch, analysisMessage, (taken) => takeAnalysisMessages(deps.analysis, taken));
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

/** Requests and placements in one go, then jobs and erasures, one after another. */
async function workOnMessages(deps: JobDeps, messages: readonly IngestQueueMessage[]): Promise<void> {
  const others = messages.filter((message): message is CallMessage => !isLongWork(message));
  if (others.length > 0) await workOnIngestQueue(deps.ingest, others);
  for (const message of messages) {
    if (!isLongWork(message)) continue;
    if (message.kind === "job") await workOnJob(deps.bulk, message);
    else await workOnErasure(deps.erasing, message);
  }
}

/** Streams to drain, whose calls may have changed, and calls to index for search. */
async function workOnEvents(deps: JobDeps, messages: readonly EventsQueueMessage[]): Promise<void> {
  const streams = messages.filter((message) => "stream" in message);
  if (streams.length > 0) await drainStreams(deps.drain, streams);
  await indexSoon(deps.indexSoon, streams);
  if (messages.some((message) => "kind" in message && message.kind === "reviews"))
    await completeReviews(deps.reviews, deps.now());
  const acting = messages.flatMap((message) =>
    "kind" in message && message.kind === "actions" ? [message.organizationId] : [],
  );
  await Promise.all([...new Set(acting)].map((organizationId) => deps.sweep.lanes.act(organizationId)));
  const callIds = messages.flatMap((message) => ("callIds" in message ? message.callIds : []));
  if (callIds.length > 0) await keepSearch(deps.index, callIds);
}

function isLongWork(message: IngestQueueMessage): message is Extract<IngestQueueMessage, { kind: "job" | "erasure" }> {
  return "kind" in message && (message.kind === "job" || message.kind === "erasure");
}

const DEAD_LETTER_QUEUES: readonly string[] = Object.values(QUEUES).map(deadLetterOf);

/** Counts those that come for the first time. A count that fails must not keep the messages from their end. */
async function countDead({ queue, messages }: Batch, { db, now }: JobDeps): Promise<void> {
  const fresh = messages.filter(({ attempts }) => attempts <= 1).length;
  if (fresh === 0) return;
  const failure = await failureOf(() => countDeadLetters(db, queue, fresh, now()));
  if (failure !== undefined) report(queue, failure);
}

/** A person's choice takes up to some 80 statements, and D1 takes 1,000 in an invocation. */
const CHOICES_AT_ONCE = 10;

/**
 * The batch with so many choices; the others come again, as many each second. Requests, which have no `kind`, all stay.
 */
function withFewChoices({ queue, messages }: Batch): Batch {
  const choices = messages.filter(({ body }) => typeof body === "object" && body !== null && "kind" in body);
  const later = choices.slice(CHOICES_AT_ONCE);
  for (const [index, message] of later.entries())
    message.retry({ delaySeconds: 1 + Math.floor(index / CHOICES_AT_ONCE) });
  return { queue, messages: messages.filter((message) => !later.includes(message)) };
}

/**
 * All messages in one go. A batch that fails is halved, so that a bad message does not block the others; after a
 * bounded number of tries the rest is sent back.
 */
async function together<T>(batch: Batch, schema: z.ZodType<T>, work: (messages: T[]) => Promise<void>): Promise<void> {
  const readable = readableOf(batch, schema);
  const open = readable.length > 0 ? [readable] : [];
  for (let tries = 0; open.length > 0; tries += 1) {
    const next = open.shift() ?? [];
    const failure = tries < MOST_TRIES ? await failureOf(() => work(next.map(({ body }) => body))) : LEFT;
    if (failure === undefined) for (const { message } of next) message.ack();
    else if (next.length <= 1 || failure === LEFT)
      for (const { message } of next) sendBack(batch.queue, message, failure);
    else {
      report(batch.queue, failure);
      const middle = Math.ceil(next.length / 2);
      open.unshift(next.slice(0, middle), next.slice(middle));
    }
  }
}

/** One bad message among a hundred is alone after fifteen; D1 takes 1,000 statements in an invocation. */
const MOST_TRIES = 16;
const LEFT = new Error("left for another invocation");

async function failureOf(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (cause) {
    return cause ?? new Error("unknown");
  }
}

/** All messages at once, in statements that they share; each ends by itself. */
async function atOnce<T>(
  batch: Batch,
  schema: z.ZodType<T>,
  work: (taken: Taken<T>[]) => Promise<PromiseSettledResult<void>[]>,
): Promise<void> {
  const readable = readableOf(batch, schema);
  if (readable.length === 0) return;
  try {
    const ends = await work(
      readable.map(({ message, body }) => ({ message: body, isRedelivered: message.attempts > 1 })),
    );
    for (const [index, { message }] of readable.entries()) {
      const end = ends[index];
      if (end?.status === "fulfilled") message.ack();
      else sendBack(batch.queue, message, end?.reason);
    }
  } catch (cause) {
    for (const { message } of readable) sendBack(batch.queue, message, cause);
  }
}

/** The messages whose bodies can be read; the others are sent back. */
function readableOf<T>(batch: Batch, schema: z.ZodType<T>): { message: Message; body: T }[] {
  return batch.messages.flatMap((message) => {
    const parsed = schema.safeParse(message.body);
    if (!parsed.success) sendBack(batch.queue, message, parsed.error);
    return parsed.success ? [{ message, body: parsed.data }] : [];
  });
}

/** All messages at once, each by itself. */
async function sideBySide<T>(
  batch: MessageBatch,
  schema: z.ZodType<T>,
  work: (message: T) => Promise<void>,
): Promise<void> {
  await Promise.all(batch.messages.map((message) => alone(batch.queue, message, schema, work)));
}

async function alone<T>(
  queue: string,
  message: Message,
  schema: z.ZodType<T>,
  work: (message: T) => Promise<void>,
): Promise<void> {
  try {
    await work(schema.parse(message.body));
    message.ack();
  } catch (cause) {
    sendBack(queue, message, cause);
  }
}

function sendBack(queue: string, message: Message, cause: unknown): void {
  report(queue, cause);
  message.retry({ delaySeconds: Math.min(MAX_RETRY_DELAY, 2 ** message.attempts) });
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
