import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { disableEndpoint, endpointConfigOf } from "../../src/delivery";
import { DAY, HOUR } from "../../src/lib/time";
import { mintEndpoint, mintOrganization } from "../factories";
import { ageStorage, event, makeDue, newEndpoint, states, subscriber } from "./subscriber";

const db = openDatabase(env.DB);
const down = () => new Response("down", { status: 500 });

const calls = (count: number, prefix = "c") =>
  Array.from({ length: count }, (_, index) => event(`${prefix}${index}`, 1));

afterEach(() => vi.restoreAllMocks());

describe("an open circuit", () => {
  it("is not shut for good by a replay that was its probe and failed", async () => {
    let fails = true;
    const hits = subscriber(() => (fails ? down() : new Response("ok")));
    const { config, object } = await newEndpoint({ settings: { retryWaits: [] } });
    await object().enqueue(config, calls(10));
    await vi.waitFor(async () => expect(new Set(Object.values(await states(object())))).toEqual(new Set(["parked"])));
    await evictDurableObject(object());
    await object().replay("org_1", { stream: "c0" }, { dryRun: false, replay: 7 });
    await vi.waitFor(() => expect(hits).toHaveLength(11));
    fails = false;
    await object().enqueue(config, [event("later", 1)]);
    // The next probe is half a minute off; there is an alarm for it.
    const alarm = await runInDurableObject(object(), (_, state) => state.storage.getAlarm());
    expect(alarm).toBeLessThanOrEqual(Date.now() + 60_000);
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 61_000);
    await runDurableObjectAlarm(object());
    await vi.waitFor(() => expect(hits.map((hit) => hit.call)).toContain("later"));
  });

  it("lets a replay that succeeds as its probe close it before a restart", async () => {
    let fails = true;
    const hits = subscriber(() => (fails ? down() : new Response("ok")));
    const { config, object } = await newEndpoint({ settings: { retryWaits: [] } });
    await object().enqueue(config, calls(10));
    await vi.waitFor(async () => expect(new Set(Object.values(await states(object())))).toEqual(new Set(["parked"])));
    await evictDurableObject(object());
    fails = false;
    await object().replay("org_1", { stream: "c0" }, { dryRun: false, replay: 7 });
    await vi.waitFor(() => expect(hits).toHaveLength(11));
    await object().enqueue(config, [event("later", 1)]);
    await vi.waitFor(() => expect(hits.map((hit) => hit.call)).toContain("later"));
  });

  it("is not what one failing call leaves behind when the object is woken again", async () => {
    const hits = subscriber((hit) => (hit.call === "bad" ? down() : new Response("ok")));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("bad", 1)]);
    await vi.waitFor(async () => expect((await object().log("org_1", { limit: 1 }))[0]!.attemptCount).toBe(1));
    await makeDue(object());
    await vi.waitFor(async () => expect((await object().log("org_1", { limit: 1 }))[0]!.attemptCount).toBe(2));
    await object().enqueue(config, [event("good", 1)]);
    await vi.waitFor(() => expect(hits.map((hit) => hit.call)).toContain("good"));
  });
});

describe("an event that no body can be made of", () => {
  it("does not break the circuit for the others", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    const poison = Array.from({ length: 12 }, (_, index) => ({ ...event(`p${index}`, 1), data: '{"spilled":"gone"}' }));
    await object().enqueue(config, poison);
    await vi.waitFor(async () =>
      expect((await object().log("org_1", { limit: 20 })).every((one) => one.attempts[0]?.error === "body")).toBe(true),
    );
    await object().enqueue(config, [event("good", 1)]);
    await vi.waitFor(() => expect(hits.map((hit) => hit.call)).toEqual(["good"]));
  });
});

