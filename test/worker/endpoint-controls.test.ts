import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { endpointConfigOf } from "../../src/delivery";
import { TESTS_AT_ONCE } from "../../src/delivery/object/send-test";
import { mintEndpoint, mintOrganization } from "../factories";
import { ageStorage, event, makeDue, newEndpoint, states, subscriber } from "./subscriber";

const db = openDatabase(env.DB);

afterEach(() => vi.restoreAllMocks());

async function logOf(object: ReturnType<typeof env.ENDPOINTS.getByName>) {
  return object.log("org_1", { limit: 100 });
}

describe("ordering", () => {
  it("of an endpoint keeps arrival order over all calls: a head that waits holds back everything", async () => {
    let fails = 1;
    const hits = subscriber(() => (fails-- > 0 ? new Response("no", { status: 500 }) : new Response("ok")));
    const { config, object } = await newEndpoint({ ordering: "endpoint" });
    await object().enqueue(config, [event("a", 1), event("b", 1), event("a", 2)]);
    await vi.waitFor(async () =>
      expect((await logOf(object())).find((one) => one.stream === "a" && one.seq === 1)!.attemptCount).toBe(1),
    );
    expect(hits).toHaveLength(1);
    await makeDue(object());
    await vi.waitFor(() => expect(hits.map((hit) => `${hit.call}${hit.seq}`)).toEqual(["a1", "a1", "b1", "a2"]));
  });

  it("none lets even events of one call pass each other", async () => {
    const hits = subscriber((hit) => (hit.seq === 1 ? new Response("no", { status: 500 }) : new Response("ok")));
    const { config, object } = await newEndpoint({ ordering: "none" });
    await object().enqueue(config, [event("a", 1), event("a", 2)]);
    await vi.waitFor(() => expect(new Set(hits.map((hit) => hit.seq))).toEqual(new Set([1, 2])));
  });

  it("can change while deliveries wait, and the new order holds from then on", async () => {
    const hits = subscriber((hit) => (hit.call === "a" ? new Response("no", { status: 500 }) : new Response("ok")));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(async () => expect((await logOf(object()))[0]!.attemptCount).toBe(1));
    await object().configure({ ...config, version: 2, ordering: "endpoint" });
    await object().enqueue({ ...config, version: 2, ordering: "endpoint" }, [event("b", 1)]);
    await runDurableObjectAlarm(object());
    expect(hits.map((hit) => hit.call)).toEqual(["a"]);
  });
});

describe("limits", () => {
  it("never have more requests under way than the endpoint allows", async () => {
    let under = 0;
    let most = 0;
    subscriber(async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, 5));
      under -= 1;
      return new Response("ok");
    });
    const { config, object } = await newEndpoint({ settings: { concurrency: 2 } });
    await object().enqueue(
      config,
      Array.from({ length: 12 }, (_, index) => event(`c${index}`, 1)),
    );
    await vi.waitFor(async () => expect((await logOf(object())).every((one) => one.state === "delivered")).toBe(true));
    expect(most).toBe(2);
  });

  it("of rate are kept without costing an attempt", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint({ settings: { ratePerSecond: 0.001 } });
    const before = Date.now();
    await object().enqueue(config, [event("a", 1), event("b", 1)]);
    await runDurableObjectAlarm(object());
    expect(hits).toHaveLength(0);
    expect((await logOf(object())).map((one) => one.attemptCount)).toEqual([0, 0]);
    // The next look is for the token, and meanwhile nothing keeps the object awake.
    const alarm = await runInDurableObject(object(), (_, state) => state.storage.getAlarm());
    expect(alarm).toBeGreaterThanOrEqual(before + 1_000_000 - 1_000);
    await object().configure({ ...config, version: 2, settings: {} });
    await vi.waitFor(() => expect(hits).toHaveLength(2));
  });

  it("of the backlog refuse what does not fit, whole, and warn the others before", async () => {
    const organization = await mintOrganization(db);
    const row = await mintEndpoint(db, organization.id, { paused: true, settings: { maxBacklog: 10 } });
    const config = endpointConfigOf(row);
    const object = env.ENDPOINTS.getByName(`${row.id}/0`);
    expect(
      await object.enqueue(
        config,
        Array.from({ length: 9 }, (_, index) => event(`c${index}`, 1)),
      ),
    ).toMatchObject({ accepted: 9 });
    expect(await object.enqueue(config, [event("x", 1), event("x", 2)])).toMatchObject({
      accepted: 0,
      refused: "full",
    });
    expect(await object.enqueue(config, [event("y", 1)])).toMatchObject({ accepted: 1, refused: null });
    expect(await object.enqueue(config, [event("c0", 1), event("y", 1)])).toMatchObject({
      duplicates: 2,
      refused: null,
    });
    await vi.waitFor(async () => {
      const recorded = await db.select().from(schema.events).where(eq(schema.events.stream, row.id));
      expect(recorded.map((one) => one.type)).toEqual(["endpoint.backlog_high"]);
    });
  });
});

