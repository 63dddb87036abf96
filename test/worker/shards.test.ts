import { env } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/db/client";
import { endpoints, undelivered } from "../../src/db/schema";
import { openEpoch } from "../../src/delivery";
import { d1Now } from "../../src/events";
import { drainStreams } from "../../src/delivery/drain";
import { retryUndelivered } from "../../src/delivery/retry-undelivered";
import { MINUTE, SECOND } from "../../src/lib/time";
import { mintEndpoint, mintOrganization } from "../factories";
import { asObjects, fakeObjects } from "./fake-objects";

const db = openDatabase(env.DB);

beforeEach(async () => void (await db.delete(undelivered)));

/** A small generator with a seed, so that a failure can be run again. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32;
}

/** Records an event as the outbox does, at a moment of the test's choosing. */
async function record(organizationId: string, stream: string, at: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO events (stream, seq, id, organization_id, type, recorded_at, data)
     SELECT ?1, (SELECT coalesce(max(seq), 0) + 1 FROM events WHERE stream = ?1),
            ?1 || '-' || (SELECT count(*) FROM events WHERE stream = ?1), ?2, 'call.updated', ?3, '{}'`,
  )
    .bind(stream, organizationId, at)
    .run();
}

describe("the number of shards changed under load", () => {
  it.for([1, 2, 3, 4])(
    "keeps each call in one object and in order, loses nothing and doubles nothing (%d)",
    { timeout: 60_000 },
    async (seed) => {
      const random = randomOf(seed);
      const { id: organizationId } = await mintOrganization(db);
      const { id: endpointId } = await mintEndpoint(db, organizationId, { createdAt: 0 });
      const objects = fakeObjects();
      // An object, or only its answer, is lost now and then.
      objects.before = () => {
        if (random() < 0.15) throw new Error("object is gone");
      };
      objects.after = () => {
        if (random() < 0.15) throw new Error("the answer is lost");
      };
      let now = Date.UTC(2026, 7, 20, 14);
      const recorded = new Map<string, number>();
      const drain = (stream: string) =>
        drainStreams({ db, endpoints: asObjects(objects), now: () => now }, [{ organizationId, stream }]);
      const under: Promise<void>[] = [];

      for (let step = 0; step < 150; step += 1) {
        now += Math.floor(random() * 10 * SECOND);
        const known = [...recorded.keys()];
        const stream =
          known.length > 0 && random() < 0.6 ? known[Math.floor(random() * known.length)]! : `call_${seed}_${step}`;
        await record(organizationId, stream, now);
        recorded.set(stream, (recorded.get(stream) ?? 0) + 1);
        if (random() < 0.1) {
          const [endpoint] = await db.select().from(endpoints).where(eq(endpoints.id, endpointId));
          const shards = openEpoch(endpoint!.shards, 1 + Math.floor(random() * 5), now);
          await db
            .update(endpoints)
            .set({ shards, version: endpoint!.version + 1 })
            .where(eq(endpoints.id, endpointId));
        }
        // Nudges come late, twice, out of order, and side by side with the change.
        if (random() < 0.8) under.push(drain(stream));
        if (random() < 0.3) under.push(drain(known[Math.floor(random() * known.length)] ?? stream));
        if (random() < 0.1) await retryUndelivered(db, asObjects(objects), () => now);
        if (under.length > 5) await Promise.all(under.splice(0));
      }
      await Promise.all(under);
      objects.before = () => undefined;
      objects.after = () => undefined;
      for (const stream of recorded.keys()) await drain(stream);
      now += 120 * MINUTE;
      await retryUndelivered(db, asObjects(objects), () => now);

      const objectsUsed = new Set<string>();
      for (const [stream, count] of recorded) {
        const holders = [...objects.taken].filter(([, taken]) => taken.some((event) => event.stream === stream));
        expect(holders).toHaveLength(1);
        const [object, taken] = holders[0]!;
        objectsUsed.add(object);
        const seqs = taken.filter((event) => event.stream === stream).map(({ seq }) => seq);
        expect(seqs).toEqual(Array.from({ length: count }, (_, index) => index + 1));
      }
      expect(objectsUsed.size).toBeGreaterThan(1);
      expect(await db.select().from(undelivered).where(eq(undelivered.organizationId, organizationId))).toEqual([]);
    },
  );
});

describe("D1's clock", () => {
  it("is near the Worker's: an epoch opened by one is compared with events stamped by the other", async () => {
    const [row] = await db.all<{ now: number }>(sql`SELECT ${d1Now} AS now`);
    expect(Math.abs(row!.now - Date.now())).toBeLessThan(5 * SECOND);
  });
});
