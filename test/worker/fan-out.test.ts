import { env } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { openDatabase, runBatch } from "../../src/db/client";
import { pendingStreams, undelivered } from "../../src/db/schema";
import { eventExamples, recordEvents, type EventType, type NewEvent, writeDrained } from "../../src/events";
import { drainStreams } from "../../src/delivery/drain";
import { LONGEST_WAIT, withPatience } from "../../src/delivery/patience";
import { retryUndelivered } from "../../src/delivery/retry-undelivered";
import { MINUTE } from "../../src/lib/time";
import { mintEndpoint, mintOrganization } from "../factories";
import { asObjects, fakeObjects, type FakeObjects } from "./fake-objects";

const db = openDatabase(env.DB);
let organizationId: string;
let objects: FakeObjects;
let now: number;
let serial = 0;

beforeEach(async () => {
  ({ id: organizationId } = await mintOrganization(db));
  objects = fakeObjects();
  now = Date.now();
  await db.delete(undelivered);
});

function newStream(): string {
  serial += 1;
  return `call_fan${serial}`;
}

async function record(stream: string, types: EventType[]): Promise<void> {
  const facts = types.map((type) => ({ type, data: eventExamples[type] }) as NewEvent);
  await runBatch(db, recordEvents(db, { id: stream, organizationId }, facts, sql`true`, now));
}

const drain = (...streams: string[]) =>
  drainStreams(
    { db, endpoints: asObjects(objects), now: () => now },
    streams.map((stream) => ({ organizationId, stream })),
  );
const sweepHeld = () => retryUndelivered(db, asObjects(objects), () => now);
const pendingOf = (stream: string) => db.select().from(pendingStreams).where(eq(pendingStreams.stream, stream));
const heldRows = () => db.select().from(undelivered).where(eq(undelivered.organizationId, organizationId));
const seqs = (object: string, stream: string) =>
  (objects.taken.get(object) ?? []).filter((event) => event.stream === stream).map(({ seq }) => seq);

