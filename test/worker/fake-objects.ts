import type { EndpointObjects, EnqueuedEvent } from "../../src/delivery";

type Enqueue = EndpointObjects["enqueue"];

/**
 * Stands in for the objects of all endpoints: each keeps what it took, in order and once, like the real one. The test
 * decides how much fits and what breaks.
 */
export type FakeObjects = {
  enqueue: Enqueue;
  /** What each object took, in the order it took it, by the object's name. */
  taken: Map<string, EnqueuedEvent[]>;
  /** How often each object was asked. */
  asked: Map<string, number>;
  /** Room of each object; nothing is ever sent, so it only fills up. */
  room: number;
  /** Throws to break a call: before the object heard of it, or after, when only the answer is lost. */
  before(object: string): void | Promise<void>;
  after(object: string): void | Promise<void>;
};

export function fakeObjects(): FakeObjects {
  const fake: FakeObjects = {
    taken: new Map(),
    asked: new Map(),
    room: Infinity,
    before: () => undefined,
    after: () => undefined,
    enqueue: async (object, _config, events) => {
      fake.asked.set(object, (fake.asked.get(object) ?? 0) + 1);
      await fake.before(object);
      const kept = fake.taken.get(object) ?? [];
      fake.taken.set(object, kept);
      if (kept.length + events.length > fake.room) return { accepted: 0, duplicates: 0, refused: "full" };
      const fresh = events.filter(
        ({ stream, seq }) => !kept.some((known) => known.stream === stream && known.seq === seq),
      );
      kept.push(...fresh);
      await fake.after(object);
      return { accepted: fresh.length, duplicates: events.length - fresh.length, refused: null };
    },
  };
  return fake;
}

/** The rest of an object's surface, for parts that only enqueue. */
export function asObjects(fake: Pick<EndpointObjects, "enqueue">): EndpointObjects {
  return fake as EndpointObjects;
}