describe("a log", () => {
  it("that would outgrow its row gives up its oldest bodies, and not the outcome", async () => {
    let fails = 1;
    const page = "ж".repeat(20_000);
    const hits = subscriber(() => new Response(page, { status: fails-- > 0 ? 500 : 200 }));
    const { config, object } = await newEndpoint({ settings: { retryWaits: Array.from({ length: 20 }, () => 1_000) } });
    await object().enqueue(config, [event("a", 1, { text: "語".repeat(60_000) })]);
    const entry = async () => (await object().log("org_1", { limit: 1 }))[0]!;
    await vi.waitFor(async () => expect((await entry()).attemptCount).toBe(1));
    // Six attempts like the first one are as much as a row holds.
    await runInDurableObject(object(), (_, state) => {
      const { log } = state.storage.sql.exec<{ log: string }>("SELECT log FROM deliveries").one();
      const six = JSON.stringify(Array.from({ length: 6 }, () => (JSON.parse(log) as unknown[])[0]));
      state.storage.sql.exec("UPDATE deliveries SET attempts = 6, log = ?", six);
    });
    await makeDue(object());
    await vi.waitFor(() => expect(hits).toHaveLength(2));
    await vi.waitFor(async () => expect(await states(object())).toEqual({ "a/1": "delivered" }));
    const { attempts } = await entry();
    expect(attempts).toHaveLength(7);
    expect(attempts[0]!.request.body).toBe("");
    expect(attempts.at(-1)).toMatchObject({ number: 7, status: 200 });
    expect(attempts.at(-1)!.request.body).toContain("語");
  });
});

describe("an idle endpoint", () => {
  it("is woken to clear out what has aged", async () => {
    subscriber();
    const { config, object } = await newEndpoint({ settings: { keepResponses: HOUR } });
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(async () => expect(await states(object())).toEqual({ "a/1": "delivered" }));
    for (let round = 0; round < 3; round += 1) await runDurableObjectAlarm(object());
    const alarm = () => runInDurableObject(object(), (_, state) => state.storage.getAlarm());
    expect(await alarm()).toBeLessThanOrEqual(Date.now() + HOUR);
    await runInDurableObject(object(), (_, state) => {
      ageStorage(state.storage.sql, 2 * HOUR);
    });
    await evictDurableObject(object());
    await runDurableObjectAlarm(object());
    const [entry] = await object().log("org_1", { limit: 1 });
    expect(entry!.attempts[0]!.response!.body).toBe("");
    expect(await alarm()).toBeLessThanOrEqual(Date.now() + 30 * DAY);
    await runInDurableObject(object(), (_, state) => {
      ageStorage(state.storage.sql, 31 * DAY);
    });
    await evictDurableObject(object());
    await runDurableObjectAlarm(object());
    expect(await states(object())).toEqual({});
    await runDurableObjectAlarm(object());
    expect(await alarm()).toBeNull();
  });

  it("has reported what it did last", async () => {
    subscriber();
    const { id } = await mintOrganization(db);
    const row = await mintEndpoint(db, id, { createdAt: 0 });
    const object = env.ENDPOINTS.getByName(`${row.id}/0`);
    const reported = async () =>
      (
        await db
          .select()
          .from(schema.endpointHours)
          .where(and(eq(schema.endpointHours.endpointId, row.id)))
      ).reduce((sum, hour) => sum + hour.delivered, 0);
    await object.enqueue(endpointConfigOf(row), [event("a", 1)]);
    await vi.waitFor(async () => expect(await states(object)).toEqual({ "a/1": "delivered" }));
    await runDurableObjectAlarm(object);
    expect(await reported()).toBe(1);
    await object.enqueue(endpointConfigOf(row), [event("b", 1)]);
    await vi.waitFor(async () => expect((await states(object))["b/1"]).toBe("delivered"));
    // Within the minute, so nothing is written yet; but it must be later.
    await runDurableObjectAlarm(object);
    const alarm = await runInDurableObject(object, (_, state) => state.storage.getAlarm());
    expect(alarm).toBeLessThanOrEqual(Date.now() + 2 * 60_000);
  });
});

describe("a test delivery", () => {
  it("stays one when it is sent again", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    const sample = { ...event("sample", 1), eventId: "evt_test" };
    const entry = await object().sendTest(config, sample);
    const [first] = hits;
    await object().retry("org_1", entry!.deliveryId);
    await vi.waitFor(() => expect(hits).toHaveLength(2));
    const flagged = (body: string) => (JSON.parse(body) as { test?: boolean }).test;
    expect(flagged(first!.body)).toBe(true);
    expect(flagged(hits[1]!.body)).toBe(true);
  });
});

describe("a replay", () => {
  it("does not outgrow the backlog's cap", async () => {
    subscriber();
    const { config, object } = await newEndpoint({ settings: { maxBacklog: 10 } });
    for (let round = 0; round < 3; round += 1) {
      await object().enqueue(config, calls(8, `c${round}_`));
      await vi.waitFor(async () =>
        expect(new Set(Object.values(await states(object())))).toEqual(new Set(["delivered"])),
      );
    }
    const paused = { ...config, version: 2, paused: true };
    await object().configure(paused);
    const done = await object().replay("org_1", { from: 0 }, { dryRun: false, replay: 9 });
    expect(done).toEqual({ matched: 24, enqueued: 10 });
    expect((await object().health()).backlog).toBe(10);
  });
});

