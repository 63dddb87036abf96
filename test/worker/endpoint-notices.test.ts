import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/db/client";
import { endpoints, events, pendingStreams } from "../../src/db/schema";
import { disableEndpoint, recordEndpointNotice, type EndpointRow, type EndpointNotice } from "../../src/delivery";
import { catalog, type EventType } from "../../src/events";
import { drainStreams } from "../../src/delivery/drain";
import { HOUR } from "../../src/lib/time";
import { mintEndpoint, mintOrganization } from "../factories";
import { asObjects, fakeObjects } from "./fake-objects";

const db = openDatabase(env.DB);
let endpoint: EndpointRow;
let now: number;

beforeEach(async () => {
  const { id } = await mintOrganization(db);
  now = Date.now();
  endpoint = await mintEndpoint(db, id, { createdAt: 0, updatedAt: now - HOUR, description: "CRM", version: 7 });
});

const target = () => ({ organizationId: endpoint.organizationId, endpointId: endpoint.id });
const rowOf = async (id: string) => (await db.select().from(endpoints).where(eq(endpoints.id, id)))[0]!;
const recordedEvents = () => db.select().from(events).where(eq(events.stream, endpoint.id)).orderBy(asc(events.seq));
const recordedTypes = async () => (await recordedEvents()).map(({ type }) => type);

function parked(deliveryId: string, type: EventType = "call.completed"): EndpointNotice {
  return { kind: "parked", at: now, deliveryId, eventId: "evt_1", type, stream: "call_1", seq: 3 };
}

describe("turning an endpoint off", () => {
  it("disables it and records the event once, however many objects report it at once", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => disableEndpoint(db, target(), "gone", now)));
    for (const config of answers) expect(config).toMatchObject({ id: endpoint.id, version: 8, active: false });
    expect(await rowOf(endpoint.id)).toMatchObject({
      active: false,
      disabledReason: "gone",
      disabledAt: now,
      version: 8,
    });
    const [event, ...others] = await recordedEvents();
    expect(others).toEqual([]);
    expect(event!.type).toBe("endpoint.disabled");
    expect(catalog["endpoint.disabled"].parse(JSON.parse(event!.data))).toEqual({
      endpoint: { id: endpoint.id, url: endpoint.url, description: "CRM" },
      reason: "gone",
      disabled_at: new Date(now).toISOString(),
    });
    expect(await db.select().from(pendingStreams).where(eq(pendingStreams.stream, endpoint.id))).toMatchObject([
      { fromSeq: 1 },
    ]);
  });

  it("happens again after it was enabled again", async () => {
    await disableEndpoint(db, target(), "failing", now);
    await db
      .update(endpoints)
      .set({ active: true, disabledReason: null, disabledAt: null, version: 9, updatedAt: now + 5 })
      .where(eq(endpoints.id, endpoint.id));
    expect(await disableEndpoint(db, target(), "failing", now + 9)).toMatchObject({ active: false, version: 10 });
    expect(await recordedTypes()).toEqual(["endpoint.disabled", "endpoint.disabled"]);
  });

  it("does not happen when it was changed since the reason arose: that may have repaired it", async () => {
    await db
      .update(endpoints)
      .set({ url: "https://new.test/hook", version: 8, updatedAt: now + 1 })
      .where(eq(endpoints.id, endpoint.id));
    expect(await disableEndpoint(db, target(), "gone", now)).toMatchObject({
      active: true,
      url: "https://new.test/hook",
      version: 8,
    });
    expect(await recordedTypes()).toEqual([]);
  });

  it("does not happen when the endpoint is changed between the look and the write", async () => {
    const meddling = new Proxy(db, {
      get: (database, name) => {
        if (name !== "$client") return Reflect.get(database, name) as unknown;
        return {
          prepare: (sql: string) => env.DB.prepare(sql),
          batch: async (statements: D1PreparedStatement[]) => {
            await env.DB.prepare("UPDATE endpoints SET version = version + 1, url = 'https://new.test/' WHERE id = ?")
              .bind(endpoint.id)
              .run();
            return env.DB.batch(statements);
          },
        };
      },
    });
    expect(await disableEndpoint(meddling, target(), "gone", now)).toMatchObject({
      active: true,
      url: "https://new.test/",
      version: 8,
    });
    expect(await recordedTypes()).toEqual([]);
  });

  it("leaves a deleted endpoint deleted, and another organization's alone", async () => {
    await db.update(endpoints).set({ deletedAt: now, version: 8 }).where(eq(endpoints.id, endpoint.id));
    expect(await disableEndpoint(db, target(), "gone", now)).toMatchObject({ deleted: true, version: 8 });
    expect(await disableEndpoint(db, { ...target(), organizationId: "org_other" }, "gone", now)).toBeUndefined();
    expect(await recordedTypes()).toEqual([]);
  });
});

