import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { openDatabase, runBatch } from "../../src/db/client";
import { endpointHealth, endpointHours, endpoints } from "../../src/db/schema";
import { countFailing, forgetOldHealth, readHealth, type EndpointRow, type HealthReport } from "../../src/delivery";
import { percentileOf } from "../../src/delivery/health/read";
import { writeHealth } from "../../src/delivery/health/write";
import { LATENCY_BUCKETS } from "../../src/delivery/object/counters";
import { DAY, HOUR, MINUTE } from "../../src/lib/time";
import { mintEndpoint, mintOrganization } from "../factories";

const db = openDatabase(env.DB);
const NOW = Date.UTC(2026, 7, 20, 14, 30);
const THIS_HOUR = Date.UTC(2026, 7, 20, 14);
let endpoint: EndpointRow;

beforeEach(async () => {
  const { id } = await mintOrganization(db);
  endpoint = await mintEndpoint(db, id);
});

function report(overrides: Partial<HealthReport> = {}, shard = 0): HealthReport {
  return {
    object: `${endpoint.id}/${shard}`,
    backlog: 0,
    oldestDueAt: null,
    lastSuccessAt: null,
    lastFailureAt: null,
    failingSince: null,
    hours: [],
    ...overrides,
  };
}

/** Attempts of one hour that took so long each. */
function hour(
  at: number,
  counts: { delivered?: number; failed?: number; parked?: number },
  durations: number[] = [],
): HealthReport["hours"][number] {
  const { delivered = 0, failed = 0, parked = 0 } = counts;
  const latencies = [...LATENCY_BUCKETS, Infinity].map(
    (bound, bucket) => durations.filter((took) => took <= bound && took > (LATENCY_BUCKETS[bucket - 1] ?? -1)).length,
  );
  return { hour: at, attempts: delivered + failed, delivered, failed, parked, latencies };
}

async function healthOf(since = NOW - DAY) {
  const [health] = await readHealth(db, { organizationId: endpoint.organizationId, endpointId: endpoint.id, since });
  // What every page says of it, without the counters.
  expect(await countFailing(db, endpoint.organizationId)).toBe(health!.failingSince === null ? 0 : 1);
  return health!;
}