describe("an object whose alarm could not be set", () => {
  it("sets it with the next call, which brings nothing new", async () => {
    subscriber(() => new Promise(() => undefined));
    const { config, object } = await newEndpoint({ paused: true });
    await object().configure(config);
    await runInDurableObject(object(), async (instance, state) => {
      vi.spyOn(state.storage, "setAlarm").mockRejectedValueOnce(new Error("storage is away"));
      const enqueue = (instance as unknown as { enqueue: (...given: unknown[]) => Promise<unknown> }).enqueue;
      await expect(enqueue.call(instance, config, [event("a", 1)])).rejects.toThrow("away");
      await enqueue.call(instance, config, [event("a", 1)]);
      expect(await state.storage.getAlarm()).toBeGreaterThan(0);
    });
  });
});

describe("an object that moved to a place with a slower clock", () => {
  it("keeps the order of a call", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint({ paused: true });
    await object().enqueue(config, [event("a", 1)]);
    await runInDurableObject(object(), (_, state) => {
      state.storage.sql.exec("UPDATE deliveries SET arrival = ?", (Date.now() + 5_000) * 1000);
    });
    await evictDurableObject(object());
    await object().enqueue(config, [event("a", 2)]);
    await evictDurableObject(object());
    await object().configure({ ...config, version: 2, paused: false });
    await vi.waitFor(() => expect(hits.map((hit) => hit.seq)).toEqual([1, 2]));
  });
});

describe("an endpoint of several objects", () => {
  async function newSharded() {
    const { id } = await mintOrganization(db);
    const row = await mintEndpoint(db, id, { createdAt: 0, updatedAt: 0, shards: [{ since: 0, shards: 2 }] });
    return { row, config: endpointConfigOf(row), of: (shard: number) => env.ENDPOINTS.getByName(`${row.id}/${shard}`) };
  }
  const rowOf = async (id: string) => (await db.select().from(schema.endpoints).where(eq(schema.endpoints.id, id)))[0]!;

  it("is disabled in all of them when one gets the answer 410", async () => {
    subscriber((hit) => (hit.call === "gone" ? new Response("", { status: 410 }) : down()));
    const { row, config, of } = await newSharded();
    await of(1).enqueue(config, [event("waits", 1)]);
    await of(0).enqueue(config, [event("gone", 1)]);
    await vi.waitFor(async () => expect((await rowOf(row.id)).active).toBe(false));
    await vi.waitFor(async () => {
      const known = await runInDurableObject(of(1), (_, state) =>
        state.storage.sql.exec<{ config: string }>("SELECT config FROM endpoint").one(),
      );
      expect(JSON.parse(known.config)).toMatchObject({ active: false });
    });
  });

  it("is not disabled for failing in one of them while another delivers", async () => {
    const now = Date.now();
    const { row } = await newSharded();
    await db.insert(schema.endpointHealth).values({
      endpointId: row.id,
      object: `${row.id}/1`,
      organizationId: row.organizationId,
      backlog: 0,
      lastSuccessAt: now - HOUR,
      updatedAt: now,
    });
    const target = { organizationId: row.organizationId, endpointId: row.id };
    await disableEndpoint(db, target, "failing", now);
    expect((await rowOf(row.id)).active).toBe(true);
    await disableEndpoint(db, target, "gone", now);
    expect((await rowOf(row.id)).active).toBe(false);
  });
});

describe("an erased call", () => {
  it("does not come back with a drain that had read it before, and is counted as it was", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint({ paused: true });
    await object().enqueue(config, [event("a", 1), event("a", 2), event("b", 1)]);
    expect(await object().erase("a")).toBe(2);
    expect(await object().enqueue(config, [event("a", 1), event("a", 3)])).toMatchObject({ accepted: 0 });
    await object().configure({ ...config, version: 2, paused: false });
    await vi.waitFor(() => expect(hits.map((hit) => hit.call)).toEqual(["b"]));
    expect(Object.keys(await states(object()))).toEqual(["b/1"]);
  });
});
