import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import {
  endpointConfigOf,
  endpointObjects,
  eraseDeliveries,
  newReplayNumber,
  objectName,
  shardOf,
  type EndpointRow,
} from "../../src/delivery";
import { mintEndpoint, mintOrganization } from "../factories";
import { event, subscriber } from "./subscriber";

const db = openDatabase(env.DB);
const objects = endpointObjects(env.ENDPOINTS);
const CALLS = Array.from({ length: 12 }, (_, index) => `call_${index}`);

afterEach(() => vi.restoreAllMocks());

async function newSharded(overrides: Partial<EndpointRow> = {}): Promise<EndpointRow> {
  const { id } = await mintOrganization(db);
  return mintEndpoint(db, id, { shards: [{ since: 0, shards: 3 }], createdAt: 0, ...overrides });
}

const objectOf = (endpoint: EndpointRow, call: string) => objectName(endpoint.id, shardOf(endpoint.shards, call, 1));

async function enqueueAll(endpoint: EndpointRow, seqs: number[] = [1]): Promise<void> {
  for (const call of CALLS)
    await objects.enqueue(
      objectOf(endpoint, call),
      endpointConfigOf(endpoint),
      seqs.map((seq) => event(call, seq)),
    );
}

async function settled(endpoint: EndpointRow, count: number): Promise<void> {
  await vi.waitFor(async () => {
    const log = await objects.log(endpoint, { limit: 200 });
    expect(log.filter(({ attemptCount }) => attemptCount > 0)).toHaveLength(count);
  });
}

describe("an endpoint of three objects", () => {
  it("shows one log: pages run on over all objects, newest first, nothing twice and nothing left out", async () => {
    subscriber();
    const endpoint = await newSharded();
    await enqueueAll(endpoint, [1, 2]);
    await settled(endpoint, 24);
    const seen: string[] = [];
    const times: number[] = [];
    let before: { enqueuedAt: number; deliveryId: string } | undefined;
    for (let page = 0; page < 10; page += 1) {
      const entries = await objects.log(endpoint, { limit: 5, ...(before && { before }) });
      if (entries.length === 0) break;
      seen.push(...entries.map(({ deliveryId }) => deliveryId));
      times.push(...entries.map(({ enqueuedAt }) => enqueuedAt));
      before = entries.at(-1)!;
    }
    expect(new Set(seen).size).toBe(24);
    expect(seen).toHaveLength(24);
    expect(times).toEqual(times.toSorted((one, other) => other - one));
    expect(await objects.count(endpoint, {})).toEqual({ count: 24, more: false });
    expect(await objects.count(endpoint, { stream: "call_3" })).toEqual({ count: 2, more: false });
    expect(await objects.log({ ...endpoint, organizationId: "org_other" }, { limit: 5 })).toEqual([]);
  });

  it("finds a delivery, sends it again and settles it, in whichever object it lies", async () => {
    const hits = subscriber(() => new Response("no", { status: 500 }));
    const endpoint = await newSharded({ settings: { retryWaits: [], onExhausted: "hold" } });
    await enqueueAll(endpoint);
    await settled(endpoint, 12);
    const log = await objects.log(endpoint, { limit: 50 });
    expect(new Set(log.map(({ stream }) => objectOf(endpoint, stream))).size).toBe(3);
    for (const { deliveryId, stream } of log) {
      expect(await objects.delivery(endpoint, deliveryId)).toMatchObject({ stream, state: "held" });
    }
    const [first, second] = log;
    const before = hits.length;
    expect(await objects.settle(endpoint, first!.deliveryId, "release")).toBe(true);
    await vi.waitFor(() => expect(hits).toHaveLength(before + 1));
    expect(hits.at(-1)!.call).toBe(first!.stream);
    expect(await objects.settle(endpoint, second!.deliveryId, "skip")).toBe(true);
    expect(await objects.settle(endpoint, second!.deliveryId, "skip")).toBe(false);
    expect(await objects.delivery(endpoint, second!.deliveryId)).toMatchObject({ state: "skipped" });
    expect(await objects.retry(endpoint, second!.deliveryId)).toBe("replayed");
    await vi.waitFor(() => expect(hits.at(-1)!.call).toBe(second!.stream));
    expect(await objects.retry(endpoint, "dlv_unknown")).toBe("not_found");
    expect(await objects.delivery(endpoint, "dlv_unknown")).toBeNull();
    expect(await objects.settle(endpoint, "dlv_unknown", "skip")).toBe(false);
  });

  it("replays from the memory of all objects together, and only counts when asked to", async () => {
    const hits = subscriber();
    const endpoint = await newSharded();
    await enqueueAll(endpoint);
    await settled(endpoint, 12);
    const dry = await objects.replay(endpoint, {}, { dryRun: true, replay: newReplayNumber(Date.now()) });
    expect(dry).toEqual({ matched: { count: 12, more: false }, enqueued: 0 });
    expect(hits).toHaveLength(12);
    const done = await objects.replay(endpoint, {}, { dryRun: false, replay: newReplayNumber(Date.now()) });
    expect(done).toEqual({ matched: { count: 12, more: false }, enqueued: 12 });
    await vi.waitFor(() => expect(hits).toHaveLength(24));
    for (const call of CALLS) expect(new Set(hits.filter((hit) => hit.call === call).map(({ id }) => id)).size).toBe(1);
  });

  it("pushes a change to every object, and none of them sends to a deleted endpoint", async () => {
    const hits = subscriber();
    const endpoint = await newSharded({ paused: true });
    await enqueueAll(endpoint);
    expect(hits).toHaveLength(0);
    await objects.configure({ ...endpoint, paused: false, version: 2 });
    await vi.waitFor(() => expect(hits).toHaveLength(12));
    await objects.configure({ ...endpoint, version: 3, deletedAt: Date.now() });
    for (const call of CALLS) {
      const answer = await objects.enqueue(objectOf(endpoint, call), endpointConfigOf(endpoint), [event(call, 9)]);
      expect(answer.refused).toBe("deleted");
    }
    expect(hits).toHaveLength(12);
  });

  it("reports the health of each object under its name", async () => {
    subscriber();
    const endpoint = await newSharded({ paused: true });
    await enqueueAll(endpoint);
    const reports = await objects.health(endpoint);
    expect(reports.map(({ object }) => object)).toEqual([0, 1, 2].map((shard) => `${endpoint.id}/${shard}`));
    expect(reports.reduce((sum, { backlog }) => sum + backlog, 0)).toBe(12);
  });

  it("forgets a call everywhere: deliveries, what is held back, and what lies in the bucket", async () => {
    subscriber();
    const endpoint = await newSharded({ paused: true });
    const { organizationId } = endpoint;
    await enqueueAll(endpoint, [1, 2, 3]);
    await env.DB.prepare(
      "INSERT INTO undelivered (endpoint_id, stream, organization_id, from_seq, attempts, due_at) VALUES (?, 'call_3', ?, 4, 1, 0)",
    )
      .bind(endpoint.id, organizationId)
      .run();
    await env.BUCKET.put(`events/${organizationId}/call_3/evt_1`, "{}");
    await env.BUCKET.put(`events/${organizationId}/call_33/evt_1`, "{}");
    const erased = await eraseDeliveries({ db, objects, bucket: env.BUCKET }, { ids: ["call_3"], organizationId });
    expect(erased).toBe(3);
    expect(await objects.count(endpoint, { stream: "call_3" })).toEqual({ count: 0, more: false });
    expect(await objects.count(endpoint, {})).toEqual({ count: 33, more: false });
    expect(await env.DB.prepare("SELECT 1 FROM undelivered WHERE stream = 'call_3'").first()).toBeNull();
    const { objects: left } = await env.BUCKET.list({ prefix: `events/${organizationId}/` });
    expect(left.map(({ key }) => key)).toEqual([`events/${organizationId}/call_33/evt_1`]);
  });

  it("sends a test event at once, whichever call it shows, and shows it in the log as a test", async () => {
    const hits = subscriber();
    const endpoint = await newSharded();
    const sent = await objects.test(endpoint, event("call_7", 1));
    expect(sent).toMatchObject({ test: true, state: "delivered" });
    expect(hits).toHaveLength(1);
    expect((await objects.log(endpoint, { limit: 5 })).map(({ deliveryId, test }) => [deliveryId, test])).toEqual([
      [sent?.deliveryId, true],
    ]);
  });
});

