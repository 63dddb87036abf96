import type {
  ActionsMessage,
  AnalysisMessage,
  ErasureMessage,
  EventsMessage,
  IngestMessage,
  JobMessage,
  OperatorMoveMessage,
  PlacementMessage,
  RecordingMessage,
  SearchMessage,
} from "./messages";

/** Sends messages that only say "look now", so losing one costs time and never work. */
export type Nudges = {
  recordings(messages: readonly RecordingMessage[], delaySeconds?: number): Promise<void>;
  analyses(messages: readonly AnalysisMessage[], delaySeconds?: number): Promise<void>;
  events(messages: readonly EventsMessage[], delaySeconds?: number): Promise<void>;
  operatorMoves(moves: readonly Omit<OperatorMoveMessage, "kind">[], delaySeconds?: number): Promise<void>;
  jobs(messages: readonly JobMessage[], delaySeconds?: number): Promise<void>;
  erasures(messages: readonly ErasureMessage[], delaySeconds?: number): Promise<void>;
  search(messages: readonly SearchMessage[], delaySeconds?: number): Promise<void>;
  actions(messages: readonly ActionsMessage[], delaySeconds?: number): Promise<void>;
  /** Submitted reviews are to be looked at once they can no longer be taken back. */
  reviews(delaySeconds: number): Promise<void>;
};

type Bindings = { INGEST_QUEUE: Queue; RECORDINGS_QUEUE: Queue; ANALYSIS_QUEUE: Queue; EVENTS_QUEUE: Queue };

// The platform takes at most 100 messages in one sendBatch.
const MAX_BATCH = 100;

export function nudgesOn(env: Bindings): Nudges {
  return {
    recordings: (messages, delaySeconds) => sendAll(env.RECORDINGS_QUEUE, messages, delaySeconds),
    analyses: (messages, delaySeconds) => sendAll(env.ANALYSIS_QUEUE, messages, delaySeconds),
    events: (messages, delaySeconds) => sendAll(env.EVENTS_QUEUE, messages, delaySeconds),
    search: (messages, delaySeconds) =>
      sendAll(
        env.EVENTS_QUEUE,
        messages.map((message) => ({ kind: "search", ...message })),
        delaySeconds,
      ),
    actions: (messages, delaySeconds) =>
      sendAll(
        env.EVENTS_QUEUE,
        messages.map((message) => ({ kind: "actions", ...message })),
        delaySeconds,
      ),
    reviews: (delaySeconds) => sendAll(env.EVENTS_QUEUE, [{ kind: "reviews" }], delaySeconds),
    // On the queue of the notices: both write calls, so one limit of concurrent writers is enough.
    operatorMoves: (moves, delaySeconds) => sendAll(env.INGEST_QUEUE, moves.map(operatorMove), delaySeconds),
    jobs: (messages, delaySeconds) => sendAll(env.INGEST_QUEUE, messages.map(jobMessageOf), delaySeconds),
    erasures: (messages, delaySeconds) =>
      sendAll(
        env.INGEST_QUEUE,
        messages.map((message) => ({ kind: "erasure", ...message })),
        delaySeconds,
      ),
  };
}

/** Stores one message for the ingest queue durably. Resolves only when it is stored. */
export type Inbox<Message = IngestMessage> = { put(message: Message): Promise<void> };

/** An inbox that also takes people's campaign choices. */
export type OpenInbox = Inbox<IngestMessage | PlacementMessage>;

/** In production the queue itself is durable: one send and nothing else. */
export function queueInbox(queue: Queue): OpenInbox {
  return { put: async (message) => void (await queue.send(message, { contentType: "v8" })) };
}

function operatorMove(move: Omit<OperatorMoveMessage, "kind">): OperatorMoveMessage {
  return { kind: "operator_move", ...move };
}

function jobMessageOf(message: JobMessage): JobMessage & { kind: "job" } {
  return { kind: "job", ...message };
}

async function sendAll(queue: Queue, messages: readonly unknown[], delaySeconds = 0): Promise<void> {
  for (let start = 0; start < messages.length; start += MAX_BATCH) {
    const batch = messages.slice(start, start + MAX_BATCH);
    await queue.sendBatch(batch.map((body) => ({ body, contentType: "v8", delaySeconds })));
  }
}
