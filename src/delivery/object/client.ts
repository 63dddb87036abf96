import {
  COUNTED_TO,
  type BlockedLane,
  type BlockedQuery,
  type Count,
  type DeliveryLogEntry,
  type DeliveryState,
  type EndpointConfig,
  type EnqueueAnswer,
  type EnqueuedEvent,
  type HealthReport,
  type HoldOutcome,
  type LogQuery,
  type ReplayQuery,
  type RetryOutcome,
} from "../contract";
import type { EndpointObject } from "./object";
import { endpointConfigOf, type EndpointRow } from "../endpoints";
import { objectName, objectsOf } from "../shards";

/** What is needed of an endpoint to find its objects. */
export type EndpointAddress = Pick<EndpointRow, "id" | "organizationId" | "shards">;

/**
 * `replay` is the number of this replay (newReplayNumber); `perSecond` bounds it on top of the endpoint's own limit.
 */
export type ReplayMarks = { replay: number; perSecond?: number };

/** The objects of all endpoints. These calls throw only when the platform fails. */
export type EndpointObjects = {
  /** Sends events, each stream in order, to one object. shards.ts gives its name. */
  enqueue(
    object: string,
    config: EndpointConfig,
    events: readonly EnqueuedEvent[],
    replay?: ReplayMarks,
  ): Promise<EnqueueAnswer>;
  /** Sends the endpoint's configuration to all its objects. */
  configure(endpoint: EndpointRow): Promise<void>;
  /** A page of deliveries over all objects, newest first. */
  log(endpoint: EndpointAddress, query: LogQuery): Promise<DeliveryLogEntry[]>;
  /** A page of the lanes that wait, over all objects, the one whose head came first at the beginning. */
  blocked(endpoint: EndpointAddress, query: BlockedQuery): Promise<BlockedLane[]>;
  /** How many deliveries match, over all objects. */
  count(endpoint: EndpointAddress, query: Omit<LogQuery, "limit" | "before">): Promise<Count>;
  delivery(endpoint: EndpointAddress, deliveryId: string): Promise<DeliveryLogEntry | null>;
  /** `seen`: the state in which it is sent again; in another one it is not. */
  retry(endpoint: EndpointAddress, deliveryId: string, seen?: DeliveryState): Promise<RetryOutcome>;
  /** Tries at once what waits for another attempt in all objects. `more`: there is more than one request takes. */
  retryAll(endpoint: EndpointAddress): Promise<{ retried: number; more: boolean }>;
  /** `seen`: as of `retry`. An object that still runs a version before this one decides whatever state it is in. */
  settle(
    endpoint: EndpointAddress,
    deliveryId: string,
    action: "release" | "skip",
    seen?: DeliveryState,
  ): Promise<boolean>;
  hold(endpoint: EndpointAddress, deliveryId: string, options: { dryRun: boolean }): Promise<HoldOutcome>;
  /** Sends again the deliveries that the objects have and `query` matches. A dry run only counts them. */
  replay(
    endpoint: EndpointAddress,
    query: ReplayQuery,
    options: ReplayMarks & { dryRun: boolean },
  ): Promise<{ matched: Count; enqueued: number }>;
  /** Sends one event at once, marked as a test, and gives the result; null when too many tests are under way. */
  test(endpoint: EndpointRow, event: EnqueuedEvent): Promise<DeliveryLogEntry | null>;
  health(endpoint: EndpointAddress): Promise<HealthReport[]>;
  /** How many deliveries of these streams there are in all objects. */
  countOf(endpoint: EndpointAddress, streams: readonly string[]): Promise<number>;
  /** Deletes the deliveries of streams in all objects, with one request to each. Gives their number. */
  erase(endpoint: EndpointAddress, streams: readonly string[]): Promise<number>;
};

const TRIES = 3;

/** A call to an object carries at most 32 MiB. Larger batches are split into several calls. */
const MAX_CALL_BYTES = 8 * 1024 * 1024;