describe("a person's decision", () => {
  it("pauses and resumes: everything is kept meanwhile", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint({ paused: true });
    await object().enqueue(config, [event("a", 1), event("a", 2)]);
    await runDurableObjectAlarm(object());
    expect(hits).toHaveLength(0);
    await object().configure({ ...config, paused: false, version: 2 });
    await vi.waitFor(() => expect(hits.map((hit) => hit.seq)).toEqual([1, 2]));
  });

  it("tries everything that waits at once, each call in order, also what is only in the table", async () => {
    let isDown = true;
    const hits = subscriber(() => (isDown ? new Response("no", { status: 500 }) : new Response("ok")));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1), event("a", 2), event("b", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(2));
    await vi.waitFor(async () =>
      expect((await logOf(object())).filter((one) => one.attemptCount === 1)).toHaveLength(2),
    );
    // Nothing is due for minutes; and an object that forgot its lanes knows them from its table.
    await evictDurableObject(object());
    isDown = false;
    expect(await object().retryAll("org_other")).toEqual({ retried: 0, more: false });
    expect(await object().retryAll("org_1")).toEqual({ retried: 2, more: false });
    await vi.waitFor(() => expect(hits).toHaveLength(5));
    const ofA = hits.slice(2).filter((hit) => hit.call === "a");
    expect(ofA.map((hit) => hit.seq)).toEqual([1, 2]);
    await vi.waitFor(async () =>
      expect((await logOf(object())).map((one) => one.state)).toEqual(["delivered", "delivered", "delivered"]),
    );
    expect(await object().retryAll("org_1")).toEqual({ retried: 0, more: false });
  });

  it("of all that waits leaves held deliveries held, and lets one go first while the circuit is open", async () => {
    let isDown = true;
    const hits = subscriber(() => (isDown ? new Response("no", { status: 500 }) : new Response("ok")));
    const { config, object } = await newEndpoint();
    const many = Array.from({ length: 12 }, (_, index) => event(`c${index}`, 1));
    await object().enqueue(config, many);
    await vi.waitFor(() => expect(hits.length).toBeGreaterThanOrEqual(10));
    const statesNow = async () => (await logOf(object())).map((one) => one.state);
    await vi.waitFor(async () => expect((await statesNow()).filter((one) => one === "pending")).toHaveLength(12));
    const before = hits.length;
    expect((await object().retryAll("org_1")).retried).toBeGreaterThanOrEqual(10);
    // Still down: the probe alone is spent on it.
    await vi.waitFor(() => expect(hits).toHaveLength(before + 1));
    isDown = false;
    await object().retryAll("org_1");
    await vi.waitFor(async () => expect((await statesNow()).every((one) => one === "delivered")).toBe(true));
  });

  it("makes a waiting delivery due at once, and sends a finished one again as a replay with the same event id", async () => {
    let fails = 1;
    const hits = subscriber(() => (fails-- > 0 ? new Response("no", { status: 500 }) : new Response("ok")));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(async () => expect((await logOf(object()))[0]!.attemptCount).toBe(1));
    const [waiting] = await logOf(object());
    expect(await object().retry("org_1", waiting!.deliveryId)).toBe("scheduled");
    await vi.waitFor(() => expect(hits).toHaveLength(2));
    await vi.waitFor(async () => expect((await logOf(object()))[0]!.state).toBe("delivered"));
    expect(await object().retry("org_1", waiting!.deliveryId)).toBe("replayed");
    await vi.waitFor(() => expect(hits.map((hit) => hit.id)).toEqual(["evt_a_1", "evt_a_1", "evt_a_1"]));
    expect(await object().retry("org_other", waiting!.deliveryId)).toBe("not_found");
    // Whoever saw it wait sends nothing: it was delivered since.
    expect(await object().retry("org_1", waiting!.deliveryId, "pending")).toBe("changed");
    await vi.waitFor(async () => expect(new Set((await logOf(object())).map((one) => one.deliveryId)).size).toBe(2));
  });

  it("holds a lane shut where the owner wants that, until its head is released or skipped", async () => {
    const hits = subscriber((hit) => (hit.seq === 1 ? new Response("no", { status: 500 }) : new Response("ok")));
    const { config, object } = await newEndpoint({ settings: { onExhausted: "hold", retryWaits: [] } });
    await object().enqueue(config, [event("a", 1), event("a", 2), event("b", 2)]);
    await vi.waitFor(async () =>
      expect(await states(object())).toEqual({ "a/1": "held", "a/2": "pending", "b/2": "delivered" }),
    );
    await evictDurableObject(object());
    await runDurableObjectAlarm(object());
    expect(hits).toHaveLength(2);
    const held = (await logOf(object())).find((one) => one.state === "held")!;
    expect(await object().settle("org_1", held.deliveryId, "release")).toBe(true);
    await vi.waitFor(async () => expect((await object().delivery("org_1", held.deliveryId))!.attemptCount).toBe(2));
    expect(await states(object())).toMatchObject({ "a/1": "held", "a/2": "pending" });
    expect(await object().settle("org_1", held.deliveryId, "skip")).toBe(true);
    await vi.waitFor(async () =>
      expect(await states(object())).toMatchObject({ "a/1": "skipped", "a/2": "delivered" }),
    );
    expect(hits.find((hit) => hit.call === "a" && hit.seq === 2)?.gap).toEqual({ from: 1, to: 1 });
    expect(await object().settle("org_1", held.deliveryId, "skip")).toBe(false);
  });

  it("replays what it chooses, each call in order, after counting it", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [
      event("a", 1),
      event("a", 2),
      event("b", 1),
      { ...event("a", 3), type: "call.processed" },
    ]);
    await vi.waitFor(async () => expect((await logOf(object())).every((one) => one.state === "delivered")).toBe(true));
    const query = { stream: "a", type: "call.completed" };
    expect(await object().replay("org_1", query, { dryRun: true, replay: 9 })).toEqual({ matched: 2, enqueued: 0 });
    expect(hits).toHaveLength(4);
    expect(await object().replay("org_1", query, { dryRun: false, replay: 9 })).toEqual({ matched: 2, enqueued: 2 });
    await vi.waitFor(() => expect(hits.slice(4).map((hit) => `${hit.call}${hit.seq}`)).toEqual(["a1", "a2"]));
    expect(await object().replay("org_1", query, { dryRun: false, replay: 9 })).toEqual({ matched: 2, enqueued: 0 });
  });

  it("replays no faster than asked, and its failures do not affect the endpoint's state", async () => {
    let well = true;
    const hits = subscriber(() => (well ? new Response("ok") : new Response("no", { status: 500 })));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1), event("b", 1)]);
    await vi.waitFor(async () => expect((await logOf(object())).every((one) => one.state === "delivered")).toBe(true));
    await object().replay("org_1", {}, { dryRun: false, replay: 9, perSecond: 0.001 });
    await runDurableObjectAlarm(object());
    expect(hits).toHaveLength(2);
    well = false;
    await object().replay("org_1", {}, { dryRun: false, replay: 10, perSecond: 1_000 });
    await vi.waitFor(() => expect(hits.length).toBeGreaterThan(2));
    await vi.waitFor(async () =>
      expect((await logOf(object())).some((one) => one.replay > 0 && one.attemptCount > 0)).toBe(true),
    );
    expect((await object().health()).failingSince).toBeNull();
  });

  it("tries an endpoint out with an event that is marked as a test and stands in no lane", async () => {
    const hits = subscriber(() => new Response("teapot", { status: 418 }));
    const { config, object } = await newEndpoint();
    const entry = await object().sendTest(config, event("a", 1));
    expect(entry).toMatchObject({
      test: true,
      state: "parked",
      attempts: [{ status: 418, response: { body: "teapot" } }],
    });
    expect(hits).toHaveLength(1);
    expect((await object().health()).failingSince).toBeNull();
    expect(await object().enqueue(config, [event("a", 1)])).toMatchObject({ accepted: 1 });
  });

  it("tries an endpoint out twice at once and not more, and again once a try has ended", async () => {
    const server = { answers: false };
    const hits = subscriber(async () => {
      // Looked at again and again: a promise that the test resolves would never end in the object.
      while (!server.answers) await new Promise((resolve) => setTimeout(resolve, 5));
      return new Response("ok");
    });
    const { config, object } = await newEndpoint();
    const under = Array.from({ length: TESTS_AT_ONCE }, () => object().sendTest(config, event("a", 1)));
    await vi.waitFor(() => expect(hits).toHaveLength(TESTS_AT_ONCE));
    for (let more = 0; more < 10 * TESTS_AT_ONCE; more += 1)
      expect(await object().sendTest(config, event("a", 1))).toBeNull();
    expect(hits).toHaveLength(TESTS_AT_ONCE);
    server.answers = true;
    for (const entry of await Promise.all(under)) expect(entry).toMatchObject({ test: true, state: "delivered" });
    expect(await object().sendTest(config, event("a", 1))).toMatchObject({ state: "delivered" });
  });

  it("erases a call with everything that was sent and answered for it", async () => {
    subscriber();
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1), event("a", 2), event("b", 1)]);
    await vi.waitFor(async () => expect((await logOf(object())).every((one) => one.state === "delivered")).toBe(true));
    const counted = (organizationId: string) => object().count(organizationId, ["a", "b", "none"]);
    expect([await counted(config.organizationId), await counted("org_other")]).toEqual([3, 0]);
    expect(await object().erase("a")).toBe(2);
    expect((await logOf(object())).map((one) => one.stream)).toEqual(["b"]);
    // Several at once, as they are erased together.
    await object().enqueue(config, [event("c", 1)]);
    expect(await object().erase(["b", "c"])).toBe(2);
    expect(await logOf(object())).toEqual([]);
  });
});