describe("a notice of an object about its endpoint", () => {
  it("is recorded in the shape of the catalog", async () => {
    const notices: EndpointNotice[] = [
      { kind: "recovered", at: now, failingSince: now - HOUR },
      { kind: "backlog_high", at: now, backlog: 80_000, limit: 100_000 },
      parked("dlv_1"),
    ];
    for (const notice of notices) expect(await recordEndpointNotice(db, target(), notice)).toBe(true);
    const rows = await recordedEvents();
    expect(rows.map(({ type }) => type)).toEqual(["endpoint.recovered", "endpoint.backlog_high", "delivery.parked"]);
    for (const { type, data } of rows) {
      const value = JSON.parse(data) as unknown;
      expect(catalog[type as EventType].parse(value)).toEqual(value);
      expect(value).toMatchObject({ endpoint: { id: endpoint.id, description: "CRM" } });
    }
  });

  it("is recorded once when its answer was lost and it is sent again", async () => {
    const notices: EndpointNotice[] = [
      { kind: "recovered", at: now, failingSince: now - HOUR },
      { kind: "backlog_high", at: now, backlog: 80_000, limit: 100_000 },
      parked("dlv_1"),
    ];
    for (const notice of notices) {
      expect(await recordEndpointNotice(db, target(), notice)).toBe(true);
      expect(await recordEndpointNotice(db, target(), notice)).toBe(false);
    }
    expect(await recordedEvents()).toHaveLength(3);
  });

  it("is a recovery for each streak, whichever of its objects report it", async () => {
    const later = (ms: number) => Date.now() + ms;
    expect(await recordEndpointNotice(db, target(), { kind: "recovered", at: now, failingSince: now - HOUR })).toBe(
      true,
    );
    expect(
      await recordEndpointNotice(db, target(), { kind: "recovered", at: now, failingSince: now - HOUR - 50 }),
    ).toBe(false);
    expect(
      await recordEndpointNotice(db, target(), { kind: "recovered", at: later(9_000), failingSince: later(5_000) }),
    ).toBe(true);
  });

  it("is a backlog at most once an hour, and each parked delivery", async () => {
    const high = (at: number): EndpointNotice => ({ kind: "backlog_high", at, backlog: 9, limit: 10 });
    const answers = [high(now), high(now + HOUR / 2), high(now + HOUR + 5_000)].map(
      (notice) => () => recordEndpointNotice(db, target(), notice),
    );
    expect([await answers[0]!(), await answers[1]!(), await answers[2]!()]).toEqual([true, false, true]);
    for (const id of ["dlv_1", "dlv_2", "dlv_3"])
      expect(await recordEndpointNotice(db, target(), parked(id))).toBe(true);
  });

  it("is not recorded for a parked delivery about an endpoint: two dead endpoints would cause events about each other for ever", async () => {
    for (const type of ["endpoint.disabled", "delivery.parked", "endpoint.backlog_high"] as const) {
      expect(await recordEndpointNotice(db, target(), parked("dlv_1", type))).toBe(false);
    }
    expect(await recordedTypes()).toEqual([]);
  });

  it("is not recorded for an endpoint that is deleted or another organization's", async () => {
    expect(await recordEndpointNotice(db, { ...target(), organizationId: "org_other" }, parked("dlv_1"))).toBe(false);
    await db.update(endpoints).set({ deletedAt: now }).where(eq(endpoints.id, endpoint.id));
    expect(await recordEndpointNotice(db, target(), parked("dlv_1"))).toBe(false);
    expect(await recordedTypes()).toEqual([]);
  });

  it("is delivered to the organization's other endpoints, in order, and never to the endpoint itself", async () => {
    const other = await mintEndpoint(db, endpoint.organizationId, {
      createdAt: 0,
      events: ["endpoint.*", "delivery.parked"],
    });
    await recordEndpointNotice(db, target(), parked("dlv_1"));
    await disableEndpoint(db, target(), "failing", now);
    const objects = fakeObjects();
    await drainStreams({ db, endpoints: asObjects(objects), now: () => now }, [
      { organizationId: endpoint.organizationId, stream: endpoint.id },
    ]);
    expect([...objects.taken].map(([object, taken]) => [object, taken.map(({ type }) => type)])).toEqual([
      [`${other.id}/0`, ["delivery.parked", "endpoint.disabled"]],
    ]);
  });
});
