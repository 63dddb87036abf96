import { env } from "cloudflare:workers";
import { eq, inArray, sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase, runBatch } from "../../src/db/client";
import { readTogether, rowsTogether } from "../../src/db/read-together";
import { endpoints as endpointsTable, pendingStreams, undelivered } from "../../src/db/schema";
import { drainInPlace, drainStreams, retryUndelivered } from "../../src/delivery";
import {
  d1Now,
  eventExamples,
  recordEvents,
  takeOverdueStreams,
  type EventType,
  type NewEvent,
} from "../../src/events";
import { within } from "../../src/lib/deadline";
import { MINUTE } from "../../src/lib/time";
import { mintCampaign, mintEndpoint, mintOrganization } from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import { aroundWrites } from "./around-writes";
import { asObjects, fakeObjects, type FakeObjects } from "./fake-objects";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";

// The consumer that wrote events hands them over itself. Whatever an object does meanwhile, no merge waits for it, and
// nothing is lost, repeated by the object, or out of order.

const db = openDatabase(env.DB);
const PATIENCE = { timeout: 30_000 };
let objects: FakeObjects;
let serial = 0;

beforeEach(() => void (objects = fakeObjects()));

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Stream = { organizationId: string; stream: string };

async function newTenant(): Promise<string> {
  return (await mintOrganization(db)).id;
}

function newStream(organizationId: string): Stream {
  serial += 1;
  return { organizationId, stream: `call_place${serial}` };
}

async function record({ organizationId, stream: id }: Stream, ...types: EventType[]): Promise<void> {
  const facts = types.map((type) => ({ type, data: eventExamples[type] }) as NewEvent);
  await runBatch(db, recordEvents(db, { id, organizationId }, facts, sql`true`, Date.now()));
}

const deps = () => ({ db, endpoints: asObjects(objects), now: () => Date.now() });

/** What the end of a batch reads, and the hand-over that follows. `wait` is how long an object may take. */
async function readThenHandOver(
  streams: Stream[],
  wait: typeof within = within,
  between?: () => Promise<unknown>,
  goingOn: readonly Stream[] = [],
) {
  const { queries, handOver } = drainInPlace({ ...deps(), within: wait }, streams);
  const rows = rowsTogether(await readTogether(db, queries), queries);
  await between?.();
  return handOver(rows, new Set(goingOn.map(({ stream }) => stream)));
}

const marksOf = async (streams: Stream[]) =>
  (
    await db
      .select()
      .from(pendingStreams)
      .where(
        inArray(
          pendingStreams.stream,
          streams.map(({ stream }) => stream),
        ),
      )
  ).map(({ stream }) => stream);

const seqs = (endpointId: string, { stream }: Stream) =>
  (objects.taken.get(`${endpointId}/0`) ?? []).filter((event) => event.stream === stream).map(({ seq }) => seq);

/** Never waits: what is not there at once has taken too long. */
const noPatience: typeof within = async (_, work) =>
  Promise.race([work.then((value) => ({ expired: false as const, value })), expire()]);

async function expire(): Promise<{ expired: true }> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  return { expired: true };
}

describe("an object that does not answer", () => {
  it("leaves its own streams to the queue, with their marks, and no others", async () => {
    const [slow, fast] = [await newTenant(), await newTenant()];
    const hanging = await mintEndpoint(db, slow, { createdAt: 0, events: ["call.failed"] });
    const neighbour = await mintEndpoint(db, slow, { createdAt: 0 });
    const other = await mintEndpoint(db, fast, { createdAt: 0 });
    const [held, free, elsewhere] = [newStream(slow), newStream(slow), newStream(fast)];
    await record(held, "call.failed");
    await record(free, "call.completed");
    await record(elsewhere, "call.completed");
    objects.before = (object) => (object.startsWith(hanging.id) ? new Promise<void>(() => undefined) : undefined);
    expect(await readThenHandOver([held, free, elsewhere], noPatience)).toEqual([held]);
    expect(await marksOf([held, free, elsewhere])).toEqual([held.stream]);
    expect(seqs(neighbour.id, held)).toEqual([1]);
    expect(seqs(neighbour.id, free)).toEqual([1]);
    expect(seqs(other.id, elsewhere)).toEqual([1]);
    objects.before = () => undefined;
    await drainStreams(deps(), [held]);
    expect(seqs(hanging.id, held)).toEqual([1]);
    expect(seqs(neighbour.id, held)).toEqual([1]);
    expect(await marksOf([held])).toEqual([]);
  });

  it("does not keep the notices from being acknowledged", async () => {
    const { organization, line, notice } = await newLine({
      getByName: () => ({ enqueue: () => new Promise(() => undefined) }),
    });
    await mintEndpoint(db, organization.id);
    await notice("hanging");
    const [message] = line.sent.splice(0);
    // Would never come back if it waited for the object.
    expect(await line.deliver(QUEUES.ingest, [message!.body])).toEqual({ acked: 1, retried: 0 });
    const left = line.sent.filter(({ queue }) => queue === QUEUES.events);
    expect(left).toHaveLength(1);
    line.env.ENDPOINTS = env.ENDPOINTS;
    await line.run();
    await vi.waitFor(() => expect(line.hooks.map(({ event }) => event.seq)).toEqual([1, 2, 3, 4, 5, 6]), PATIENCE);
  });
});