describe("draining a stream", () => {
  it("hands everything over once, whatever comes twice, together or out of order", async () => {
    const { id } = await mintEndpoint(db, organizationId, { createdAt: 0 });
    const [one, other] = [newStream(), newStream()];
    await record(one, ["call.completed", "recording.completed"]);
    await record(other, ["call.failed"]);
    await Promise.all([drain(one, other), drain(other), drain(one, one)]);
    await record(one, ["call.updated"]);
    await drain(other, one);
    await drain(one);
    expect(seqs(`${id}/0`, one)).toEqual([1, 2, 3]);
    expect(seqs(`${id}/0`, other)).toEqual([1]);
    expect([...(await pendingOf(one)), ...(await pendingOf(other))]).toEqual([]);
  });

  it("leaves the mark when the write after it fails, so that the next drain does it all again", async () => {
    const { id } = await mintEndpoint(db, organizationId, { createdAt: 0 });
    const stream = newStream();
    await record(stream, ["call.completed"]);
    let failures = 1;
    const broken = new Proxy(db, {
      get: (target, name) => {
        if (name === "$client" && failures-- > 0) throw new Error("D1 is away");
        return Reflect.get(target, name) as unknown;
      },
    });
    const drainBroken = () =>
      drainStreams({ db: broken, endpoints: asObjects(objects), now: () => now }, [{ organizationId, stream }]);
    await expect(drainBroken()).rejects.toThrow("D1 is away");
    expect(await pendingOf(stream)).toHaveLength(1);
    await drainBroken();
    expect(seqs(`${id}/0`, stream)).toEqual([1]);
    expect(await pendingOf(stream)).toEqual([]);
  });

  it("keeps what an object did not take as undelivered, for that endpoint and stream alone, with everything behind it", async () => {
    const [sick, healthy] = [
      await mintEndpoint(db, organizationId, { createdAt: 0 }),
      await mintEndpoint(db, organizationId, { createdAt: 0 }),
    ];
    const [one, other] = [newStream(), newStream()];
    objects.before = (object) => {
      if (object.startsWith(sick.id)) throw new Error("object is gone");
    };
    await record(one, ["call.completed", "recording.completed"]);
    await drain(one);
    objects.before = () => undefined;
    await record(one, ["call.updated"]);
    await record(other, ["call.completed"]);
    await drain(one, other);
    expect(seqs(`${healthy.id}/0`, one)).toEqual([1, 2, 3]);
    expect(seqs(`${sick.id}/0`, one)).toEqual([]);
    expect(seqs(`${sick.id}/0`, other)).toEqual([1]);
    expect(await heldRows()).toMatchObject([
      { endpointId: sick.id, stream: one, fromSeq: 1, reason: "Error: object is gone" },
    ]);
    now += MINUTE;
    await sweepHeld();
    expect(seqs(`${sick.id}/0`, one)).toEqual([1, 2, 3]);
    expect(await heldRows()).toEqual([]);
  });

  it("counts an object that hangs as one that failed: its events become undelivered, and are offered again", async () => {
    const [sick, healthy] = [
      await mintEndpoint(db, organizationId, { createdAt: 0 }),
      await mintEndpoint(db, organizationId, { createdAt: 0 }),
    ];
    const [one, other] = [newStream(), newStream()];
    const waits = new Set<number>();
    const patient = withPatience(asObjects(objects), async (wait, work) => {
      waits.add(wait);
      const expiry = new Promise<{ expired: true }>((resolve) => setTimeout(() => resolve({ expired: true }), 20));
      return Promise.race([work.then((value) => ({ expired: false as const, value })), expiry]);
    });
    const drainOf = (stream: string) =>
      drainStreams({ db, endpoints: patient, now: () => now }, [{ organizationId, stream }]);
    let answer = () => {};
    objects.before = (object) =>
      object.startsWith(sick.id) ? new Promise<void>((resolve) => (answer = resolve)) : undefined;
    await record(one, ["call.completed", "recording.completed"]);
    await drainOf(one);
    await record(one, ["call.updated"]);
    await record(other, ["call.completed"]);
    await drainOf(one);
    await drainOf(other);
    expect(seqs(`${healthy.id}/0`, one)).toEqual([1, 2, 3]);
    expect(await pendingOf(one)).toEqual([]);
    const reason = "Error: the object gave no answer within 10 s";
    expect((await heldRows()).toSorted((row, next) => (row.stream < next.stream ? -1 : 1))).toMatchObject([
      { endpointId: sick.id, stream: one, fromSeq: 1, reason },
      { endpointId: sick.id, stream: other, fromSeq: 1, reason },
    ]);
    // The sweep does not wait for it either.
    now += MINUTE;
    await retryUndelivered(db, patient, () => now);
    expect(await heldRows()).toMatchObject([{ attempts: 2 }, { attempts: 2 }]);
    expect([...waits]).toEqual([LONGEST_WAIT]);
    // A call that was given up may arrive late: the object has each event once, in order.
    objects.before = () => undefined;
    answer();
    now += MINUTE;
    await retryUndelivered(db, patient, () => now);
    expect(seqs(`${sick.id}/0`, one)).toEqual([1, 2, 3]);
    expect(seqs(`${sick.id}/0`, other)).toEqual([1]);
    expect(await heldRows()).toEqual([]);
  });

  it("waits longer after each failed try, and asks no object before that", async () => {
    const { id } = await mintEndpoint(db, organizationId, { createdAt: 0 });
    const stream = newStream();
    objects.before = () => {
      throw new Error("object is gone");
    };
    await record(stream, ["call.completed"]);
    await drain(stream);
    const waits: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const [held] = await heldRows();
      waits.push(held!.dueAt - now);
      await sweepHeld();
      now = held!.dueAt;
      await sweepHeld();
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(objects.asked.get(`${id}/0`)).toBe(1 + 4);
  });

  it("loses nothing when only the object's answer is lost, and hands nothing over twice", async () => {
    const { id } = await mintEndpoint(db, organizationId, { createdAt: 0 });
    const stream = newStream();
    objects.after = () => {
      objects.after = () => undefined;
      throw new Error("the answer is lost");
    };
    await record(stream, ["call.completed", "recording.completed"]);
    await drain(stream);
    now += MINUTE;
    await sweepHeld();
    expect(seqs(`${id}/0`, stream)).toEqual([1, 2]);
    expect(await heldRows()).toEqual([]);
  });

  it("keeps what arrived behind an undelivered stream while it was being released", async () => {
    const { id } = await mintEndpoint(db, organizationId, { createdAt: 0 });
    const stream = newStream();
    objects.before = () => {
      throw new Error("object is gone");
    };
    await record(stream, ["call.completed"]);
    await drain(stream);
    now += MINUTE;
    objects.before = async () => {
      objects.before = () => undefined;
      await record(stream, ["call.updated"]);
      await drain(stream);
    };
    await sweepHeld();
    expect(await heldRows()).toMatchObject([{ stream, fromSeq: 2 }]);
    await sweepHeld();
    expect(seqs(`${id}/0`, stream)).toEqual([1, 2]);
    expect(await heldRows()).toEqual([]);
  });
});

