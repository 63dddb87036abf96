import { env } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../src/db/client";
import { gatherReads } from "../../src/db/gathered-reads";
import { calls, organizations, recordings } from "../../src/db/schema";
import { mintCall, mintOrganization, mintRecording } from "../factories";

const db = openDatabase(env.DB);

describe("gathered reads", () => {
  it("of one moment are one round trip, each with the answer it would have alone", async () => {
    const organization = await mintOrganization(db);
    const call = await mintCall(db, organization.id);
    const reads = gatherReads(db);
    const questions = (from: typeof db) =>
      Promise.all([
        from.select().from(calls).where(eq(calls.id, call.id)),
        from
          .select({ name: organizations.name })
          .from(organizations)
          .where(eq(organizations.id, organization.id))
          .get(),
        from.get(sql`SELECT count(*) AS calls FROM ${calls} WHERE organization_id = ${organization.id}`),
        from.all(sql`SELECT id FROM ${calls} WHERE organization_id = ${organization.id}`),
        from.all(sql`WITH few AS (SELECT id FROM ${calls} WHERE id = ${call.id}) SELECT * FROM few`),
        from.batch([from.select().from(calls).where(eq(calls.id, call.id))]),
        from.select().from(calls).where(eq(calls.id, "call_nowhere")).get(),
      ]);
    expect(await questions(reads.db)).toEqual(await questions(db));
    expect(reads.roundTrips()).toBe(1);
  });

  it("do not take a write with a head for a read", async () => {
    const organization = await mintOrganization(db);
    const reads = gatherReads(db);
    await Promise.all([
      reads.db.all(sql`SELECT id FROM ${calls} WHERE organization_id = ${organization.id}`),
      reads.db.run(sql`WITH named AS (SELECT 'Acme' AS name)
        UPDATE ${organizations} SET name = (SELECT name FROM named) WHERE id = ${organization.id}`),
    ]);
    expect(reads.roundTrips()).toBe(2);
    expect(await db.select().from(organizations).where(eq(organizations.id, organization.id)).get()).toMatchObject({
      name: "Acme",
    });
  });

  it("keeps apart columns of the same name", async () => {
    const organization = await mintOrganization(db, { name: "Acme" });
    const call = await mintCall(db, organization.id);
    const recording = await mintRecording(db, call);
    const { db: gathered } = gatherReads(db);
    const [row] = await gathered
      .select({ call: calls.id, recording: recordings.id, organization: organizations.id, state: recordings.state })
      .from(calls)
      .innerJoin(recordings, eq(recordings.callId, calls.id))
      .innerJoin(organizations, eq(organizations.id, calls.organizationId))
      .where(eq(calls.id, call.id));
    expect(row).toEqual({
      call: call.id,
      recording: recording.id,
      organization: organization.id,
      state: "completed",
    });
  });

  it("keeps the order of a list", async () => {
    const organization = await mintOrganization(db);
    for (const startedAt of [3, 1, 2]) await mintCall(db, organization.id, { startedAt });
    const { db: gathered } = gatherReads(db);
    const rows = await gathered
      .select({ startedAt: calls.startedAt })
      .from(calls)
      .where(eq(calls.organizationId, organization.id))
      .orderBy(calls.startedAt);
    expect(rows.map((row) => row.startedAt)).toEqual([1, 2, 3]);
  });

  it("writes go as they come, and what fails fails for who asked", async () => {
    const organization = await mintOrganization(db);
    const reads = gatherReads(db);
    await reads.db.update(organizations).set({ name: "New" }).where(eq(organizations.id, organization.id));
    const [renamed] = await reads.db
      .update(organizations)
      .set({ name: "Newer" })
      .where(eq(organizations.id, organization.id))
      .returning({ name: organizations.name });
    expect(renamed).toEqual({ name: "Newer" });
    await expect(reads.db.get(sql`SELECT nothing FROM nowhere`)).rejects.toThrow();
    expect(reads.roundTrips()).toBe(3);
  });
});
