import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EndpointObject } from "../../src";
import { newLanes, addDelivery, putBack, takeDue } from "../../src/delivery/object/lanes";
import { ANSWERED_WITHIN, newUnwritten } from "../../src/delivery/object/unwritten";
import { MINUTE } from "../../src/lib/time";
import { countingReads, event, newEndpoint, states, subscriber, type Hit } from "./subscriber";

// Where an answer is expected soon, a first attempt goes before its row (ADR 0102).

afterEach(() => vi.restoreAllMocks());

/** A subscriber that answers when it is told to: `answer` answers what it has, in the order it came. */
function patientSubscriber() {
  const statuses: number[] = [];
  const hits: Hit[] = subscriber(async (hit) => {
    const turn = hits.indexOf(hit);
    // Looked for again and again: a promise of the test's would be of another context than the object's.
    while (statuses[turn] === undefined) await new Promise((resolve) => setTimeout(resolve, 2));
    return new Response("ok", { status: statuses[turn] });
  });
  const answer = async (status = 200) => {
    statuses.push(status);
    await vi.waitFor(() => expect(hits.length).toBeGreaterThanOrEqual(statuses.length));
  };
  return { hits, answer };
}

/** Lets an enqueue wait for answers without end, so that a slow machine does not decide what is seen meanwhile. */
function waitWithoutEnd(): void {
  const set = globalThis.setTimeout;
  const patient = (run: () => void, after?: number) => (after === ANSWERED_WITHIN ? 0 : set(run, after));
  vi.spyOn(globalThis, "setTimeout").mockImplementation(patient as unknown as typeof setTimeout);
}

type Row = { state: string; open: number | null; attempts: number };

const rowsOf = (object: DurableObjectStub<EndpointObject>): Promise<Row[]> =>
  runInDurableObject(object, (_, { storage }) =>
    storage.sql.exec<Row>("SELECT state, open, attempts FROM deliveries ORDER BY arrival").toArray(),
  );

const DELIVERED = { state: "delivered", open: null, attempts: 1 };