export function endpointObjects(namespace: DurableObjectNamespace<EndpointObject>): EndpointObjects {
  // A stub that has failed stays broken, so each call takes a new one.
  const stubOf = (name: string) => namespace.getByName(name);
  type Stub = ReturnType<typeof stubOf>;
  const ask = <T>(name: string, question: (stub: Stub) => Promise<T>) => persist(async () => question(stubOf(name)));
  const askAll = <T>(endpoint: EndpointAddress, question: (stub: Stub) => Promise<T>) =>
    Promise.all(objectsOf(endpoint).map((name) => ask(name, question)));
  // For calls that must not be repeated: when the answer is lost, the call may still have succeeded.
  const askAllOnce = <T>(endpoint: EndpointAddress, question: (stub: Stub) => Promise<T>) =>
    Promise.all(objectsOf(endpoint).map((name) => question(stubOf(name))));

  return {
    enqueue: async (object, config, events, replay) => {
      const total: EnqueueAnswer = { accepted: 0, duplicates: 0, refused: null };
      for (const part of partsOf(events)) {
        const answer = await ask(object, async (stub) => await stub.enqueue(config, part, replay));
        total.accepted += answer.accepted;
        total.duplicates += answer.duplicates;
        total.refused = answer.refused;
        if (answer.refused) break;
      }
      return total;
    },
    configure: async (endpoint) => {
      const config = endpointConfigOf(endpoint);
      await askAll(endpoint, async (stub) => await stub.configure(config));
    },
    log: async (endpoint, query) => {
      const pages = await askAll(endpoint, async (stub) => await stub.log(endpoint.organizationId, query));
      const page = pages.flat().toSorted(newestFirst);
      return (query.order === "ascending" ? page.toReversed() : page).slice(0, query.limit);
    },
    blocked: async (endpoint, query) => {
      const pages = await askAll(endpoint, async (stub) => await stub.blocked(endpoint.organizationId, query));
      return pages.flat().toSorted(oldestFirst).slice(0, query.limit);
    },
    count: async (endpoint, query) =>
      countOf(await askAll(endpoint, async (stub) => await stub.count(endpoint.organizationId, query))),
    delivery: async (endpoint, deliveryId) => {
      const found = await askAll(endpoint, async (stub) => await stub.delivery(endpoint.organizationId, deliveryId));
      return found.find((entry) => entry !== null) ?? null;
    },
    retry: async (endpoint, deliveryId, seen) => {
      const { organizationId } = endpoint;
      const answers = await askAllOnce(endpoint, async (stub) => await stub.retry(organizationId, deliveryId, seen));
      return answers.find((answer) => answer !== "not_found") ?? "not_found";
    },
    retryAll: async (endpoint) => {
      const answers = await askAll(endpoint, async (stub) => await stub.retryAll(endpoint.organizationId));
      return { retried: sum(answers.map(({ retried }) => retried)), more: answers.some(({ more }) => more) };
    },
    settle: async (endpoint, deliveryId, action, seen) => {
      const { organizationId } = endpoint;
      const settled = await askAllOnce(
        endpoint,
        async (stub) => await stub.settle(organizationId, deliveryId, action, seen),
      );
      return settled.includes(true);
    },
    hold: async (endpoint, deliveryId, options) => {
      const { organizationId } = endpoint;
      const answers = await askAllOnce(endpoint, (stub) =>
        unlessOlder(async () => await stub.hold(organizationId, deliveryId, options)),
      );
      const isOf = (wanted: HoldOutcome) => answers.includes(wanted);
      return (["held", "not_waiting", "unable"] as const).find(isOf) ?? "not_found";
    },
    replay: async (endpoint, query, { perSecond, ...marks }) => {
      const share = perSecond === undefined ? {} : { perSecond: perSecond / objectsOf(endpoint).length };
      const { organizationId } = endpoint;
      const counts = await askAll(
        endpoint,
        async (stub) => await stub.replay(organizationId, query, { ...marks, ...share }),
      );
      return {
        matched: countOf(counts.map(({ matched }) => matched)),
        enqueued: sum(counts.map(({ enqueued }) => enqueued)),
      };
    },
    test: async (endpoint, event) =>
      await stubOf(objectName(endpoint.id, 0)).sendTest(endpointConfigOf(endpoint), event),
    health: (endpoint) => askAll(endpoint, async (stub) => await stub.health()),
    countOf: async (endpoint, streams) =>
      sum(await askAll(endpoint, async (stub) => await stub.count(endpoint.organizationId, streams))),
    erase: async (endpoint, streams) => sum(await askAll(endpoint, async (stub) => await stub.erase(streams))),
  };
}

/** Retries, unless the object reports that it is overloaded: a retry would add to the load. */
export async function persist<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (cause) {
      const overloaded =
        typeof cause === "object" && cause !== null && "overloaded" in cause && cause.overloaded === true;
      if (attempt >= TRIES || overloaded) throw cause;
    }
  }
}

/** Splits the events, in order, so that each call stays below the limit. A UTF-16 unit takes at most three bytes. */
export function partsOf<Event extends { data: string }>(events: readonly Event[]): Event[][] {
  const parts: Event[][] = [];
  let part: Event[] = [];
  let size = 0;
  for (const event of events) {
    const bytes = event.data.length * 3;
    if (part.length > 0 && size + bytes > MAX_CALL_BYTES) {
      parts.push(part);
      part = [];
      size = 0;
    }
    part.push(event);
    size += bytes;
  }
  return part.length > 0 ? [...parts, part] : parts;
}

/** An object goes on with the code it was started with for a moment after a deployment, and that may not know a method. */
async function unlessOlder(question: () => Promise<HoldOutcome>): Promise<HoldOutcome> {
  try {
    return await question();
  } catch (cause) {
    if (String(cause).includes("does not implement")) return "unable";
    throw cause;
  }
}

function newestFirst(one: DeliveryLogEntry, other: DeliveryLogEntry): number {
  return other.enqueuedAt - one.enqueuedAt || (one.deliveryId < other.deliveryId ? 1 : -1);
}

function oldestFirst(one: BlockedLane, other: BlockedLane): number {
  return one.arrival - other.arrival || (one.entry.deliveryId < other.entry.deliveryId ? -1 : 1);
}

function countOf(parts: readonly number[]): Count {
  const total = sum(parts);
  return { count: Math.min(total, COUNTED_TO), more: total > COUNTED_TO };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