describe("a failing endpoint", () => {
  it("costs one try for each probe once the breaker is open, and gets everything as soon as it answers", async () => {
    let up = false;
    const hits = subscriber(() => (up ? new Response("ok") : new Response("down", { status: 503 })));
    const { config, object } = await newEndpoint();
    await object().enqueue(
      config,
      Array.from({ length: 40 }, (_, index) => event(`c${index}`, 1)),
    );
    await vi.waitFor(() => expect(hits.length).toBeGreaterThanOrEqual(10));
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Ten in a row open it; those under way at that moment are answered too.
    expect(hits.length).toBeLessThanOrEqual(16);
    const before = hits.length;
    await makeDue(object());
    await vi.waitFor(() => expect(hits).toHaveLength(before + 1));
    up = true;
    await makeDue(object());
    await vi.waitFor(async () => expect((await logOf(object())).every((one) => one.state === "delivered")).toBe(true), {
      timeout: 4_000,
    });
  });

  it("that answers 410 is disabled at once, once, and the other endpoints get the event", async () => {
    const organization = await mintOrganization(db);
    const row = await mintEndpoint(db, organization.id);
    const hits = subscriber(() => new Response("gone", { status: 410 }));
    const object = env.ENDPOINTS.getByName(`${row.id}/0`);
    await object.enqueue(endpointConfigOf(row), [event("leaver", 1), event("leaver", 2)]);
    await vi.waitFor(async () => {
      const [after] = await db.select().from(schema.endpoints).where(eq(schema.endpoints.id, row.id));
      expect(after).toMatchObject({ active: false, disabledReason: "gone" });
    });
    await makeDue(object);
    // Objects of the tests before may still have something to send.
    expect(hits.filter(({ call }) => call === "leaver")).toHaveLength(1);
    const recorded = await db.select().from(schema.events).where(eq(schema.events.stream, row.id));
    expect(recorded.map((one) => one.type)).toEqual(["endpoint.disabled"]);
  });

  it("is disabled after failing for as long as its owner allows, and not before", async () => {
    const organization = await mintOrganization(db);
    const row = await mintEndpoint(db, organization.id, { settings: { disableAfter: 3_600_000 } });
    subscriber(() => new Response("down", { status: 500 }));
    const object = env.ENDPOINTS.getByName(`${row.id}/0`);
    await object.enqueue(endpointConfigOf(row), [event("a", 1)]);
    await vi.waitFor(async () => expect((await object.health()).failingSince).not.toBeNull());
    const activeNow = async () =>
      (await db.select().from(schema.endpoints).where(eq(schema.endpoints.id, row.id)))[0]!.active;
    expect(await activeNow()).toBe(true);
    await runInDurableObject(object, (_, state) => {
      state.storage.sql.exec("UPDATE standing SET failing_since = failing_since - 3600000");
    });
    await makeDue(object);
    await vi.waitFor(async () => expect(await activeNow()).toBe(false));
  });

  it("reports itself to the health tables", async () => {
    const organization = await mintOrganization(db);
    const row = await mintEndpoint(db, organization.id);
    subscriber((hit) => (hit.call === "a" ? new Response("ok") : new Response("no", { status: 500 })));
    const object = env.ENDPOINTS.getByName(`${row.id}/0`);
    await object.enqueue(endpointConfigOf(row), [event("a", 1), event("b", 1)]);
    await vi.waitFor(async () =>
      expect((await object.log(organization.id, { limit: 9 })).every((one) => one.attemptCount === 1)).toBe(true),
    );
    await runDurableObjectAlarm(object);
    await vi.waitFor(async () => {
      const hours = await db.select().from(schema.endpointHours).where(eq(schema.endpointHours.endpointId, row.id));
      expect(hours).toMatchObject([{ attempts: 2, delivered: 1, failed: 1 }]);
    });
    const [health] = await db.select().from(schema.endpointHealth).where(eq(schema.endpointHealth.endpointId, row.id));
    expect(health).toMatchObject({ backlog: 1 });
  });
});

