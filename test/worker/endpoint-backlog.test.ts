import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EndpointObject } from "../../src";
import { LAID_OUT_AT_ONCE, REFILL_BELOW, readBacklog, openCount, refill } from "../../src/delivery/object/backlog";
import { closeDelivery, takeDue, type OpenDelivery } from "../../src/delivery/object/lanes";
import { MAX_TOGETHER } from "../../src/delivery/object/outcomes";
import { countDeliveries, countForReplay, listDeliveries } from "../../src/delivery/object/storage";
import { countingReads, event, newEndpoint, states, subscriber } from "./subscriber";

afterEach(() => vi.restoreAllMocks());

/** Open deliveries as `enqueue` writes them: `calls` calls with `each` events, in the order of their numbers. */
function fill(sql: SqlStorage, calls: number, each: number): void {
  sql.exec(
    `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${calls * each})
     INSERT INTO deliveries (stream, seq, replay, state, open, attempts, due_at, arrival, enqueued_at, stripped, delivery_id,
       event_id, type, recorded_at, data)
     SELECT 'call_' || (n % ${calls}), n / ${calls} + 1, 0, 'pending', 1, 0, 0, n + 1, 0, 0, 'dlv_' || n, 'evt_' || n, 'call.updated', 0, '{}'
     FROM numbers`,
  );
}

describe("a long backlog", () => {
  it("is partly in lanes, and counted completely", async () => {
    const { config, object } = await newEndpoint({ paused: true });
    await object().configure(config);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      fill(sql, 10_000, 3);
      const { backlog } = readBacklog(sql, "call");
      expect(backlog.lanes.open).toBe(LAID_OUT_AT_ONCE);
      expect(openCount(backlog)).toBe(30_000);
    });
    await evictDurableObject(object());
    expect((await object().health()).backlog).toBe(30_000);
  });

  it.each(["call", "endpoint", "none"] as const)("is sent completely and in order, by %s", async (ordering) => {
    const { config, object } = await newEndpoint({ paused: true });
    await object().configure(config);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      fill(sql, 3_000, 4);
      const { backlog } = readBacklog(sql, ordering);
      const sent = new Map<string, number[]>();
      let widest = 0;
      let flying: OpenDelivery[] = [];
      for (;;) {
        for (let next = takeDue(backlog.lanes, 1, 6, true); next; next = takeDue(backlog.lanes, 1, 6, true))
          flying.push(next);
        if (flying.length === 0) break;
        for (const one of flying) {
          sent.set(one.stream, [...(sent.get(one.stream) ?? []), one.seq]);
          sql.exec(
            "UPDATE deliveries SET state = 'delivered', open = NULL WHERE stream = ? AND seq = ?",
            one.stream,
            one.seq,
          );
          closeDelivery(backlog.lanes, one);
        }
        flying = [];
        refill(backlog, sql);
        widest = Math.max(widest, backlog.lanes.open);
      }
      expect(openCount(backlog)).toBe(0);
      expect(sent.size).toBe(3_000);
      for (const numbers of sent.values()) expect(numbers).toEqual([1, 2, 3, 4]);
      expect(widest).toBeLessThanOrEqual(LAID_OUT_AT_ONCE + REFILL_BELOW * 4);
    });
  });

  it("is counted up to 1,000, for a page's total and before a replay, and no further row is read", async () => {
    const { config, object } = await newEndpoint({ paused: true });
    await object().configure(config);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      fill(sql, 10_000, 3);
      const { counting, read } = countingReads(sql);
      expect(countDeliveries(counting, {})).toBe(1_001);
      expect(countDeliveries(counting, { newest: true })).toBe(1_001);
      expect(countForReplay(counting, { state: "pending" })).toBe(1_001);
      expect(countDeliveries(counting, { stream: "call_7" })).toBe(3);
      expect(read()).toBeLessThan(10_000);
    });
  });

  it("of 100,000 takes a start one look at each entry of its index, and a page of the log two at each row", async () => {
    const { config, object } = await newEndpoint({ paused: true });
    await object().configure(config);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      fill(sql, 50_000, 2);
      const start = countingReads(sql);
      readBacklog(start.counting, "call");
      expect(start.read()).toBeLessThanOrEqual(100_000 + LAID_OUT_AT_ONCE + 10);
      const page = countingReads(sql);
      expect(listDeliveries(page.counting, { limit: 51 })).toHaveLength(51);
      // And for the page itself: its places, their keys, its rows.
      expect(page.read()).toBeLessThanOrEqual(2 * 100_000 + 3 * 51 + 10);
    });
  });

  it("adds new events behind those in the table, where a person can find them", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint({ paused: true });
    await object().configure(config);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      fill(sql, 6_000, 1);
      sql.exec("UPDATE deliveries SET state = 'held', attempts = 3 WHERE delivery_id = 'dlv_5999'");
    });
    await evictDurableObject(object());
    // The last call's own next event: it belongs behind the one that is held.
    await object().enqueue(config, [event("call_5999", 2)]);
    expect((await object().health()).backlog).toBe(6_001);
    expect(await object().settle("org_1", "dlv_5999", "skip")).toBe(true);
    expect(await object().settle("org_1", "dlv_5999", "skip")).toBe(false);
    expect((await object().health()).backlog).toBe(6_000);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      sql.exec("UPDATE deliveries SET state = 'skipped', open = NULL WHERE stream <> 'call_5999'");
    });
    await evictDurableObject(object());
    await object().configure({ ...config, version: 2, paused: false });
    await vi.waitFor(() => expect(hits.map(({ call, seq }) => [call, seq])).toEqual([["call_5999", 2]]));
    expect(hits[0]?.gap).toEqual({ from: 1, to: 1 });
  });

  it("is erased by call, in lanes and in the table", async () => {
    const { config, object } = await newEndpoint({ paused: true });
    await object().configure(config);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => fill(sql, 6_000, 2));
    await evictDurableObject(object());
    expect(await object().erase("call_5999")).toBe(2);
    expect((await object().health()).backlog).toBe(11_998);
  });
});

