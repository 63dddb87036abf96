import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase, runBatch } from "../../src/db/client";
import { endpointObjects, newReplayNumber, replayCall } from "../../src/delivery";
import { eventExamples, recordEvents, type EventType, type NewEvent } from "../../src/events";
import { drainStreams } from "../../src/delivery/drain";
import { systemAct } from "../../src/identity";
import { mintEndpoint, mintOrganization } from "../factories";
import { subscriber, type Hit } from "./subscriber";

const db = openDatabase(env.DB);
const objects = endpointObjects(env.ENDPOINTS);
let organizationId: string;
let callId: string;
let hits: Hit[];
let serial = 0;

beforeEach(async () => {
  hits = subscriber();
  ({ id: organizationId } = await mintOrganization(db));
  serial += 1;
  callId = `call_replayed${serial}`;
});

afterEach(() => vi.restoreAllMocks());

async function record(types: EventType[]): Promise<void> {
  const facts = types.map((type) => ({ type, data: eventExamples[type] }) as NewEvent);
  await runBatch(db, recordEvents(db, { id: callId, organizationId }, facts, sql`true`, Date.now()));
  await drainStreams({ db, endpoints: objects, now: () => Date.now() }, [{ organizationId, stream: callId }]);
}

const again = (options: { endpointId?: string; dryRun?: boolean; perSecond?: number; organizationId?: string } = {}) =>
  replayCall(
    { db, endpointObjects: objects },
    {
      organizationId: options.organizationId ?? organizationId,
      callId,
      ...(options.endpointId && { endpointId: options.endpointId }),
    },
    {
      dryRun: options.dryRun ?? false,
      ...(options.perSecond && { perSecond: options.perSecond }),
    },
    systemAct(Date.now()),
  );

const at = (endpointId: string) => hits.filter((hit) => hit.headers["x-endpoint"] === endpointId);

/** An endpoint that can be told from the others by a header of its own. */
async function newEndpoint(overrides: Parameters<typeof mintEndpoint>[2] = {}) {
  const endpoint = await mintEndpoint(db, organizationId, { createdAt: 0, ...overrides });
  await env.DB.prepare("UPDATE endpoints SET headers = ? WHERE id = ?")
    .bind(JSON.stringify({ "x-endpoint": endpoint.id }), endpoint.id)
    .run();
  return endpoint;
}

/** What a webhook is told to get: its name and number of events, and nothing else of its row. */
function toldOf({ id, description, url }: Awaited<ReturnType<typeof mintEndpoint>>, events: number) {
  return { id, description, url, events };
}

/** The same, in any order. */
const sameOf = (all: readonly object[]): unknown =>
  expect.toSatisfy(
    (given: readonly object[]) =>
      given.length === all.length &&
      all.every((one) => given.some((other) => JSON.stringify(other) === JSON.stringify(one))),
    "each webhook, with its number of events",
  );

