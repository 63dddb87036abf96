import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EndpointObject } from "../../src";
import { event, makeDue, newEndpoint, states, subscriber, type Hit } from "./subscriber";

// An object whose tables take nothing, or not all, as one that is full: order and promises hold, and nobody else stops.

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

type Stub = () => DurableObjectStub<EndpointObject>;

const run = (object: Stub, statements: string) =>
  runInDurableObject(object(), (_object, { storage }) => void storage.sql.exec(statements));

/** Makes a table refuse such rows, until what it gives is called. */
async function refuse(
  object: Stub,
  when: string,
  change = "INSERT",
  table = "deliveries",
): Promise<() => Promise<void>> {
  const name = `full_${table}_${change}`;
  await run(
    object,
    `CREATE TRIGGER ${name} BEFORE ${change} ON ${table} WHEN ${when}
     BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;`,
  );
  return () => run(object, `DROP TRIGGER ${name}`);
}

/** How it ends. Not `expect(…).rejects`: a promise of another object's answer can be called, and vitest calls it. */
const endOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "taken",
    (cause: unknown) => String(cause),
  );

/** A subscriber that answers in turn with the statuses it is given, and waits where it has none yet. */
function patientSubscriber() {
  const statuses: number[] = [];
  const hits: Hit[] = subscriber(async (hit) => {
    const turn = hits.indexOf(hit);
    while (statuses[turn] === undefined) await new Promise((resolve) => setTimeout(resolve, 2));
    return new Response("ok", { status: statuses[turn] });
  });
  return { hits, answer: (...given: number[]) => void statuses.push(...given) };
}

const namesOf = (hits: readonly Hit[]) => hits.map(({ call, seq }) => `${call}${seq}`);

/** Another life of the object, in which all that waits is due. */
async function startAgain(object: Stub): Promise<void> {
  await run(object, "UPDATE deliveries SET due_at = 0 WHERE state = 'pending'");
  await abortAllDurableObjects();
  await runDurableObjectAlarm(object());
}

async function expectDelivered(object: Stub, ...names: string[]): Promise<void> {
  const delivered = Object.fromEntries(names.map((name) => [name, "delivered"]));
  await vi.waitFor(async () => expect(await states(object())).toEqual(delivered));
}

describe("an outcome that is refused", () => {
  it.each([
    ["written first", { data: "x".repeat(250_000) }],
    ["tried first", {}],
  ])("leaves its delivery open, and those answered with it are written: %s", async (_name, data) => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    await object().configure(config);
    const taken = "NEW.stream = 'b' AND NEW.state = 'delivered'";
    const takes = [await refuse(object, taken), await refuse(object, taken, "UPDATE")];
    await object().enqueue(
      config,
      ["a", "b", "c"].map((call) => event(call, 1, data)),
    );
    const expected = { "a/1": "delivered", "b/1": "pending", "c/1": "delivered" };
    await vi.waitFor(async () => expect(await states(object())).toEqual(expected));
    const alarm = await runInDurableObject(object(), (_object, { storage }) => storage.getAlarm());
    expect(alarm! - Date.now()).toBeLessThanOrEqual(60_000);
    for (const takesAgain of takes) await takesAgain();
    await makeDue(object());
    await expectDelivered(object, "a/1", "b/1", "c/1");
    expect(namesOf(hits).toSorted()).toEqual(["a1", "b1", "b1", "c1"]);
  });

  it("opens the circuit in the end, and then an enqueue waits for no answer", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    await object().configure(config);
    await refuse(object, "NEW.state = 'delivered'");
    await refuse(object, "NEW.state = 'delivered'", "UPDATE");
    await object().enqueue(
      config,
      Array.from({ length: 12 }, (_, index) => event(`c${index}`, 1)),
    );
    const sent = hits.length;
    const wait = vi.spyOn(globalThis, "setTimeout");
    await object().enqueue(config, [event("later", 1)]);
    expect(wait.mock.calls.map(([, after]) => after)).not.toContain(180);
    expect(await states(object())).toMatchObject({ "later/1": "pending" });
    expect(hits).toHaveLength(sent);
  });
});