describe("outcomes that are written together", () => {
  it("leave at most one group of answered deliveries to be sent again", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    const events = Array.from({ length: 200 }, (_, index) => event(`c${index}`, 1));
    await object().enqueue(config, events);
    // Whenever somebody looks, every answer that came before is in the log but those of one group and those under way.
    let worst = 0;
    for (let look = 0; look < 40 && hits.length < 200; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
        const { open } = sql.exec<{ open: number }>("SELECT count(*) AS open FROM deliveries WHERE open = 1").one();
        worst = Math.max(worst, hits.length - (200 - open));
      });
    }
    expect(worst).toBeLessThanOrEqual(MAX_TOGETHER + 6);
    await vi.waitFor(async () => expect(Object.values(await states(object()))).toEqual(Array(200).fill("delivered")));
    expect(hits).toHaveLength(200);
  });

  it("are written before the next event of the same call goes out", async () => {
    const open: number[] = [];
    const { config, object } = await newEndpoint();
    const hits = subscriber(async (hit) => {
      if (hit.seq > 1)
        await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
          const row = sql.exec<{ open: number | null }>("SELECT open FROM deliveries WHERE seq = ?", hit.seq - 1).one();
          open.push(row.open ?? 0);
        });
      return new Response("ok");
    });
    await object().enqueue(
      config,
      [1, 2, 3, 4, 5].map((seq) => event("a", seq)),
    );
    // The last request looks at the row before it is answered.
    await vi.waitFor(() => expect(open).toEqual([0, 0, 0, 0]));
    expect(hits).toHaveLength(5);
  });
});

describe("an object of the version before", () => {
  it("keeps its deliveries when its index of open work is made anew", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint({ paused: true });
    await object().enqueue(config, [event("a", 1), event("a", 2)]);
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      sql.exec("DROP INDEX deliveries_open");
      sql.exec("CREATE INDEX deliveries_open ON deliveries (arrival) WHERE open = 1");
      sql.exec("DELETE FROM ledger_steps WHERE step = 3");
    });
    await evictDurableObject(object());
    await object().configure({ ...config, version: 2, paused: false });
    await vi.waitFor(() => expect(hits.map(({ seq }) => seq)).toEqual([1, 2]));
    await runInDurableObject(object(), (_: EndpointObject, { storage: { sql } }) => {
      const plan = sql
        .exec<{ detail: string }>(
          `EXPLAIN QUERY PLAN SELECT stream, seq, replay, attempts, due_at, state, arrival FROM deliveries
             INDEXED BY deliveries_open WHERE open = 1 AND arrival > 5 ORDER BY arrival LIMIT 10`,
        )
        .toArray();
      expect(plan.map(({ detail }) => detail).join()).toContain("COVERING INDEX deliveries_open");
    });
  });
});