describe("the health of an endpoint", () => {
  it("counts those that fail of its organization alone, and none that was deleted", async () => {
    const streak = { failingSince: NOW - 100, lastFailureAt: NOW - 10 };
    await writeHealth(db, endpoint, report(streak), NOW);
    expect(await countFailing(db, endpoint.organizationId)).toBe(1);
    expect(await countFailing(db, (await mintOrganization(db)).id)).toBe(0);
    await db.update(endpoints).set({ deletedAt: NOW }).where(eq(endpoints.id, endpoint.id));
    expect(await countFailing(db, endpoint.organizationId)).toBe(0);
  });

  it("is unknown before its objects' first report", async () => {
    expect(await healthOf()).toEqual({
      endpointId: endpoint.id,
      since: THIS_HOUR - DAY,
      attempts: 0,
      delivered: 0,
      failed: 0,
      parked: 0,
      successRate: null,
      p50: null,
      p95: null,
      backlog: 0,
      oldestDueAt: null,
      lastSuccessAt: null,
      lastFailureAt: null,
      failingSince: null,
      failure: null,
      updatedAt: null,
    });
  });

  it("adds up the hours, reports and objects of an endpoint, bucket by bucket", async () => {
    await writeHealth(
      db,
      endpoint,
      report({ hours: [hour(THIS_HOUR, { delivered: 3, failed: 1, parked: 1 }, [10, 60, 60, 40_000])] }),
      NOW,
    );
    await writeHealth(
      db,
      endpoint,
      report({ hours: [hour(THIS_HOUR, { delivered: 2 }, [10, 60]), hour(THIS_HOUR - HOUR, { delivered: 1 }, [60])] }),
      NOW,
    );
    await writeHealth(db, endpoint, report({ hours: [hour(THIS_HOUR, { failed: 3 }, [20, 20, 20])] }, 1), NOW);
    expect(await healthOf()).toMatchObject({ attempts: 10, delivered: 6, failed: 4, parked: 1, successRate: 0.6 });
    const rows = await db.select().from(endpointHours).where(eq(endpointHours.endpointId, endpoint.id));
    expect(rows).toHaveLength(2);
    expect(rows.find((row) => row.hour === THIS_HOUR)!.latencies).toEqual([5, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it("counts from the asked hour on", async () => {
    const hours = [THIS_HOUR, THIS_HOUR - HOUR, THIS_HOUR - DAY, THIS_HOUR - DAY - HOUR].map((at) =>
      hour(at, { delivered: 1 }, [10]),
    );
    await writeHealth(db, endpoint, report({ hours }), NOW);
    expect((await healthOf(NOW - DAY)).attempts).toBe(3);
    expect((await healthOf(NOW)).attempts).toBe(1);
  });

  it("is the latest report of each object, with backlogs added and the oldest due time", async () => {
    await writeHealth(db, endpoint, report({ backlog: 7, oldestDueAt: NOW - 9 }), NOW - MINUTE);
    await writeHealth(db, endpoint, report({ backlog: 5, oldestDueAt: NOW - 3 }), NOW);
    await writeHealth(db, endpoint, report({ backlog: 2, oldestDueAt: NOW - 5 }, 1), NOW - 1);
    await writeHealth(db, endpoint, report({ backlog: 0 }, 2), NOW - 2);
    expect(await healthOf()).toMatchObject({ backlog: 7, oldestDueAt: NOW - 5, updatedAt: NOW });
  });

  it("remembers successes and failures that an object has forgotten", async () => {
    await writeHealth(db, endpoint, report({ lastSuccessAt: NOW - 50, lastFailureAt: NOW - 60 }), NOW);
    await writeHealth(db, endpoint, report(), NOW);
    expect(await healthOf()).toMatchObject({ lastSuccessAt: NOW - 50, lastFailureAt: NOW - 60 });
  });

  it("is failing only since the last success of any object", async () => {
    const streak = { failingSince: NOW - 100, lastFailureAt: NOW - 10, lastSuccessAt: NOW - 200 };
    await writeHealth(db, endpoint, report(streak), NOW);
    expect((await healthOf()).failingSince).toBe(NOW - 100);
    await writeHealth(db, endpoint, report({ lastSuccessAt: NOW - 40 }, 1), NOW);
    expect((await healthOf()).failingSince).toBe(NOW - 40);
    await writeHealth(db, endpoint, report({ lastSuccessAt: NOW - 5 }, 1), NOW);
    expect((await healthOf()).failingSince).toBeNull();
    await writeHealth(db, endpoint, report({ failingSince: null, lastSuccessAt: NOW - 5 }), NOW);
    expect((await healthOf()).failingSince).toBeNull();
  });

  it("is shown to its own organization, for all of its endpoints that are not deleted", async () => {
    const other = await mintEndpoint(db, endpoint.organizationId);
    const deleted = await mintEndpoint(db, endpoint.organizationId, { deletedAt: NOW });
    for (const one of [endpoint, other, deleted])
      await writeHealth(db, one, { ...report({ backlog: 1 }), object: `${one.id}/0` }, NOW);
    const { id: stranger } = await mintOrganization(db);
    const all = await readHealth(db, { organizationId: endpoint.organizationId, since: NOW });
    expect(all.map(({ endpointId }) => endpointId).toSorted()).toEqual([endpoint.id, other.id].toSorted());
    expect(await readHealth(db, { organizationId: stranger, since: NOW })).toEqual([]);
    expect(await readHealth(db, { organizationId: stranger, endpointId: endpoint.id, since: NOW })).toEqual([]);
  });

  it("is forgotten after thirty days, and at once for an endpoint that is deleted", async () => {
    const deleted = await mintEndpoint(db, endpoint.organizationId, { deletedAt: NOW });
    await writeHealth(db, deleted, { ...report(), object: `${deleted.id}/0` }, NOW);
    const hours = [THIS_HOUR, NOW - 29 * DAY, NOW - 31 * DAY].map((at) => hour(at, { delivered: 1 }, [10]));
    await writeHealth(db, endpoint, report({ hours }), NOW);
    await runBatch(db, forgetOldHealth(db, NOW));
    expect(await db.select().from(endpointHours).where(eq(endpointHours.endpointId, endpoint.id))).toHaveLength(2);
    expect(await db.select().from(endpointHealth).where(eq(endpointHealth.endpointId, deleted.id))).toEqual([]);
    expect(await db.select().from(endpointHealth).where(eq(endpointHealth.endpointId, endpoint.id))).toHaveLength(1);
  });
});

describe("a percentile read off the buckets", () => {
  it("lies within the bucket it falls into", () => {
    expect(percentileOf([100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0.5)).toBe(13);
    expect(percentileOf([0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0], 0.5)).toBe(375);
    expect(percentileOf([90, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0], 0.95)).toBe(1_750);
    expect(percentileOf([90, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0], 0.9)).toBe(25);
  });

  it("is the bound of the last bucket when it falls beyond it, and nothing when nothing was counted", () => {
    expect(percentileOf([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4], 0.5)).toBe(30_000);
    expect(percentileOf([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0.5)).toBeNull();
  });
});
