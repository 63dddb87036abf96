import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EndpointObject } from "../../src";
import { newFreshEvents } from "../../src/delivery/object/fresh-events";
import { newLanes } from "../../src/delivery/object/lanes";
import { applyRetention, listDeliveries, readTables, recordOutcomes } from "../../src/delivery/object/storage";
import { takeEvents } from "../../src/delivery/object/take-events";
import { newUnwritten } from "../../src/delivery/object/unwritten";
import { ageStorage, event, newEndpoint, subscriber } from "./subscriber";

const DAY = 86_400_000;
const HOUR = 3_600_000;

afterEach(() => vi.restoreAllMocks());

type Object = ReturnType<Awaited<ReturnType<typeof newEndpoint>>["object"]>;

/** Lets `days` pass, with the retention of each day. */
async function passDays(object: Object, days: number): Promise<void> {
  await runInDurableObject(object, (_: EndpointObject, { storage }) => {
    for (let day = 0; day < days; day += 1) {
      ageStorage(storage.sql, DAY);
      applyRetention(storage, {}, Date.now());
    }
  });
}

async function tablesOf(object: Object): Promise<number> {
  return runInDurableObject(object, (_: EndpointObject, { storage: { sql } }) => readTables(sql).length);
}

/** The log of an endpoint, page by page. */
async function pagesOf(object: Object, limit: number, order?: "ascending"): Promise<string[]> {
  const ids: string[] = [];
  for (let before: { enqueuedAt: number; deliveryId: string } | undefined; ;) {
    const page = await object.log("org_1", { limit, ...(order && { order }), ...(before && { before }) });
    ids.push(...page.map(({ eventId }) => eventId));
    const last = page.at(-1);
    if (!last) return ids;
    before = { enqueuedAt: last.enqueuedAt, deliveryId: last.deliveryId };
  }
}

async function delivered(object: Object, events: number): Promise<void> {
  await vi.waitFor(async () => expect(await object.count("org_1", { state: "delivered" })).toBe(events));
}

