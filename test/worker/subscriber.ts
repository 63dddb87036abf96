import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import type { EndpointConfig, EnqueuedEvent } from "../../src/delivery";
import { sealSecrets } from "../../src/delivery/endpoints";
import { newId } from "../../src/lib/id";
import { TEST_MASTER_KEYS } from "../factories";

// An endpoint with its object, and a subscriber in the test's hands.

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

export type Hit = {
  id: string;
  seq: number;
  call: string;
  type: string;
  gap?: unknown;
  at: number;
  headers: Record<string, string>;
  body: string;
};

/** The test that made an endpoint, by its URL: objects of tests before may still have something to send. */
const madeIn = new Map<string, string | undefined>();
const thisTest = () => expect.getState().currentTestName;

/** Stands in for the subscriber: `answer` decides, every request of this test's endpoints is kept. */
export function subscriber(answer: (hit: Hit) => Response | Promise<Response> = () => new Response("ok")): Hit[] {
  const hits: Hit[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (madeIn.has(request.url) && madeIn.get(request.url) !== thisTest()) return new Response("ok");
    const body = await request.text();
    const delivered = JSON.parse(body) as {
      id: string;
      seq: number;
      type: string;
      gap?: unknown;
      data: { call: { id: string } };
    };
    const headers = Object.fromEntries(request.headers);
    const hit: Hit = {
      id: delivered.id,
      seq: delivered.seq,
      type: delivered.type,
      gap: delivered.gap,
      call: delivered.data.call.id,
      at: Date.now(),
      headers,
      body,
    };
    hits.push(hit);
    return answer(hit);
  });
  return hits;
}

/** A `standard` endpoint's configuration, and its object (a new stub each time: one that failed stays failed). */
export async function newEndpoint(overrides: Partial<EndpointConfig> = {}) {
  const id = newId("end", Date.now());
  const config: EndpointConfig = {
    id,
    organizationId: "org_1",
    version: 1,
    url: `https://subscriber.test/hook?of=${id}`,
    profile: "standard",
    method: "POST",
    headers: {},
    template: null,
    ordering: "call",
    settings: {},
    secrets: await sealSecrets(TEST_MASTER_KEYS, id, [{ value: SECRET, until: null }]),
    objects: 1,
    active: true,
    paused: false,
    deleted: false,
    ...overrides,
  };
  madeIn.set(config.url, thisTest());
  return { config, object: () => env.ENDPOINTS.getByName(`${id}/0`) };
}

export function event(call: string, seq: number, data: Record<string, unknown> = {}): EnqueuedEvent {
  return {
    stream: call,
    seq,
    eventId: `evt_${call}_${seq}`,
    type: "call.completed",
    recordedAt: 1_700_000_000_000,
    data: JSON.stringify({ call: { id: call }, ...data }),
  };
}

/** Lets time pass for waiting lanes: what is due in the future is due now, in an object that was woken for it. */
export async function makeDue(object: DurableObjectStub): Promise<void> {
  await runInDurableObject(object, (_, state) => {
    state.storage.sql.exec("UPDATE deliveries SET due_at = 0 WHERE state = 'pending'");
  });
  await evictDurableObject(object);
  await runDurableObjectAlarm(object);
}

export async function states(object: DurableObjectStub): Promise<Record<string, string>> {
  return runInDurableObject(object, (_, state) =>
    Object.fromEntries(
      state.storage.sql
        .exec<{ name: string; state: string }>(
          "SELECT stream || '/' || seq AS name, state FROM deliveries WHERE replay = 0",
        )
        .toArray()
        .map((row) => [row.name, row.state]),
    ),
  );
}

/** Makes everything that is closed older, with the tables it is in. */
export function ageStorage(sql: SqlStorage, by: number): void {
  const tables = sql.exec<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND (name = 'deliveries' OR name GLOB 'deliveries_[0-9]*')",
  );
  for (const { name } of tables.toArray())
    sql.exec(`UPDATE ${name} SET finished_at = finished_at - ?1, enqueued_at = enqueued_at - ?1`, by);
  sql.exec("UPDATE days SET opened_at = opened_at - ?1, closed_at = closed_at - ?1, oldest = oldest - ?1", by);
}

/** The storage, with the number of rows that statements through it have read and written. */
export function countingReads(sql: SqlStorage): { counting: SqlStorage; read(): number; written(): number } {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  const counting = new Proxy(sql, {
    get: (target, name) => {
      if (name !== "exec") return Reflect.get(target, name, target) as unknown;
      return (query: string, ...values: SqlStorageValue[]) => {
        const cursor = target.exec(query, ...values);
        cursors.push(cursor);
        return cursor;
      };
    },
  });
  return {
    counting,
    read: () => cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
    written: () => cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0),
  };
}
