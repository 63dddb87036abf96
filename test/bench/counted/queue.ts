import { count } from "./counters";

const OPERATION_BYTES = 64_000;

/** A queue whose messages are counted as they are written. */
export function countedQueue(queue: Queue): Queue {
  return {
    send: (body: unknown, options?: QueueSendOptions) => {
      countMessage(body);
      return queue.send(body, options);
    },
    sendBatch: (messages: Iterable<MessageSendRequest>, options?: QueueSendBatchOptions) => {
      const sent = [...messages];
      for (const { body } of sent) countMessage(body);
      return queue.sendBatch(sent, options);
    },
  } as Queue;
}

/** A delivered batch: each message was read, and is deleted unless it is sent back. */
export function countBatch(batch: MessageBatch): MessageBatch {
  const returned = new Set<string>();
  const messages = batch.messages.map((message) => {
    count("queueOperations", 2 * operationsOf(message.body));
    return new Proxy(message, {
      get(target, name) {
        if (name === "retry") return (options?: QueueRetryOptions) => (sendBack(target), target.retry(options));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  });
  function sendBack({ id, body }: Message): void {
    if (!returned.has(id)) count("queueOperations", -operationsOf(body));
    returned.add(id);
  }
  return {
    queue: batch.queue,
    messages,
    metadata: batch.metadata,
    ackAll: () => batch.ackAll(),
    retryAll: (options) => batch.retryAll(options),
  };
}

function countMessage(body: unknown): void {
  count("queueMessages");
  count("queueOperations", operationsOf(body));
}

// The platform counts the serialised bytes. Ours are a few hundred apart from the raw body, so the nearest 64 kB is
// safe.
function operationsOf(body: unknown): number {
  const raw =
    typeof body === "object" && body !== null && "body" in body && body.body instanceof Uint8Array
      ? body.body.length
      : 0;
  const rest = JSON.stringify(body, (_, value: unknown) => (value instanceof Uint8Array ? undefined : value)).length;
  return Math.max(1, Math.ceil((raw + rest) / OPERATION_BYTES));
}