describe("deliveries in a table a day", () => {
  it("are known on the next day", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    const lately = (call: string, seq: number) => ({ ...event(call, seq), recordedAt: Date.now() });
    await object().enqueue(config, [lately("a", 1), lately("b", 1)]);
    await delivered(object(), 2);
    await runInDurableObject(object(), (_: EndpointObject, { storage }) => {
      storage.sql.exec("UPDATE days SET opened_at = opened_at - ?", DAY);
      applyRetention(storage, {}, Date.now());
    });
    expect(await tablesOf(object())).toBe(2);
    expect(await object().enqueue(config, [lately("b", 1), lately("a", 2)])).toMatchObject({
      accepted: 1,
      duplicates: 1,
    });
    await delivered(object(), 3);
    expect(hits.map(({ id }) => id)).toEqual(["evt_a_1", "evt_b_1", "evt_a_2"]);
  });

  it("take another event under a used number, after a restore, on the next day too", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1)]);
    await delivered(object(), 1);
    await passDays(object(), 1);
    const other = { ...event("a", 1), eventId: "evt_other" };
    expect(await object().enqueue(config, [other])).toMatchObject({ accepted: 1 });
    expect(await object().enqueue(config, [other])).toMatchObject({ accepted: 0, duplicates: 1 });
    await delivered(object(), 2);
    expect(hits.map(({ id }) => id)).toEqual(["evt_a_1", "evt_other"]);
    expect(await object().replay("org_1", {}, { dryRun: true, replay: 5 })).toMatchObject({ matched: 1 });
  });

  it("stay while they are open, however long, and go with their day when they are closed", async () => {
    subscriber(({ call }) => new Response("", { status: call === "stuck" ? 500 : 200 }));
    const { config, object } = await newEndpoint({ settings: { retryWaits: [], onExhausted: "hold" } });
    await object().enqueue(config, [event("stuck", 1), event("stuck", 2), event("fine", 1)]);
    await delivered(object(), 1);
    await vi.waitFor(async () => expect(await object().count("org_1", { state: "held" })).toBe(1));
    await passDays(object(), 30);
    const both = await pagesOf(object(), 9);
    expect(both.toSorted()).toEqual(["evt_fine_1", "evt_stuck_1", "evt_stuck_2"]);
    expect(await pagesOf(object(), 1, "ascending")).toEqual(both.toReversed());
    await passDays(object(), 2);
    expect((await pagesOf(object(), 9)).toSorted()).toEqual(["evt_stuck_1", "evt_stuck_2"]);
    expect(await tablesOf(object())).toBe(1);
    await evictDurableObject(object());
    const held = (await object().log("org_1", { limit: 9, state: "held" }))[0]!;
    subscriber();
    expect(await object().settle("org_1", held.deliveryId, "skip")).toBe(true);
    await delivered(object(), 1);
  });

  it("are listed across days in order, replayed, counted, and erased", async () => {
    subscriber();
    const { config, object } = await newEndpoint();
    for (const day of [1, 2, 3, 4]) {
      await object().enqueue(config, [event("a", day), event(`b${day}`, 1)]);
      await delivered(object(), day * 2);
      await passDays(object(), 1);
    }
    expect(await tablesOf(object())).toBe(5);
    const all = await pagesOf(object(), 100);
    expect(all.filter((id) => id.startsWith("evt_a"))).toEqual(["evt_a_4", "evt_a_3", "evt_a_2", "evt_a_1"]);
    expect(await pagesOf(object(), 3)).toEqual(all);
    for (const limit of [1, 3, 100]) expect(await pagesOf(object(), limit, "ascending")).toEqual(all.toReversed());
    expect(await object().replay("org_1", { stream: "a" }, { dryRun: false, replay: 7 })).toMatchObject({
      matched: 4,
      enqueued: 4,
    });
    await delivered(object(), 12);
    expect((await object().log("org_1", { limit: 99, newest: true })).length).toBe(8);
    expect(await object().count("org_1", { from: Date.now() - 2.5 * DAY })).toBe(8);
    expect(await object().erase("a")).toBe(8);
    expect((await pagesOf(object(), 3)).toSorted()).toEqual(["evt_b1_1", "evt_b2_1", "evt_b3_1", "evt_b4_1"]);
  });

  it("report a gap that began on an earlier day", async () => {
    const hits = subscriber(({ seq }) => new Response("", { status: seq === 2 ? 500 : 200 }));
    const { config, object } = await newEndpoint({ settings: { retryWaits: [] } });
    await object().enqueue(config, [event("a", 1), event("a", 2)]);
    await vi.waitFor(async () => expect(await object().count("org_1", { state: "parked" })).toBe(1));
    await passDays(object(), 2);
    await object().enqueue(config, [event("a", 3), event("a", 4)]);
    await delivered(object(), 3);
    expect(hits.map(({ seq, gap }) => [seq, gap ?? null])).toEqual([
      [1, null],
      [2, null],
      [3, { from: 2, to: 2 }],
      [4, null],
    ]);
  });

  it("cost three rows each, retention included", async () => {
    const { config, object } = await newEndpoint({ paused: true });
    await object().configure(config);
    await runInDurableObject(object(), (_: EndpointObject, { storage }) => {
      let written = 0;
      const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
      const sql = new Proxy(storage.sql, {
        get: (target, name) =>
          name === "exec"
            ? (query: string, ...values: SqlStorageValue[]) => {
                const cursor = target.exec(query, ...values);
                cursors.push(cursor);
                return cursor;
              }
            : (Reflect.get(target, name, target) as unknown),
      });
      const counted = new Proxy(storage, {
        get: (target, name) => {
          if (name === "sql") return sql;
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? (value as () => unknown).bind(target) : value;
        },
      });
      const now = Date.now();
      let arrival = now * 1000;
      const backlog = { lanes: newLanes("call"), laidOutTo: 0, rest: 0 };
      const events = Array.from({ length: 1_000 }, (_unused, index) => event(`c${index}`, 1));
      const deps = { storage: counted, backlog, now, nextArrival: () => (arrival += 1) };
      const memory = { fresh: newFreshEvents(), unwritten: newUnwritten(() => undefined), slots: 0 };
      expect(takeEvents({ ...deps, ...memory }, events, 0).accepted).toBe(1_000);
      const entry = {
        number: 1,
        dueAt: now,
        startedAt: now,
        endedAt: now,
        status: 200,
        error: null,
        detail: null,
        request: { method: "POST", url: "https://subscriber.test", headers: {}, body: "" },
        response: null,
      };
      const outcome = { state: "delivered" as const, dueAt: now, finishedAt: now, entry };
      const idOf = new Map(
        [
          ...storage.sql.exec<{ stream: string; delivery_id: string }>("SELECT stream, delivery_id FROM deliveries"),
        ].map((row) => [row.stream, row.delivery_id]),
      );
      const before = cursors.length;
      const outcomes = events.map(({ stream, seq }) => ({
        key: { stream, seq, replay: 0 },
        attempts: 0,
        deliveryId: idOf.get(stream) ?? "",
        outcome,
      }));
      expect(recordOutcomes(sql, outcomes)).toEqual(new Set(idOf.values()));
      // Each outcome finds its row by its key: a statement that went through the table would read a thousand times more.
      const read = cursors.slice(before).reduce((sum, cursor) => sum + cursor.rowsRead, 0);
      expect(read).toBeLessThanOrEqual(4_000);
      // A row that was closed meanwhile is left as it is.
      expect(recordOutcomes(sql, outcomes.slice(0, 2))).toEqual(new Set());
      ageStorage(storage.sql, DAY);
      applyRetention(counted, {}, now);
      expect(readTables(storage.sql)).toHaveLength(2);
      // Hour by hour, as in an object that is never idle.
      for (let hour = 0; hour < 31 * 24 + 1; hour += 1) {
        ageStorage(storage.sql, HOUR);
        applyRetention(counted, {}, now);
      }
      expect(readTables(storage.sql)).toHaveLength(1);
      for (const cursor of cursors) written += cursor.rowsWritten;
      expect(written / 1_000).toBeGreaterThanOrEqual(3);
      expect(written / 1_000).toBeLessThanOrEqual(3.05);
    });
  });

  it("are searched only in the tables that a page needs", async () => {
    subscriber();
    const { config, object } = await newEndpoint();
    await object().enqueue(
      config,
      Array.from({ length: 200 }, (_, index) => event(`old${index}`, 1)),
    );
    await delivered(object(), 200);
    await passDays(object(), 1);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => ageStorage(sql, HOUR));
    await object().enqueue(config, [event("new1", 1), event("new2", 1)]);
    await delivered(object(), 202);
    await runInDurableObject(object(), (_: EndpointObject, { storage }) => {
      const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
      const sql = new Proxy(storage.sql, {
        get: (target, name) =>
          name === "exec"
            ? (query: string, ...values: SqlStorageValue[]) => {
                const cursor = target.exec(query, ...values);
                cursors.push(cursor);
                return cursor;
              }
            : (Reflect.get(target, name, target) as unknown),
      });
      expect(
        listDeliveries(sql, { limit: 2 })
          .map(({ stream }) => stream)
          .toSorted(),
      ).toEqual(["new1", "new2"]);
      expect(cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0)).toBeLessThan(20);
    });
  });
});