describe("replaying a call", () => {
  it("sends all of it again, in order, with the same event ids and fresh deliveries, to every endpoint that asks for it", async () => {
    const [one, other] = [await newEndpoint(), await newEndpoint({ events: ["task.*"] })];
    await record(["call.completed", "recording.completed", "task.created"]);
    await vi.waitFor(() => expect(hits).toHaveLength(4));
    const first = at(one.id);
    hits.length = 0;
    expect(await again()).toEqual({
      ok: true,
      value: { matched: 4, enqueued: 4, unable: [], toEach: sameOf([toldOf(one, 3), toldOf(other, 1)]) },
    });
    await vi.waitFor(() => expect(hits).toHaveLength(4));
    expect(at(one.id).map(({ id, seq }) => [id, seq])).toEqual(first.map(({ id, seq }) => [id, seq]));
    expect(at(one.id)[0]!.headers["trunkline-delivery"]).not.toBe(first[0]!.headers["trunkline-delivery"]);
    expect(at(other.id).map(({ type }) => type)).toEqual(["task.created"]);
  });

  it("is a replay each time: the second one is not taken for a repetition of the first", async () => {
    await newEndpoint();
    await record(["call.completed"]);
    await Promise.all([again(), again(), again()]);
    await vi.waitFor(() => expect(hits).toHaveLength(4));
    expect(new Set(hits.map(({ id }) => id)).size).toBe(1);
  });

  it("counts without sending when it is a dry run", async () => {
    const both = [await newEndpoint({ description: "Billing" }), await newEndpoint()];
    await newEndpoint({ events: ["task.*"] });
    await record(["call.completed", "call.updated"]);
    await vi.waitFor(() => expect(hits).toHaveLength(4));
    const toEach = sameOf(both.map((one) => toldOf(one, 2)));
    expect(await again({ dryRun: true })).toEqual({
      ok: true,
      value: { matched: 4, enqueued: 0, unable: [], toEach },
    });
    expect(hits).toHaveLength(4);
  });

  it("reaches an endpoint that is younger than the call, when asked for it", async () => {
    await record(["call.completed"]);
    const late = await newEndpoint({ createdAt: Date.now() + 60_000 });
    expect(hits).toHaveLength(0);
    expect(await again({ endpointId: late.id })).toMatchObject({ value: { enqueued: 1 } });
    await vi.waitFor(() => expect(at(late.id)).toHaveLength(1));
  });

  it("names one endpoint or none: no other organization's, no inactive one, and no call of another organization", async () => {
    const [off, on] = [await newEndpoint({ active: false }), await newEndpoint()];
    await record(["call.completed"]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    expect(await again({ endpointId: off.id })).toMatchObject({ ok: false, error: { kind: "conflict" } });
    expect(await again({ endpointId: "end_unknown" })).toMatchObject({
      ok: false,
      error: { kind: "not_found", what: "endpoint" },
    });
    const { id: stranger } = await mintOrganization(db);
    expect(await again({ organizationId: stranger })).toMatchObject({
      ok: false,
      error: { kind: "not_found", what: "call" },
    });
    const theirs = await mintEndpoint(db, stranger, { createdAt: 0 });
    expect(await again({ endpointId: theirs.id })).toMatchObject({ ok: false, error: { what: "endpoint" } });
    expect(await again()).toMatchObject({ value: { matched: 1, enqueued: 1 } });
    await vi.waitFor(() => expect(at(on.id)).toHaveLength(2));
    expect(hits).toHaveLength(2);
  });

  it("says which endpoints could not take it, and sends to the others", async () => {
    const [lost, free] = [await newEndpoint(), await newEndpoint()];
    await record(["call.completed", "call.updated"]);
    await vi.waitFor(() => expect(hits).toHaveLength(4));
    const vexed = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const broken = replayCall(
      {
        db,
        endpointObjects: {
          enqueue: (object, ...rest) =>
            object.startsWith(free.id) ? objects.enqueue(object, ...rest) : Promise.reject(new Error("gone")),
        },
      },
      { organizationId, callId },
      { dryRun: false },
      systemAct(Date.now()),
    );
    expect(await broken).toMatchObject({ value: { matched: 4, enqueued: 2, unable: [lost.id] } });
    expect(vexed).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(at(free.id).map(({ seq }) => seq)).toEqual([1, 2, 1, 2]));
    expect(at(lost.id)).toHaveLength(2);
  });

  it("does not hurry past its own rate", async () => {
    await newEndpoint();
    await record(["call.completed", "recording.completed", "task.created"]);
    await vi.waitFor(() => expect(hits).toHaveLength(3));
    hits.length = 0;
    const began = Date.now();
    await again({ perSecond: 5 });
    await vi.waitFor(() => expect(hits).toHaveLength(3), 5_000);
    // The limit begins empty: the third goes three fifths of a second later at the earliest, however slow the machine.
    expect(hits[2]!.at - began).toBeGreaterThanOrEqual(550);
  });
});

describe("the number of a replay", () => {
  it("is above 0, exact, later for later ones, and as good as unique", () => {
    const now = Date.now();
    const numbers = Array.from({ length: 50 }, () => newReplayNumber(now));
    expect(new Set(numbers).size).toBeGreaterThan(40);
    for (const number of [...numbers, newReplayNumber(0)]) expect(number).toBeGreaterThan(0);
    for (const number of numbers) expect(Number.isSafeInteger(number)).toBe(true);
    expect(newReplayNumber(now + 1)).toBeGreaterThan(Math.max(...numbers));
  });
});