describe("a row that is refused", () => {
  it("is told to whoever hands over, and what was sent is sent again", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    await object().configure(config);
    const takes = await refuse(object, "1");
    const handOver = () => object().enqueue(config, [event("a", 1), event("a", 2)]);
    expect(await endOf(handOver())).toContain("full");
    expect(hits).toHaveLength(1);
    await takes();
    await handOver();
    await startAgain(object);
    await expectDelivered(object, "a/1", "a/2");
    expect(hits.map(({ seq }) => seq)).toEqual([1, 1, 2]);
  });

  it("lets no later event of its call pass, whoever brings that, also where it fails", async () => {
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    await object().configure(config);
    const takes = await refuse(object, "NEW.stream = 'a' AND NEW.seq = 1");
    const one = endOf(object().enqueue(config, [event("a", 1)]));
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    const two = endOf(object().enqueue(config, [event("a", 1), event("a", 2)]));
    expect(await one).toContain("full");
    expect(await two).toContain("full");
    expect(await states(object()).catch(() => "full")).toEqual({});
    answer(503);
    await takes();
    answer(200, 200, 200);
    await object().enqueue(config, [event("a", 1), event("a", 2)]);
    await startAgain(object);
    await expectDelivered(object, "a/1", "a/2");
    expect(namesOf(hits)).toEqual(["a1", "a1", "a2"]);
  });

  it("keeps its place where the endpoint is paused meanwhile", async () => {
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    await object().configure(config);
    const takes = await refuse(object, "1");
    const one = endOf(object().enqueue(config, [event("a", 1), event("a", 2)]));
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    expect(await one).toContain("full");
    await takes();
    const paused = { ...config, version: 2, paused: true };
    await object().configure(paused);
    answer(503);
    await object().enqueue(paused, [event("a", 1), event("a", 2)]);
    answer(200, 200, 200, 200);
    await vi.waitFor(async () => {
      const entries = await object().log("org_1", { limit: 5 });
      expect(entries.find(({ seq }) => seq === 1)!.attemptCount).toBe(1);
    });
    await object().configure({ ...config, version: 3 });
    await startAgain(object);
    await expectDelivered(object, "a/1", "a/2");
    expect(namesOf(hits)).toEqual(["a1", "a1", "a2"]);
  });

  it("does not hide another event that has its number, as after a restore", async () => {
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    await object().configure(config);
    const takes = await refuse(object, "1");
    const one = endOf(object().enqueue(config, [event("a", 1)]));
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    expect(await one).toContain("full");
    await takes();
    const two = endOf(object().enqueue(config, [{ ...event("a", 1), eventId: "evt_other" }]));
    answer(200, 200, 200);
    expect(await two).toBe("taken");
    await vi.waitFor(() => expect(hits.map(({ id }) => id)).toContain("evt_other"));
  });

  it("takes those with it that were to be written with it, and none is open without a lane", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    await object().configure(config);
    const takes = await refuse(object, "NEW.stream = 'c'");
    // One statement does not hold all three.
    const given = ["a", "b", "c"].map((call) => event(call, 1, { notes: "x".repeat(210_000) }));
    expect(await endOf(object().enqueue(config, given))).toContain("full");
    await takes();
    await object().enqueue(config, given);
    await expectDelivered(object, "a/1", "b/1", "c/1");
    expect(namesOf(hits).toSorted()).toEqual(["a1", "b1", "c1"]);
  });

  it("does so too where somebody looks while first attempts are under way", async () => {
    const { hits, answer } = patientSubscriber();
    const { config, object } = await newEndpoint();
    await object().configure(config);
    const takes = await refuse(object, "NEW.stream = 'c' AND NEW.state = 'pending'");
    const given = ["a", "b", "c"].map((call) => event(call, 1, { notes: "x".repeat(190_000) }));
    const one = endOf(object().enqueue(config, given));
    await vi.waitFor(() => expect(hits).toHaveLength(3));
    expect(await endOf(object().log("org_1", { limit: 5 }))).toContain("full");
    answer(200, 200, 200);
    await one;
    await takes();
    await object().enqueue(config, given);
    await expectDelivered(object, "a/1", "b/1", "c/1");
  });
});

it("a state of the endpoint that cannot be written stops no call", async () => {
  const server = { down: true, answers: false };
  const hits = subscriber(async (hit) => {
    while (hit.call === "hangs" && !server.answers) await new Promise((resolve) => setTimeout(resolve, 2));
    return new Response("", { status: hit.call === "bad" && server.down ? 503 : 200 });
  });
  const { config, object } = await newEndpoint();
  await object().enqueue(config, [event("bad", 1)]);
  await vi.waitFor(async () => expect((await object().log("org_1", { limit: 1 }))[0]!.attemptCount).toBe(1));
  server.down = false;
  const takes = await refuse(object, "1", "INSERT", "standing");
  const calls = ["b", "c", "d"];
  await object().enqueue(
    config,
    ["hangs", ...calls].map((call) => event(call, 1)),
  );
  await vi.waitFor(() => expect(hits).toHaveLength(5));
  await takes();
  await object().enqueue(
    config,
    calls.map((call) => event(call, 2)),
  );
  await vi.waitFor(() => expect(namesOf(hits)).toEqual(expect.arrayContaining(["b2", "c2", "d2"])));
  server.answers = true;
});

it("an endpoint that is gone is not called again, also where that cannot be written", async () => {
  const hits = subscriber((hit) => new Response("", { status: hit.call === "gone" ? 410 : 200 }));
  const { config, object } = await newEndpoint();
  await object().configure(config);
  const takes = await refuse(object, "1", "INSERT", "tells");
  await object().enqueue(config, [event("gone", 1)]);
  await vi.waitFor(async () => expect((await object().log("org_1", { limit: 1 }))[0]!.attemptCount).toBe(1));
  await object().enqueue(config, [event("b", 1)]);
  await runDurableObjectAlarm(object());
  expect(await states(object())).toMatchObject({ "b/1": "pending" });
  expect(namesOf(hits)).toEqual(["gone1"]);
  await takes();
});