describe("a call about which more is written in a moment", () => {
  const markOf = ({ stream }: Stream) =>
    db.select().from(pendingStreams).where(eq(pendingStreams.stream, stream)).get();
  const LATER = () => Date.now() + MINUTE;

  it("keeps its mark, which moves once and is deleted with the last event", async () => {
    const tenant = await newTenant();
    const endpoint = await mintEndpoint(db, tenant, { createdAt: 0 });
    const [call, other] = [newStream(tenant), newStream(tenant)];
    await record(call, "call.completed");
    await record(other, "call.completed");
    expect(await readThenHandOver([call, other], within, undefined, [call])).toEqual([]);
    expect(await marksOf([call, other])).toEqual([call.stream]);
    expect(await markOf(call)).toMatchObject({ fromSeq: 2 });
    const { since } = (await markOf(call)) ?? {};
    await record(call, "recording.completed", "task.created");
    expect(await markOf(call)).toMatchObject({ fromSeq: 2, since });
    await readThenHandOver([call], within, undefined, [call]);
    await record(call, "call.processed");
    await readThenHandOver([call]);
    expect(await marksOf([call])).toEqual([]);
    expect(seqs(endpoint.id, call)).toEqual([1, 2, 3, 4]);
  });

  it("is found by the sweep where its later events were not handed over, and forgotten where they did not come", async () => {
    const tenant = await newTenant();
    const endpoint = await mintEndpoint(db, tenant, { createdAt: 0 });
    const [crashed, waiting] = [newStream(tenant), newStream(tenant)];
    for (const call of [crashed, waiting]) {
      await record(call, "call.completed");
      await readThenHandOver([call], within, undefined, [call]);
    }
    await record(crashed, "recording.completed");
    const found = (await takeOverdueStreams(db, LATER(), 100)).map(({ stream }) => stream);
    expect(found).toContain(crashed.stream);
    expect(found).not.toContain(waiting.stream);
    expect(await marksOf([crashed, waiting])).toEqual([crashed.stream]);
    await drainStreams(deps(), [crashed]);
    expect(seqs(endpoint.id, crashed)).toEqual([1, 2]);
    expect(await marksOf([crashed])).toEqual([]);
    // It is marked anew with its next event.
    await record(waiting, "recording.completed");
    expect(await markOf(waiting)).toMatchObject({ fromSeq: 2 });
    await drainStreams(deps(), [waiting]);
    expect(seqs(endpoint.id, waiting)).toEqual([1, 2]);
  });

  it("loses no event that is recorded between the read and the hand-over", async () => {
    const tenant = await newTenant();
    const endpoint = await mintEndpoint(db, tenant, { createdAt: 0 });
    const call = newStream(tenant);
    await record(call, "call.completed");
    await readThenHandOver([call], within, () => record(call, "recording.completed"), [call]);
    expect(await markOf(call)).toMatchObject({ fromSeq: 2 });
    await readThenHandOver([call]);
    expect(seqs(endpoint.id, call)).toEqual([1, 2]);
    expect(await marksOf([call])).toEqual([]);
  });
});

describe("a process that dies between the write and the hand-over", () => {
  it("loses nothing: the sweep finds the mark", async () => {
    const { organization, line, notice } = await newLine();
    await mintEndpoint(db, organization.id);
    await notice("dies");
    const [message] = line.sent.splice(0);
    const die = () => Promise.reject(new Error("the process died"));
    const dying = newPipeline({ DB: aroundWrites(env.DB, { after: die }) });
    expect(await dying.deliver(QUEUES.ingest, [message!.body])).toEqual({ acked: 0, retried: 1 });
    const replacement = newPipeline();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2 * MINUTE });
    await replacement.cron();
    await replacement.run();
    await vi.waitFor(
      () => expect(replacement.hooks.map(({ event }) => event.seq)).toEqual([1, 2, 3, 4, 5, 6]),
      PATIENCE,
    );
  });
});

describe("several drains of a stream at once", () => {
  it.for([1, 2, 3, 4, 5, 6, 7, 8])("keep its order and give each event once (%i)", async (seed) => {
    const organizationId = await newTenant();
    const receivers = [
      await mintEndpoint(db, organizationId, { createdAt: 0 }),
      await mintEndpoint(db, organizationId, { createdAt: 0 }),
    ];
    const streams = [newStream(organizationId), newStream(organizationId)];
    let state = seed;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    // Calls overtake each other before the object hears of them, and so do their answers after it.
    const dawdle = async () => {
      for (let turns = Math.floor(random() * 6); turns > 0; turns -= 1)
        await new Promise((resolve) => setTimeout(resolve, 0));
    };
    objects.before = dawdle;
    objects.after = dawdle;
    const running: Promise<unknown>[] = [];
    for (let round = 0; round < 4; round += 1) {
      for (const stream of streams) await record(stream, "call.updated", "call.updated");
      running.push(readThenHandOver(streams, random() < 0.5 ? noPatience : within, dawdle));
      running.push(drainStreams(deps(), [streams[round % 2]!]));
      await dawdle();
    }
    await Promise.all(running);
    await drainStreams(deps(), streams);
    for (const { id } of receivers)
      for (const stream of streams) expect(seqs(id, stream)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await marksOf(streams)).toEqual([]);
  });
});