describe("a first attempt that is answered soon", () => {
  it("is made before its row, which is written once and closed, and what handed it over learns of it then", async () => {
    waitWithoutEnd();
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    let taken: unknown;
    const taking = object()
      .enqueue(config, [event("a", 1)])
      .then((given) => (taken = given));
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    expect(await rowsOf(object())).toEqual([]);
    expect(taken).toBeUndefined();
    await answer();
    expect(await taking).toEqual({ accepted: 1, duplicates: 0, refused: null });
    expect(await rowsOf(object())).toEqual([DELIVERED]);
    const [entry] = await object().log("org_1", { limit: 1 });
    expect(entry).toMatchObject({ state: "delivered", attemptCount: 1, attempts: [{ number: 1, status: 200 }] });
    expect(entry!.attempts[0]!.request.body).toBe(hits[0]!.body);
  });

  it("costs one row, where a delivery that is written first costs three", async () => {
    waitWithoutEnd();
    subscriber();
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("first", 1)]);
    const written = await runInDurableObject(object(), async (endpoint: EndpointObject, { storage }) => {
      const { total: before } = storage.sql.exec<{ total: number }>("SELECT total_changes() AS total").one();
      await endpoint.enqueue(config, [event("a", 1), event("b", 1), event("a", 2)]);
      return storage.sql.exec<{ total: number }>("SELECT total_changes() AS total").one().total - before;
    });
    expect(written).toBe(3);
    expect(await rowsOf(object())).toEqual([DELIVERED, DELIVERED, DELIVERED, DELIVERED]);
  });

  it("costs no more where events before it are offered again with it, as two consumers of one call do", async () => {
    waitWithoutEnd();
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1)]);
    const written = await runInDurableObject(object(), async (endpoint: EndpointObject, { storage }) => {
      const { total: before } = storage.sql.exec<{ total: number }>("SELECT total_changes() AS total").one();
      const taking = endpoint.enqueue(config, [event("a", 1), event("a", 2)]);
      const again = endpoint.enqueue(config, [event("a", 1), event("a", 2), event("a", 3)]);
      expect(await taking).toEqual({ accepted: 1, duplicates: 1, refused: null });
      expect(await again).toEqual({ accepted: 1, duplicates: 2, refused: null });
      return storage.sql.exec<{ total: number }>("SELECT total_changes() AS total").one().total - before;
    });
    expect(written).toBe(2);
    expect(await rowsOf(object())).toEqual([DELIVERED, DELIVERED, DELIVERED]);
    expect(hits.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("keeps the order of its call: the next goes out when the outcome of the one before is written", async () => {
    waitWithoutEnd();
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    const taking = object().enqueue(config, [event("a", 1), event("a", 2)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    await answer();
    await vi.waitFor(() => expect(hits.map(({ seq }) => seq)).toEqual([1, 2]));
    expect(await rowsOf(object())).toMatchObject([DELIVERED]);
    await answer();
    await taking;
    expect(await rowsOf(object())).toEqual([DELIVERED, DELIVERED]);
  });
});

describe("a first attempt that is not", () => {
  it("leaves its row open after a moment, with an alarm, and is sent once all the same", async () => {
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    expect(await object().enqueue(config, [event("a", 1)])).toEqual({ accepted: 1, duplicates: 0, refused: null });
    expect(await rowsOf(object())).toEqual([{ state: "pending", open: 1, attempts: 0 }]);
    expect(await runInDurableObject(object(), (_, { storage }) => storage.getAlarm())).not.toBeNull();
    await answer();
    await vi.waitFor(async () => expect(await rowsOf(object())).toEqual([DELIVERED]));
    expect(hits).toHaveLength(1);
  });

  it("is written with its failure, and tried again", async () => {
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    const taking = object().enqueue(config, [event("a", 1), event("b", 1)]);
    await answer();
    await answer(503);
    await taking;
    await vi.waitFor(async () =>
      expect(await rowsOf(object())).toEqual([DELIVERED, { state: "pending", open: 1, attempts: 1 }]),
    );
    expect(hits).toHaveLength(2);
    expect(await runInDurableObject(object(), (_, { storage }) => storage.getAlarm())).not.toBeNull();
    // After a failure the next one is written first.
    const next = object().enqueue(config, [event("c", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(3));
    expect((await rowsOf(object())).at(-1)).toEqual({ state: "pending", open: 1, attempts: 0 });
    await next;
    await answer();
  });

  it("is lost with its object, and whoever handed it over learns that: offered again, it is sent again", async () => {
    waitWithoutEnd();
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    const first = object().enqueue(config, [event("a", 1), event("a", 2)]);
    // Not `expect(first).rejects`: a promise of another object's answer can be called, and vitest calls it.
    const lost = first.then(
      () => "taken",
      () => "lost",
    );
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    await abortAllDurableObjects();
    expect(await lost).toBe("lost");
    const again = object().enqueue(config, [event("a", 1), event("a", 2)]);
    await vi.waitFor(() => expect(hits).toHaveLength(2));
    // The first answer is for the life that is over.
    await answer();
    await answer();
    await answer();
    expect(await again).toEqual({ accepted: 2, duplicates: 0, refused: null });
    expect(hits.map(({ seq }) => seq)).toEqual([1, 1, 2]);
    expect(await states(object())).toEqual({ "a/1": "delivered", "a/2": "delivered" });
  });
});

describe("while a first attempt is under way", () => {
  it("the same event, offered again, is not sent twice, and is answered for when it has a row", async () => {
    waitWithoutEnd();
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    const ended: string[] = [];
    const first = object()
      .enqueue(config, [event("a", 1)])
      .then((taken) => (ended.push("first"), taken));
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    const again = object()
      .enqueue(config, [event("a", 1), event("b", 1)])
      .then((taken) => (ended.push("again"), taken));
    await vi.waitFor(() => expect(hits).toHaveLength(2));
    expect(await rowsOf(object())).toEqual([]);
    expect(ended).toEqual([]);
    await answer();
    await answer();
    expect(await first).toEqual({ accepted: 1, duplicates: 0, refused: null });
    expect(await again).toEqual({ accepted: 1, duplicates: 1, refused: null });
    expect(await rowsOf(object())).toEqual([DELIVERED, DELIVERED]);
    expect(hits).toHaveLength(2);
  });

  it("it is offered again alone, and whoever does so waits for the same row", async () => {
    waitWithoutEnd();
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    const first = object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    let taken: unknown;
    const again = object()
      .enqueue(config, [event("a", 1)])
      .then((given) => (taken = given));
    await object().configure({ ...config, version: 2 });
    expect(taken).toBeUndefined();
    await answer();
    expect(await again).toEqual({ accepted: 0, duplicates: 1, refused: null });
    await first;
    expect(await rowsOf(object())).toEqual([DELIVERED]);
  });

  it("a later event of its call that is written first has the row of the earlier before its own", async () => {
    waitWithoutEnd();
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    const first = object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    // Too large to be bound with its log.
    await object().enqueue(config, [event("a", 2, { notes: "x".repeat(250_000) })]);
    const open = { state: "pending", open: 1, attempts: 0 };
    expect(await rowsOf(object())).toEqual([open, open]);
    await first;
    await answer();
    await answer();
    await vi.waitFor(async () => expect(await rowsOf(object())).toEqual([DELIVERED, DELIVERED]));
    expect(hits.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it.each([
    ["the log shows it", (one: DurableObjectStub<EndpointObject>) => one.log("org_1", { limit: 5 }), "pending"],
    ["it is counted", (one: DurableObjectStub<EndpointObject>) => one.count("org_1", {}), 1],
    ["its call is erased, with it", (one: DurableObjectStub<EndpointObject>) => one.erase("a"), 1],
  ] as const)("%s", async (_name, look, seen) => {
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    const taking = object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    const found: unknown = await look(object());
    expect(Array.isArray(found) ? (found as { state: string }[]).map(({ state }) => state) : found).toEqual(
      typeof seen === "string" ? [seen] : seen,
    );
    await taking;
    await answer();
    await vi.waitFor(async () => expect((await object().health()).backlog).toBe(0));
    expect(hits).toHaveLength(1);
  });

  it("an endpoint that is paused keeps what was not sent yet, and one that is deleted keeps nothing", async () => {
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint({ settings: { concurrency: 1 } });
    const taking = object().enqueue(config, [event("a", 1), event("b", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    await object().configure({ ...config, version: 2, paused: true });
    await answer();
    expect(await taking).toMatchObject({ accepted: 2 });
    expect(await rowsOf(object())).toEqual([DELIVERED, { state: "pending", open: 1, attempts: 0 }]);
    await object().configure({ ...config, version: 3 });
    await answer();
    await vi.waitFor(async () => expect(await rowsOf(object())).toEqual([DELIVERED, DELIVERED]));
    const last = object().enqueue({ ...config, version: 3 }, [event("c", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(3));
    await object().configure({ ...config, version: 4, deleted: true });
    await last;
    await answer();
    expect(await rowsOf(object())).toEqual([]);
  });

  it("a number that is used for another event, as after a restore, is another generation", async () => {
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    const first = object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    const other = { ...event("a", 1), eventId: "evt_other" };
    expect(await object().enqueue(config, [other])).toMatchObject({ accepted: 1, duplicates: 0 });
    await answer();
    await answer();
    await first;
    await vi.waitFor(async () => expect(await rowsOf(object())).toEqual([DELIVERED, DELIVERED]));
    expect(hits).toHaveLength(2);
  });
});

const alarmOf = (object: DurableObjectStub<EndpointObject>) =>
  runInDurableObject(object, (_, { storage }) => storage.getAlarm());

describe("an alarm stands for retention once a delivery is written closed", () => {
  it("also where the object is lost right after", async () => {
    subscriber();
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1)]);
    await abortAllDurableObjects();
    expect(await states(object())).toEqual({ "a/1": "delivered" });
    expect(await alarmOf(object())).not.toBeNull();
  });

  it("also where the database fails just then", async () => {
    subscriber();
    const { config, object } = await newEndpoint();
    const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await runInDurableObject(object(), async (endpoint: EndpointObject) => {
      const { DB } = (endpoint as unknown as { env: { DB: D1Database } }).env;
      const down = () => {
        throw new Error("D1_ERROR: down");
      };
      for (const method of ["batch", "prepare", "withSession"] as const) vi.spyOn(DB, method).mockImplementation(down);
      await endpoint.enqueue(config, [event("a", 1)]);
      await vi.waitFor(() => expect(errors).toHaveBeenCalled());
    });
    expect(await states(object())).toEqual({ "a/1": "delivered" });
    expect(await alarmOf(object())).not.toBeNull();
  });

  it("and is set once where an enqueue has waited for nothing", async () => {
    const { answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    const sets: number[] = [];
    await runInDurableObject(object(), async (endpoint: EndpointObject, { storage }) => {
      const set = storage.setAlarm.bind(storage);
      vi.spyOn(storage, "setAlarm").mockImplementation((at) => {
        sets.push(Number(at));
        return set(at);
      });
      await endpoint.enqueue(config, [event("a", 1)]);
    });
    expect(sets).toHaveLength(1);
    await answer();
  });
});

describe("what goes on beside first attempts", () => {
  it("a pump that has run for long leaves them to an alarm that is due", async () => {
    waitWithoutEnd();
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint({ settings: { concurrency: 1 } });
    const taking = object().enqueue(config, [event("a", 1), event("b", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    const now = Date.now.bind(Date);
    vi.spyOn(Date, "now").mockImplementation(() => now() + 11 * MINUTE);
    await answer();
    await vi.waitFor(async () => expect((await alarmOf(object())) ?? Infinity).toBeLessThanOrEqual(Date.now()));
    await runDurableObjectAlarm(object());
    await answer();
    await taking;
    expect(await states(object())).toEqual({ "a/1": "delivered", "b/1": "delivered" });
  });

  it("an event that is offered again takes no room", async () => {
    waitWithoutEnd();
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint({ settings: { maxBacklog: 1 } });
    const first = object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    expect(await object().enqueue(config, [event("a", 1)])).toEqual({ accepted: 0, duplicates: 1, refused: null });
    await answer();
    await first;
  });

  it("a look while outcomes are gathered stops no lane", async () => {
    const hanging: Hit[] = [];
    const server = { answers: false };
    const hits = subscriber(async (hit) => {
      if (hit.call === "hangs") hanging.push(hit);
      while (hit.call === "hangs" && !server.answers) await new Promise((resolve) => setTimeout(resolve, 2));
      return new Response("ok");
    });
    const { config, object } = await newEndpoint();
    await runInDurableObject(object(), async (endpoint: EndpointObject) => {
      const taking = endpoint.enqueue(config, [event("hangs", 1), event("a", 1), event("a", 2)]);
      // As often as there is a turn: one of these looks comes between the answer and its write.
      for (let look = 0; look < 200 && hits.length < 3; look += 1) {
        endpoint.health();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await taking;
    });
    await vi.waitFor(() => expect(hits.map(({ call, seq }) => `${call}${seq}`)).toContain("a2"));
    expect(hanging).toHaveLength(1);
    server.answers = true;
  });

  it("without an order, a gap is told once", async () => {
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint({ ordering: "none", settings: { retryWaits: [] } });
    const given = [
      [[event("a", 1)], [500]],
      [[event("b", 1)], [200]],
      [
        [event("a", 2), event("a", 3)],
        [200, 200],
      ],
    ] as const;
    for (const [events, statuses] of given) {
      const taking = object().enqueue(config, events);
      for (const status of statuses) await answer(status);
      await taking;
      await vi.waitFor(async () => expect((await object().health()).backlog).toBe(0));
    }
    expect(hits.map(({ call, seq, gap }) => [`${call}${seq}`, gap])).toEqual([
      ["a1", undefined],
      ["b1", undefined],
      ["a2", { from: 1, to: 1 }],
      ["a3", undefined],
    ]);
  });

  it("without an order, a gap that arises among first attempts is told once at most", async () => {
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint({ ordering: "none", settings: { retryWaits: [], concurrency: 2 } });
    const taking = object().enqueue(
      config,
      [1, 2, 3, 4].map((seq) => event("a", seq)),
    );
    await vi.waitFor(() => expect(hits).toHaveLength(2));
    for (const status of [500, 200, 200, 200]) await answer(status);
    await taking;
    await vi.waitFor(async () => expect((await object().health()).backlog).toBe(0));
    expect(hits.filter(({ gap }) => gap !== undefined).length).toBeLessThanOrEqual(1);
  });
});

describe("what is expected of an answer", () => {
  const lanes = () => newLanes("call");
  const given = (calls: readonly string[], data = "{}") =>
    calls.map((call, at) => ({
      event: { ...event(call, at), data },
      replay: 0,
      deliveryId: `dlv_${at}`,
      arrival: at,
      now: 0,
    }));
  const different = (count: number) => given(Array.from({ length: count }, (_, at) => `c${at}`));
  const same = (count: number) => given(Array.from({ length: count }, () => "a"));

  it("is soon for a few, and not for a long lane, for many, or for a large event", () => {
    const unwritten = newUnwritten(() => undefined);
    expect(unwritten.areAnsweredSoon(lanes(), different(12), 6)).toBe(true);
    expect(unwritten.areAnsweredSoon(lanes(), different(200), 6)).toBe(false);
    expect(unwritten.areAnsweredSoon(lanes(), same(3), 6)).toBe(true);
    expect(unwritten.areAnsweredSoon(lanes(), same(12), 6)).toBe(false);
    expect(unwritten.areAnsweredSoon(lanes(), given(["a"], "x".repeat(250_000)), 6)).toBe(false);
  });

  it("is learned from answers, in both directions", () => {
    const unwritten = newUnwritten(() => undefined);
    for (let answers = 0; answers < 20; answers += 1) unwritten.answered(2 * ANSWERED_WITHIN);
    expect(unwritten.areAnsweredSoon(lanes(), same(1), 6)).toBe(false);
    for (let answers = 0; answers < 40; answers += 1) unwritten.answered(1);
    expect(unwritten.areAnsweredSoon(lanes(), different(200), 6)).toBe(true);
  });

  it("is not soon behind one that failed and waits", () => {
    const unwritten = newUnwritten(() => undefined);
    const waiting = lanes();
    addDelivery(waiting, { stream: "a", seq: 0, replay: 0, attempts: 0, dueAt: 0, held: false });
    putBack(waiting, takeDue(waiting, 1, 6, true)!, { attempts: 1, dueAt: 5_000 });
    expect(unwritten.areAnsweredSoon(waiting, same(1), 6)).toBe(false);
    expect(unwritten.areAnsweredSoon(waiting, given(["b"]), 6)).toBe(true);
  });

  it("does not hide that a row could not be written", async () => {
    const unwritten = newUnwritten(() => {
      throw new Error("database or disk is full");
    });
    await expect(unwritten.keep(given(["a"]))).rejects.toThrow("full");
    // It keeps its place, and whoever waits for it learns of it, too.
    expect(unwritten.size()).toBe(1);
    expect(() => unwritten.whenWritten([{ stream: "a", seq: 0, replay: 0 }])).toThrow("full");
  });
});

it("looks at no more rows than what is given has", async () => {
  subscriber();
  const { config, object } = await newEndpoint();
  await object().enqueue(config, [event("a", 1)]);
  await runInDurableObject(object(), async (_: EndpointObject, { storage }) => {
    const { withoutCurrent } = await import("../../src/delivery/object/storage");
    const { counting, read } = countingReads(storage.sql);
    const known = { event: event("a", 1), replay: 0, deliveryId: "dlv_1", arrival: 1, now: 0 };
    const unknown = { ...known, event: event("b", 1) };
    expect(withoutCurrent(counting, [known, unknown])).toEqual([unknown]);
    expect(withoutCurrent(counting, [{ ...known, event: { ...event("a", 1), eventId: "evt_other" } }])).toBeNull();
    // What is given is a table to SQLite too: a row for each.
    expect(read()).toBeLessThanOrEqual(12);
  });
  await runDurableObjectAlarm(object());
});