describe("a call to an object that breaks", () => {
  function breaking(failures: number, cause: Error): { namespace: Env["ENDPOINTS"]; uses: () => number } {
    let uses = 0;
    const namespace = new Proxy(env.ENDPOINTS, {
      get(target, name) {
        if (name !== "getByName") return Reflect.get(target, name) as unknown;
        return (object: string) => {
          uses += 1;
          return uses <= failures ? { enqueue: () => Promise.reject(cause) } : target.getByName(object);
        };
      },
    });
    return { namespace, uses: () => uses };
  }

  it("is made again on a new stub, three times in all", async () => {
    subscriber();
    const endpoint = await newSharded();
    const twice = breaking(2, new Error("connection lost"));
    const enqueue = (namespace: Env["ENDPOINTS"]) =>
      endpointObjects(namespace).enqueue(`${endpoint.id}/0`, endpointConfigOf(endpoint), [event("call_0", 1)]);
    expect(await enqueue(twice.namespace)).toMatchObject({ accepted: 1 });
    expect(twice.uses()).toBe(3);
    const thrice = breaking(3, new Error("connection lost"));
    await expect(enqueue(thrice.namespace)).rejects.toThrow("connection lost");
    expect(thrice.uses()).toBe(3);
  });

  it("is not made again when the object says that it is overloaded", async () => {
    const endpoint = await newSharded();
    const overloaded = breaking(9, Object.assign(new Error("too much"), { overloaded: true }));
    const enqueue = endpointObjects(overloaded.namespace).enqueue(`${endpoint.id}/0`, endpointConfigOf(endpoint), [
      event("call_0", 1),
    ]);
    await expect(enqueue).rejects.toThrow("too much");
    expect(overloaded.uses()).toBe(1);
  });

  it("carries events of many megabytes in several calls, in order", async () => {
    const hits = subscriber();
    const endpoint = await newSharded();
    const wide = Array.from({ length: 40 }, (_, index) => event("call_0", index + 1, { text: "é".repeat(250_000) }));
    expect(await objects.enqueue(`${endpoint.id}/0`, endpointConfigOf(endpoint), wide)).toEqual({
      accepted: 40,
      duplicates: 0,
      refused: null,
    });
    await vi.waitFor(
      () => expect(hits.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1)),
      10_000,
    );
  });
});