describe("retention", () => {
  it("takes responses and payloads out when their own clocks run out, and the rest when the log's does", async () => {
    subscriber(() => new Response("secret answer"));
    const day = 86_400_000;
    const { config, object } = await newEndpoint({ settings: { keepResponses: day, keepPayloads: 2 * day } });
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(async () => expect((await logOf(object()))[0]!.state).toBe("delivered"));
    const age = async (by: number) => {
      await runInDurableObject(object(), (_, state) => {
        ageStorage(state.storage.sql, by);
      });
      await evictDurableObject(object());
      await object().enqueue(config, [event("wake", Math.ceil(Math.random() * 1e9))]);
      await vi.waitFor(async () => expect(await runDurableObjectAlarm(object())).toBe(true));
    };
    const entry = async () => (await logOf(object())).find((one) => one.stream === "a");
    await age(day + 1);
    await vi.waitFor(async () => expect((await entry())!.attempts[0]!.response!.body).toBe(""));
    expect((await entry())!.attempts[0]!.request.body).toContain("evt_a_1");
    await age(day);
    await vi.waitFor(async () => expect((await entry())!.attempts[0]!.request.body).toBe(""));
    expect(await object().replay("org_1", { stream: "a" }, { dryRun: true, replay: 5 })).toMatchObject({ matched: 0 });
    await age(30 * day);
    await vi.waitFor(async () => expect(await entry()).toBeUndefined());
  });
});