describe("an object that an earlier version wrote, or writes again", () => {
  it("is opened with its deliveries, and its first table is closed by the first retention", async () => {
    const hits = subscriber(({ seq }) => new Response("", { status: seq === 2 ? 500 : 200 }));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1), event("a", 2)]);
    await vi.waitFor(() => expect(hits).toHaveLength(2));
    await delivered(object(), 1);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      sql.exec("DROP TABLE days; DROP INDEX deliveries_given_up; DELETE FROM ledger_steps WHERE step = 4");
      sql.exec("ALTER TABLE erased DROP COLUMN everywhere");
    });
    await evictDurableObject(object());
    expect((await object().health()).backlog).toBe(1);
    await runInDurableObject(object(), (_: EndpointObject, { storage }) => {
      expect(readTables(storage.sql)).toMatchObject([{ openedAt: 0 }]);
      applyRetention(storage, {}, Date.now());
      expect(readTables(storage.sql)).toHaveLength(2);
      // A row of it that is due does not wait for the whole table.
      storage.sql.exec("UPDATE deliveries_1 SET finished_at = 1");
      applyRetention(storage, {}, Date.now());
    });
    expect(await pagesOf(object(), 9)).toEqual(["evt_a_2"]);
    expect(await object().enqueue(config, [event("a", 2)])).toMatchObject({ accepted: 0, duplicates: 1 });
  });

  it("shows it every open delivery, by its own statements", async () => {
    subscriber(() => new Response("", { status: 500 }));
    const { config, object } = await newEndpoint({ paused: true });
    await object().enqueue(config, [event("a", 1), event("a", 2), event("b", 1)]);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      sql.exec("UPDATE deliveries SET state = 'delivered', open = NULL, finished_at = 1 WHERE stream = 'b'");
    });
    await passDays(object(), 1);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      const open = sql.exec<{ stream: string; seq: number }>(
        "SELECT stream, seq, replay, attempts, due_at, state FROM deliveries INDEXED BY deliveries_open WHERE open = 1 ORDER BY arrival",
      );
      expect(open.toArray().map(({ stream, seq }) => [stream, seq])).toEqual([
        ["a", 1],
        ["a", 2],
      ]);
      // The earlier version erases from the current table only. A clock that is behind makes no difference.
      sql.exec("INSERT INTO erased (stream, at) VALUES ('b', 1)");
    });
    await evictDurableObject(object());
    expect((await pagesOf(object(), 9)).toSorted()).toEqual(["evt_a_1", "evt_a_2"]);
  });
});