describe("an endpoint", () => {
  it("that is created between the write and the hand-over gets what is recorded from then on", async () => {
    const organizationId = await newTenant();
    const known = await mintEndpoint(db, organizationId, { createdAt: 0 });
    const stream = newStream(organizationId);
    await record(stream, "call.completed");
    let created = "";
    const left = await readThenHandOver([stream], within, async () => {
      ({ id: created } = await mintEndpoint(db, organizationId));
      await db.run(sql`UPDATE ${endpointsTable} SET created_at = ${d1Now} + 1 WHERE id = ${created}`);
    });
    expect(left).toEqual([]);
    expect(seqs(created, stream)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await record(stream, "call.updated");
    expect(await readThenHandOver([stream])).toEqual([]);
    expect(seqs(created, stream)).toEqual([2]);
    expect(seqs(known.id, stream)).toEqual([1, 2]);
  });

  it("gets the events of its own organization, in a batch over several", async () => {
    const tenants = [await newTenant(), await newTenant(), await newTenant()];
    const made = await Promise.all(
      tenants.map(async (organizationId) => {
        const endpoint = await mintEndpoint(db, organizationId, { createdAt: 0 });
        return { endpoint, stream: newStream(organizationId) };
      }),
    );
    for (const { stream } of made) await record(stream, "call.completed", "recording.completed");
    const streams = made.map(({ stream }) => stream);
    expect(await readThenHandOver(streams)).toEqual([]);
    for (const { endpoint, stream } of made) {
      expect((objects.taken.get(`${endpoint.id}/0`) ?? []).map((event) => event.stream)).toEqual([
        stream.stream,
        stream.stream,
      ]);
    }
    expect(await marksOf(streams)).toEqual([]);
  });

  it("that took no event of a stream gets no later one before it", async () => {
    const organizationId = await newTenant();
    const full = await mintEndpoint(db, organizationId, { createdAt: 0 });
    const other = await mintEndpoint(db, organizationId, { createdAt: 0 });
    const stream = newStream(organizationId);
    await record(stream, "call.completed");
    objects.before = (object) => {
      if (object.startsWith(full.id)) throw new Error("object is gone");
    };
    expect(await readThenHandOver([stream])).toEqual([]);
    objects.before = () => undefined;
    await record(stream, "call.updated");
    expect(await readThenHandOver([stream])).toEqual([]);
    expect(seqs(full.id, stream)).toEqual([]);
    expect(seqs(other.id, stream)).toEqual([1, 2]);
    await db.update(undelivered).set({ dueAt: 0 }).where(eq(undelivered.endpointId, full.id));
    await retryUndelivered(db, asObjects(objects), () => Date.now());
    expect(seqs(full.id, stream)).toEqual([1, 2]);
  });
});

describe("what is too much for one hand-over", () => {
  it("is left to the queue where an organization has too many objects", async () => {
    const [many, few] = [await newTenant(), await newTenant()];
    for (let made = 0; made < 51; made += 1) await mintEndpoint(db, many, { createdAt: 0 });
    const { id } = await mintEndpoint(db, few, { createdAt: 0 });
    const [large, small] = [newStream(many), newStream(few)];
    await record(large, "call.completed");
    await record(small, "call.completed");
    expect(await readThenHandOver([large, small])).toEqual([large]);
    expect([...objects.asked.keys()]).toEqual([`${id}/0`]);
    expect(await marksOf([large, small])).toEqual([large.stream]);
  });

  it("is left to the queue from the stream on in which the read was cut", async () => {
    const organizationId = await newTenant();
    const { id } = await mintEndpoint(db, organizationId, { createdAt: 0 });
    const streams = [1, 2, 3].map(() => newStream(organizationId)).toSorted((a, b) => (a.stream < b.stream ? -1 : 1));
    for (const stream of streams) await record(stream, ...Array<EventType>(150).fill("call.updated"));
    expect(await readThenHandOver(streams)).toEqual(streams.slice(1));
    expect(streams.map((stream) => seqs(id, stream).length)).toEqual([150, 50, 0]);
    await drainStreams(deps(), streams);
    const all = Array.from({ length: 150 }, (_, index) => index + 1);
    for (const stream of streams) expect(seqs(id, stream)).toEqual(all);
  });
});

async function newLine(namespace?: object): Promise<{
  organization: Awaited<ReturnType<typeof mintOrganization>>;
  line: Pipeline;
  notice(cdrid: string): Promise<void>;
}> {
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const line = newPipeline(namespace ? { ENDPOINTS: namespace as never } : {});
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  return {
    organization,
    line,
    notice: async (cdrid) => {
      const body = anuraNotice({ campaign_id: campaign.number, cdrid });
      expect((await line.post("/webhook/anura/", body, headers)).ok).toBe(true);
    },
  };
}
