import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EndpointObject } from "../../src";
import { openDatabase } from "../../src/db/client";
import { endpointConfigOf, endpointObjects, objectName, shardOf, type BlockedLane } from "../../src/delivery";
import { decide, listBlocked } from "../../src/delivery/object/storage";
import { HOUR } from "../../src/lib/time";
import { mintEndpoint, mintOrganization } from "../factories";
import { countingReads, event, makeDue, newEndpoint, states, subscriber } from "./subscriber";

const db = openDatabase(env.DB);
const refused = () => new Response("no", { status: 503 });

afterEach(() => vi.restoreAllMocks());

const fronts = (lanes: readonly BlockedLane[]) =>
  lanes.map(({ entry, queued }) => `${entry.stream}/${entry.seq} +${queued}`);

describe("calls that wait", () => {
  it("are those whose event in front was tried and not taken, with what is behind it", async () => {
    subscriber((hit) => (hit.call === "a" ? refused() : new Response("ok")));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1), event("b", 1), event("a", 2), event("a", 3)]);
    await vi.waitFor(async () => expect(fronts(await object().blocked("org_1", { limit: 10 }))).toEqual(["a/1 +2"]));
    const [lane] = await object().blocked("org_1", { limit: 10 });
    expect(lane!.entry).toMatchObject({
      state: "pending",
      attemptCount: 1,
      attempts: [{ status: 503, response: null }],
    });
    expect(lane!.entry.dueAt).toBeGreaterThan(Date.now());
    expect(await object().blocked("org_2", { limit: 10 })).toEqual([]);
  });

  it("go on with their next event after a skip, and after a retry that is taken", async () => {
    let isUp = false;
    const hits = subscriber((hit) => (isUp || hit.seq > 1 ? new Response("ok") : refused()));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1), event("b", 1), event("a", 2), event("b", 2)]);
    const waiting = async () => object().blocked("org_1", { limit: 10 });
    await vi.waitFor(async () => expect(fronts(await waiting())).toEqual(["a/1 +1", "b/1 +1"]));
    const [a, b] = await waiting();
    expect(await object().settle("org_1", a!.entry.deliveryId, "skip")).toBe(true);
    await vi.waitFor(async () =>
      expect(await states(object())).toMatchObject({ "a/1": "skipped", "a/2": "delivered" }),
    );
    expect(fronts(await waiting())).toEqual(["b/1 +1"]);
    isUp = true;
    expect(await object().retry("org_1", b!.entry.deliveryId)).toBe("scheduled");
    await vi.waitFor(async () =>
      expect(await states(object())).toMatchObject({ "b/1": "delivered", "b/2": "delivered" }),
    );
    expect(await waiting()).toEqual([]);
    expect(hits.map(({ call, seq }) => `${call}${seq}`).filter((one) => one.startsWith("b"))).toEqual([
      "b1",
      "b1",
      "b2",
    ]);
  });

  it("that are held wait for a decision, also after a restart of the object", async () => {
    subscriber(refused);
    const { config, object } = await newEndpoint({ settings: { onExhausted: "hold", retryWaits: [1] } });
    await object().enqueue(config, [event("a", 1), event("a", 2)]);
    await vi.waitFor(async () => expect(await object().blocked("org_1", { limit: 1 })).toHaveLength(1));
    await makeDue(object());
    await vi.waitFor(async () => expect(await states(object())).toEqual({ "a/1": "held", "a/2": "pending" }));
    const [lane] = await object().blocked("org_1", { limit: 10 });
    expect(lane).toMatchObject({ queued: 1, entry: { state: "held", dueAt: null, attemptCount: 2 } });
  });

  it("are held where somebody wants that: by no alarm, restart or retry of all are they tried before a decision", async () => {
    let isUp = false;
    const hits = subscriber((hit) => (isUp || hit.call === "b" ? new Response("ok") : refused()));
    const { config, object } = await newEndpoint({ settings: { retryWaits: [HOUR, HOUR] } });
    await object().enqueue(config, [event("a", 1), event("a", 2)]);
    const waiting = async () => object().blocked("org_1", { limit: 10 });
    await vi.waitFor(async () => expect(fronts(await waiting())).toEqual(["a/1 +1"]));
    const { deliveryId } = (await waiting())[0]!.entry;
    const behind = (await object().log("org_1", { limit: 9 })).find(({ seq }) => seq === 2)!;
    // Neither what is queued behind another, nor somebody else's, nor what is not there.
    expect(await object().hold("org_1", behind.deliveryId)).toBe("not_waiting");
    expect(await object().hold("org_2", deliveryId)).toBe("not_found");
    expect(await object().hold("org_1", "dlv_none")).toBe("not_found");
    // Asked what would come of it, it holds nothing.
    expect(await object().hold("org_1", behind.deliveryId, { dryRun: true })).toBe("not_waiting");
    expect(await object().hold("org_1", deliveryId, { dryRun: true })).toBe("held");
    expect((await waiting())[0]!.entry.state).toBe("pending");
    expect(await object().hold("org_1", deliveryId)).toBe("held");
    expect(await object().hold("org_1", deliveryId)).toBe("not_waiting");
    const [lane] = await waiting();
    expect(lane).toMatchObject({ reason: "held", queued: 1 });
    expect(lane!.entry).toMatchObject({ state: "held", byPerson: true, dueAt: null, attemptCount: 1 });
    isUp = true;
    await makeDue(object());
    expect(await object().retryAll("org_1")).toEqual({ retried: 0, more: false });
    await evictDurableObject(object());
    await object().enqueue(config, [event("a", 3), event("b", 1)]);
    await runDurableObjectAlarm(object());
    await vi.waitFor(async () => expect(await states(object())).toMatchObject({ "b/1": "delivered" }));
    expect(hits.map(({ call, seq }) => `${call}${seq}`)).toEqual(["a1", "b1"]);
    expect((await waiting())[0]!.entry).toMatchObject({ state: "held", byPerson: true });
    expect(await object().settle("org_1", deliveryId, "release")).toBe(true);
    await vi.waitFor(async () => expect(await waiting()).toEqual([]));
    await vi.waitFor(() =>
      expect(hits.map(({ call, seq }) => `${call}${seq}`)).toEqual(["a1", "b1", "a1", "a2", "a3"]),
    );
    await vi.waitFor(async () => expect(await states(object())).toMatchObject({ "a/3": "delivered" }));
    expect(await object().hold("org_1", deliveryId)).toBe("not_waiting");
  });

  it("that somebody held go on with their tries once released, and with their next event once skipped", async () => {
    const hits = subscriber((hit) => (hit.seq === 1 ? refused() : new Response("ok")));
    const { config, object } = await newEndpoint({ settings: { retryWaits: [HOUR, HOUR] } });
    await object().enqueue(config, [event("a", 1), event("a", 2)]);
    const front = async () => (await object().blocked("org_1", { limit: 10 }))[0]?.entry;
    await vi.waitFor(async () => expect(await front()).toBeDefined());
    const { deliveryId } = (await front())!;
    expect(await object().hold("org_1", deliveryId)).toBe("held");
    await object().settle("org_1", deliveryId, "release");
    // Refused once more, it waits for its third try as if nobody had held it.
    await vi.waitFor(async () => expect(await front()).toMatchObject({ state: "pending", attemptCount: 2 }));
    expect((await front())!.byPerson).toBeUndefined();
    expect(await object().hold("org_1", deliveryId)).toBe("held");
    // Who saw it wait did not mean one that somebody keeps.
    expect(await object().settle("org_1", deliveryId, "skip", "pending")).toBe(false);
    expect((await front())!.state).toBe("held");
    expect(await object().settle("org_1", deliveryId, "skip", "held")).toBe(true);
    await vi.waitFor(async () => expect(await states(object())).toEqual({ "a/1": "skipped", "a/2": "delivered" }));
    expect(hits.map(({ seq }) => seq)).toEqual([1, 1, 2]);
  });

  it("are not held while their event is under way, and a hold costs two rows", async () => {
    const server = { answers: false };
    const hits = subscriber(async () => {
      // Looked at again and again: a promise that the test resolves would never end in the object.
      while (!server.answers) await new Promise((resolve) => setTimeout(resolve, 5));
      return refused();
    });
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    const [{ deliveryId } = { deliveryId: "" }] = await object().log("org_1", { limit: 9 });
    expect(await object().hold("org_1", deliveryId)).toBe("not_waiting");
    server.answers = true;
    await vi.waitFor(async () => expect(await object().blocked("org_1", { limit: 9 })).toHaveLength(1));
    const written = await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      const { counting, written: rows } = countingReads(sql);
      decide(counting, { stream: "a", seq: 1, replay: 0 }, "hold", Date.now());
      return rows();
    });
    // The delivery, and its entry in the index of open work.
    expect(written).toBe(2);
  });

  it("are those too whose event was never tried, while the endpoint is paused, off, or fails all the time", async () => {
    let isUp = true;
    subscriber(() => (isUp ? new Response("ok") : refused()));
    const { config, object } = await newEndpoint({ paused: true });
    const waiting = async () => object().blocked("org_1", { limit: 50 });
    const reasons = async () => (await waiting()).map(({ entry, reason }) => `${entry.stream} ${reason}`);
    await object().enqueue(config, [event("a", 1), event("b", 1), event("a", 2)]);
    expect(fronts(await waiting())).toEqual(["a/1 +1", "b/1 +0"]);
    expect(await reasons()).toEqual(["a paused", "b paused"]);
    expect((await waiting())[0]!.entry).toMatchObject({ attemptCount: 0, attempts: [] });
    await object().configure({ ...config, version: 2, active: false });
    expect(await reasons()).toEqual(["a inactive", "b inactive"]);
    await object().configure({ ...config, version: 3, paused: false });
    await vi.waitFor(async () =>
      expect(await states(object())).toEqual({ "a/1": "delivered", "a/2": "delivered", "b/1": "delivered" }),
    );
    expect(await waiting()).toEqual([]);
    // Ten failures open the circuit: what comes then is not tried before a probe succeeds.
    isUp = false;
    const failing = Array.from({ length: 12 }, (_, index) => `f${index}`);
    await object().enqueue(
      { ...config, version: 3, paused: false },
      failing.map((call) => event(call, 1)),
    );
    await vi.waitFor(async () => expect((await waiting())[0]?.reason).toBe("circuit_open"), { timeout: 20_000 });
    await object().enqueue({ ...config, version: 3, paused: false }, [event("late", 1), event("late", 2)]);
    const last = (await waiting()).at(-1)!;
    expect([fronts([last]), last.reason, last.entry.attemptCount]).toEqual([["late/1 +1"], "circuit_open", 0]);
    // After a restart the object knows that its circuit is open.
    await evictDurableObject(object());
    expect(await reasons()).toContain("late circuit_open");
    isUp = true;
    expect(await object().retry("org_1", last.entry.deliveryId)).toBe("scheduled");
    await vi.waitFor(async () =>
      expect(await states(object())).toMatchObject({ "late/1": "delivered", "late/2": "delivered" }),
    );
  });

  it("are one at an endpoint in the order of arrival, and never share a lane where there is no order", async () => {
    subscriber(refused);
    for (const [ordering, expected] of [
      ["endpoint", ["a/1 +2"]],
      ["none", ["a/1 +0", "b/1 +0", "a/2 +0"]],
    ] as const) {
      const { config, object } = await newEndpoint({ ordering });
      await object().enqueue(config, [event("a", 1), event("b", 1), event("a", 2)]);
      await vi.waitFor(async () => expect(fronts(await object().blocked("org_1", { limit: 9 }))).toEqual(expected));
    }
  });

  it("of several shards come as one list, page by page, each once", async () => {
    subscriber(refused);
    const { id } = await mintOrganization(db);
    const shards = [{ since: 0, shards: 3 }];
    const row = await mintEndpoint(db, id, { shards, createdAt: 0 });
    const objects = endpointObjects(env.ENDPOINTS);
    const calls = Array.from({ length: 9 }, (_, index) => `call_${index}`);
    const names = new Set<string>();
    for (const call of calls) {
      const name = objectName(row.id, shardOf(shards, call, 1));
      names.add(name);
      await objects.enqueue(name, endpointConfigOf(row), [event(call, 1), event(call, 2)]);
    }
    expect(names.size).toBeGreaterThan(1);
    await vi.waitFor(async () => expect(await objects.blocked(row, { limit: 20 })).toHaveLength(9));
    const found: BlockedLane[] = [];
    for (let page = await objects.blocked(row, { limit: 2 }); page.length > 0;) {
      found.push(...page);
      const { arrival, entry } = page.at(-1)!;
      page = await objects.blocked(row, { limit: 2, after: { arrival, deliveryId: entry.deliveryId } });
    }
    expect(found.map(({ entry }) => entry.stream)).toEqual(calls);
    expect(await objects.blocked({ ...row, organizationId: "org_other" }, { limit: 20 })).toEqual([]);
  });

  it.each(["call", "none"] as const)("are read a page at a time of 10,000, by %s", async (ordering) => {
    const { config, object } = await newEndpoint({ paused: true, ordering });
    await object().configure(config);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      sql.exec(
        `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < 30000)
         INSERT INTO deliveries (stream, seq, replay, state, open, attempts, due_at, arrival, enqueued_at, stripped,
           delivery_id, event_id, type, recorded_at, data)
         SELECT 'call_' || (n % 10000), n / 10000 + 1, 0, 'pending', 1, n < 10000, 0, n + 1, 0, 0, 'dlv_' || n, 'evt_' || n,
           'call.updated', 0, '{}' FROM numbers`,
      );
      const { counting, read } = countingReads(sql);
      const page = listBlocked(counting, ordering, { limit: 50 });
      expect(fronts(page)).toEqual(
        Array.from({ length: 50 }, (__, n) => `call_${n}/1 +${ordering === "call" ? 2 : 0}`),
      );
      const { arrival, entry } = page.at(-1)!;
      const after = { arrival, deliveryId: entry.deliveryId };
      expect(listBlocked(counting, ordering, { limit: 1, after })[0]?.entry.stream).toBe("call_50");
      expect(read()).toBeLessThan(1_000);
      // None was ever tried: the endpoint is paused.
      sql.exec("UPDATE deliveries SET attempts = 0");
      const untried = countingReads(sql);
      expect(listBlocked(untried.counting, ordering, { limit: 50 }, "paused")).toHaveLength(50);
      expect(untried.read()).toBeLessThan(1_000);
    });
  });

  it("are held by no object of an earlier version, which says so and not that nothing is there", async () => {
    const older = {
      hold: async () => Promise.reject(new TypeError('The RPC receiver does not implement the method "hold".')),
    };
    const objects = endpointObjects({ getByName: () => older } as never);
    const endpoint = await mintEndpoint(db, (await mintOrganization(db)).id);
    expect(await objects.hold(endpoint, "dlv_1", { dryRun: true })).toBe("unable");
    const broken = { hold: async () => Promise.reject(new Error("the object is gone")) };
    const others = endpointObjects({ getByName: () => broken } as never);
    await expect(others.hold(endpoint, "dlv_1", { dryRun: true })).rejects.toThrow("gone");
  });
});
