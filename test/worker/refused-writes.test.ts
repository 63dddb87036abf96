import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { EndpointObject } from "../../src";
import { event, makeDue, newEndpoint, states, subscriber } from "./subscriber";

// An object whose table takes no outcome, as one that is full: what was answered is not lost and stops nobody else.

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

/** Makes the table refuse what is written of a call, until the answer is called. */
async function refuse(object: () => DurableObjectStub<EndpointObject>, call: string): Promise<() => Promise<void>> {
  const run = (statements: string) =>
    runInDurableObject(object(), (_object, { storage }) => void storage.sql.exec(statements));
  const when = (change: string) =>
    `CREATE TRIGGER full_${change} BEFORE ${change} ON deliveries WHEN NEW.stream = '${call}' AND NEW.state = 'delivered'
     BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;`;
  await run(when("insert") + when("update"));
  return () => run("DROP TRIGGER full_insert; DROP TRIGGER full_update;");
}

it.each([
  ["written first", { data: "x".repeat(250_000) }],
  ["tried first", {}],
])(
  "an outcome that is refused leaves its delivery open, and those answered with it are written: %s",
  async (_, data) => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    await object().configure(config);
    const takes = await refuse(object, "b");
    await object().enqueue(
      config,
      ["a", "b", "c"].map((call) => event(call, 1, data)),
    );
    await vi.waitFor(async () =>
      expect(await states(object())).toMatchObject({ "a/1": "delivered", "c/1": "delivered" }),
    );
    await vi.waitFor(async () => expect(await states(object())).toMatchObject({ "b/1": "pending" }));
    const alarm = await runInDurableObject(object(), (_object, { storage }) => storage.getAlarm());
    expect(alarm! - Date.now()).toBeLessThanOrEqual(60_000);
    await takes();
    await makeDue(object());
    await vi.waitFor(async () => expect(await states(object())).toMatchObject({ "b/1": "delivered" }));
    expect(hits.map(({ call }) => call).toSorted()).toEqual(["a", "b", "b", "c"]);
  },
);

it("where the table takes nothing new, whoever hands over learns of it, and what was sent is sent again", async () => {
  const hits = subscriber();
  const { config, object } = await newEndpoint();
  await object().configure(config);
  await runInDurableObject(object(), (_object, { storage }) => {
    storage.sql.exec(
      "CREATE TRIGGER full_table BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
  });
  // Not `expect(…).rejects`: a promise of another object's answer can be called, and vitest calls it.
  const handOver = () => object().enqueue(config, [event("a", 1), event("a", 2)]);
  const refusal = handOver().then(
    () => "taken",
    (cause: unknown) => String(cause),
  );
  expect(await refusal).toContain("full");
  expect(hits).toHaveLength(1);
  await runInDurableObject(object(), (_object, { storage }) => void storage.sql.exec("DROP TRIGGER full_table"));
  await handOver();
  await abortAllDurableObjects();
  await runDurableObjectAlarm(object());
  await vi.waitFor(async () => expect(await states(object())).toEqual({ "a/1": "delivered", "a/2": "delivered" }));
  expect(hits.map(({ seq }) => seq)).toEqual([1, 1, 2]);
});