describe("a hostile subscriber", () => {
  it("that drips its answer is cut off at the timeout, and what it said counts", async () => {
    subscriber(
      () =>
        new Response(
          new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("drip")) }),
        ),
    );
    const { config, object } = await newEndpoint({ settings: { timeout: 50 } });
    vi.mocked(globalThis.fetch).mockImplementation(async (_, init) => {
      const signal = init!.signal!;
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode("drip"));
          signal.addEventListener("abort", () => controller.error(new Error("aborted")));
        },
      });
      return new Response(body);
    });
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(async () =>
      expect((await logOf(object()))[0]).toMatchObject({
        state: "delivered",
        attempts: [{ status: 200, response: { body: "drip" } }],
      }),
    );
  });

  it("that never answers is given up at the timeout", async () => {
    vi.spyOn(globalThis, "fetch").mockImplementation(
      (_, init) =>
        new Promise((_resolve, reject) => init!.signal!.addEventListener("abort", () => reject(new Error("aborted")))),
    );
    const { config, object } = await newEndpoint({ settings: { timeout: 50 } });
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(async () =>
      expect((await logOf(object()))[0]!.attempts[0]).toMatchObject({ status: null, error: "timeout" }),
    );
  });
});

describe("what an object has counted", () => {
  it("is reported before it leaves memory: once it was quiet for some seconds", async () => {
    const organization = await mintOrganization(db);
    const row = await mintEndpoint(db, organization.id);
    subscriber();
    const object = env.ENDPOINTS.getByName(`${row.id}/0`);
    const reported = async () => {
      const hours = await db.select().from(schema.endpointHours).where(eq(schema.endpointHours.endpointId, row.id));
      return hours.reduce((sum, { delivered }) => sum + delivered, 0);
    };
    await object.enqueue(endpointConfigOf(row), [event("a", 1)]);
    await vi.waitFor(async () => expect(await reported()).toBe(1));
    for (const seq of [2, 3, 4]) await object.enqueue(endpointConfigOf(row), [event("a", seq)]);
    await vi.waitFor(async () => expect((await object.health()).hours[0]?.delivered).toBe(3));
    // An object without work is evicted after ten seconds.
    const soon = Date.now() + 9_000;
    await vi.waitFor(async () =>
      expect(await runInDurableObject(object, (_, state) => state.storage.getAlarm())).toBeLessThan(soon),
    );
    vi.spyOn(Date, "now").mockReturnValue(soon);
    await runDurableObjectAlarm(object);
    await evictDurableObject(object);
    expect(await reported()).toBe(4);
  });
});