describe("an object that is full", () => {
  it("gets the rest as it has room, in order, and the others never wait for it", async () => {
    const { id } = await mintEndpoint(db, organizationId, { createdAt: 0 });
    const streams = Array.from({ length: 7 }, () => newStream());
    objects.room = 4;
    for (const stream of streams) await record(stream, ["call.completed", "recording.completed"]);
    await drain(...streams);
    expect(objects.taken.get(`${id}/0`)).toEqual([]);
    expect(await heldRows()).toHaveLength(7);
    for (const { room, taken } of [
      { room: 5, taken: 5 },
      { room: 5, taken: 5 },
      { room: 11, taken: 11 },
      { room: 99, taken: 14 },
    ]) {
      now += 2 * MINUTE;
      objects.room = room;
      await sweepHeld();
      expect(objects.taken.get(`${id}/0`)).toHaveLength(taken);
    }
    for (const stream of streams) expect(seqs(`${id}/0`, stream)).toEqual([1, 2]);
    expect(await heldRows()).toEqual([]);
  });

  it("is asked again each minute, however long it stays full", async () => {
    await mintEndpoint(db, organizationId, { createdAt: 0 });
    const stream = newStream();
    objects.room = 0;
    await record(stream, ["call.completed"]);
    await drain(stream);
    for (let round = 0; round < 5; round += 1) {
      now += MINUTE;
      await sweepHeld();
      expect(await heldRows()).toMatchObject([{ dueAt: now + MINUTE, reason: "full", attempts: 1 }]);
    }
  });

  it("takes a stream that is longer than its whole room piece by piece", async () => {
    const { id } = await mintEndpoint(db, organizationId, { createdAt: 0 });
    const stream = newStream();
    objects.room = 3;
    await record(
      stream,
      Array.from({ length: 8 }, () => "call.updated" as const),
    );
    await drain(stream);
    for (let round = 1; round <= 3; round += 1) {
      now += 2 * MINUTE;
      await sweepHeld();
      expect(seqs(`${id}/0`, stream)).toEqual(Array.from({ length: Math.min(8, round * 3) }, (_, index) => index + 1));
      objects.room += 3;
    }
    expect(await heldRows()).toEqual([]);
  });
});

describe("undelivered streams", () => {
  it("all go in one sweep once the object works again, however many they are", async () => {
    const { id } = await mintEndpoint(db, organizationId, { createdAt: 0 });
    // More streams than one round takes, and more events than are read at once.
    const streams = Array.from({ length: 130 }, () => newStream());
    objects.before = () => {
      throw new Error("object is gone");
    };
    for (const stream of streams)
      await record(
        stream,
        Array.from({ length: 12 }, () => "call.updated" as const),
      );
    await drain(...streams);
    objects.before = () => undefined;
    now += MINUTE;
    await sweepHeld();
    expect(await heldRows()).toEqual([]);
    const twelve = Array.from({ length: 12 }, (_, index) => index + 1);
    for (const stream of streams) expect(seqs(`${id}/0`, stream)).toEqual(twelve);
  });

  it("of one endpoint do not wait for those of another whose object stays away", async () => {
    const [dead, back] = [
      await mintEndpoint(db, organizationId, { createdAt: 0 }),
      await mintEndpoint(db, organizationId, { createdAt: 0 }),
    ];
    objects.before = () => {
      throw new Error("object is gone");
    };
    const stream = newStream();
    await record(stream, ["call.completed"]);
    await drain(stream);
    objects.before = (object) => {
      if (object.startsWith(dead.id)) throw new Error("object is gone");
    };
    now += MINUTE;
    await sweepHeld();
    expect(seqs(`${back.id}/0`, stream)).toEqual([1]);
    expect(await heldRows()).toMatchObject([{ endpointId: dead.id, attempts: 2 }]);
  });

  it("of a deleted endpoint are deleted, and of an inactive one kept", async () => {
    const gone = await mintEndpoint(db, organizationId, { createdAt: 0 });
    const off = await mintEndpoint(db, organizationId, { createdAt: 0 });
    objects.before = () => {
      throw new Error("object is gone");
    };
    const stream = newStream();
    await record(stream, ["call.completed"]);
    await drain(stream);
    await env.DB.prepare("UPDATE endpoints SET deleted_at = 1 WHERE id = ?").bind(gone.id).run();
    await env.DB.prepare("UPDATE endpoints SET active = 0 WHERE id = ?").bind(off.id).run();
    objects.before = () => undefined;
    now += MINUTE;
    await sweepHeld();
    expect(await heldRows()).toEqual([]);
    expect(objects.taken.has(`${gone.id}/0`)).toBe(false);
    expect(seqs(`${off.id}/0`, stream)).toEqual([1]);
  });

  it("whose events are erased are deleted", async () => {
    await mintEndpoint(db, organizationId, { createdAt: 0 });
    const stream = newStream();
    objects.before = () => {
      throw new Error("object is gone");
    };
    await record(stream, ["call.completed"]);
    await drain(stream);
    await env.DB.prepare("DELETE FROM events WHERE stream = ?").bind(stream).run();
    objects.before = () => undefined;
    now += MINUTE;
    await sweepHeld();
    expect(await heldRows()).toEqual([]);
    expect([...objects.taken.values()].flat()).toEqual([]);
  });
});

describe("the mark of a stream", () => {
  it("moves only forward: a slow drain cannot take back what a faster one did", async () => {
    const stream = newStream();
    await record(stream, ["call.completed", "recording.completed", "call.updated"]);
    await writeDrained(db, new Map([[stream, 2]]));
    await writeDrained(db, new Map([[stream, 1]]));
    expect(await pendingOf(stream)).toMatchObject([{ fromSeq: 3 }]);
    await writeDrained(db, new Map([[stream, 3]]));
    expect(await pendingOf(stream)).toEqual([]);
  });
});
