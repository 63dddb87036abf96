import { evictDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EnqueuedEvent } from "../../src/delivery";
import { event, makeDue, newEndpoint, subscriber } from "./subscriber";

// D1 is put back to an earlier time and gives its numbers out again; the objects keep what they have seen since.

afterEach(() => vi.restoreAllMocks());

/** The event a restored database records under a number that another one had. */
const after = (call: string, seq: number, generation = 1): EnqueuedEvent => ({
  ...event(call, seq),
  eventId: `evt_${call}_${seq}_after_${generation}`,
});
const ids = (...events: EnqueuedEvent[]) => events.map(({ eventId }) => eventId);

describe("an endpoint's object, after the database was restored", () => {
  it("delivers a new event under a number it has seen, and no event twice", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    const before = [1, 2, 3].map((seq) => event("a", seq));
    await object().enqueue(config, before);
    await vi.waitFor(() => expect(hits).toHaveLength(3));
    // Put back to when there was only the first: what is not drained comes again, then other events as 2 and 3, then a
    // new 4.
    const again = [before[0]!, after("a", 2), after("a", 3), event("a", 4)];
    expect(await object().enqueue(config, again)).toEqual({ accepted: 3, duplicates: 1, refused: null });
    await vi.waitFor(() => expect(hits.map((hit) => hit.id)).toEqual(ids(...before, ...again.slice(1))));
    expect(hits.map((hit) => hit.seq)).toEqual([1, 2, 3, 2, 3, 4]);
    expect(await object().enqueue(config, again)).toMatchObject({ accepted: 0, duplicates: 4 });
    await evictDurableObject(object());
    expect(await object().enqueue(config, [...again, before[1]!])).toMatchObject({ accepted: 0, duplicates: 5 });
    const log = await object().log("org_1", { limit: 10, newest: true });
    expect(new Set(log.map((one) => one.eventId))).toEqual(new Set(ids(...before, ...again.slice(1))));
    expect(log.map((one) => one.replay)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("does so each time the database is restored", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    const events = [event("a", 1), after("a", 1, 1), after("a", 1, 2), after("a", 1, 3)];
    for (const one of events) await object().enqueue(config, [one]);
    await vi.waitFor(() => expect(hits.map((hit) => hit.id)).toEqual(ids(...events)));
    for (const one of events) expect(await object().enqueue(config, [one])).toMatchObject({ accepted: 0 });
  });

  it("sends them behind what of their call still waits, in order, through a crash, flagged as no replay", async () => {
    let up = false;
    const hits = subscriber(() => (up ? new Response("ok") : new Response("down", { status: 503 })));
    const { config, object } = await newEndpoint();
    const before = [1, 2, 3].map((seq) => event("a", seq));
    await object().enqueue(config, before);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    const restored = [after("a", 2), after("a", 3), event("a", 4)];
    expect(await object().enqueue(config, restored)).toMatchObject({ accepted: 3 });
    await evictDurableObject(object());
    up = true;
    hits.length = 0;
    await makeDue(object());
    await vi.waitFor(() => expect(hits.map((hit) => hit.id)).toEqual(ids(...before, ...restored)));
    expect(hits.every((hit) => !("trunkline-replay" in hit.headers))).toBe(true);
  });

  it("reports no gap for a number that was given up before and delivered since", async () => {
    const hits = subscriber((hit) => (hit.id === "evt_a_2" ? new Response("no", { status: 500 }) : new Response("ok")));
    const { config, object } = await newEndpoint({ settings: { retryWaits: [] } });
    await object().enqueue(config, [event("a", 1), event("a", 2)]);
    await vi.waitFor(() => expect(hits).toHaveLength(2));
    await object().enqueue(config, [after("a", 2), event("a", 3)]);
    await vi.waitFor(() => expect(hits).toHaveLength(4));
    expect(hits.map((hit) => [hit.id, hit.gap ?? null])).toEqual(
      ids(event("a", 1), event("a", 2), after("a", 2), event("a", 3)).map((id) => [id, null]),
    );
  });

  it("keeps the policy of a first delivery: one that is held waits for a person", async () => {
    const hits = subscriber((hit) =>
      hit.id.endsWith("_1") ? new Response("no", { status: 500 }) : new Response("ok"),
    );
    const { config, object } = await newEndpoint({ settings: { retryWaits: [], onExhausted: "hold" } });
    await object().enqueue(config, [event("b", 2)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    await object().enqueue(config, [after("b", 2), event("b", 3)]);
    await vi.waitFor(async () =>
      expect((await object().log("org_1", { limit: 5, state: "held" })).map((one) => one.eventId)).toEqual(
        ids(after("b", 2)),
      ),
    );
    expect(hits.map((hit) => hit.seq)).toEqual([2, 2]);
  });

  it("counts only what is new against a full backlog", async () => {
    const hits = subscriber(() => new Response("down", { status: 503 }));
    const { config, object } = await newEndpoint({ settings: { maxBacklog: 2 } });
    await object().enqueue(config, [event("a", 1), event("a", 2)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    expect(await object().enqueue(config, [event("a", 1), event("a", 2)])).toMatchObject({ refused: null });
    expect(await object().enqueue(config, [after("a", 2)])).toMatchObject({ accepted: 0, refused: "full" });
  });

  it("replays the event that has a number now, not the one that had it", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1), event("a", 2)]);
    await object().enqueue(config, [after("a", 2)]);
    await vi.waitFor(() => expect(hits).toHaveLength(3));
    await vi.waitFor(async () => expect(await object().count("org_1", { state: "delivered" })).toBe(3));
    hits.length = 0;
    const options = { dryRun: false, replay: Date.now() };
    expect(await object().replay("org_1", { stream: "a" }, options)).toEqual({ matched: 2, enqueued: 2 });
    await vi.waitFor(() => expect(hits.map((hit) => hit.id)).toEqual(ids(event("a", 1), after("a", 2))));
  });

  it("takes the endpoint as the database has it once its version was raised", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint({ version: 7, url: "https://subscriber.test/newer" });
    await object().configure(config);
    const restored = { ...config, version: 4, url: "https://subscriber.test/restored" };
    await object().configure(restored);
    await object().enqueue({ ...restored, version: 1_004 }, [event("a", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    await vi.waitFor(async () =>
      expect((await object().log("org_1", { limit: 1 }))[0]?.attempts[0]?.request.url).toBe(
        "https://subscriber.test/restored",
      ),
    );
  });
});
