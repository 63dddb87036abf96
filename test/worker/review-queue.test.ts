import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { FULL_REACH } from "../../src/identity";
import { newId } from "../../src/lib/id";
import { takeNext } from "../../src/quality";
import { mintCall, mintCampaign, mintOrganization, mintScorecard, NOON, openDatabase } from "../factories";
import { openDatabase as openCounted } from "../../src/db/client";

const SIZE = 100_000;
const db = openDatabase(env.DB);

/** A database that counts how often it is asked, and what it reads and writes. */
function counted() {
  const counts = { trips: 0, read: 0, written: 0 };
  const DB = new Proxy(env.DB, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === "batch")
        return async (statements: D1PreparedStatement[]) => {
          counts.trips += 1;
          const results = await target.batch(statements);
          for (const { meta } of results) {
            counts.read += meta.rows_read;
            counts.written += meta.rows_written;
          }
          return results;
        };
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return { counts, deps: { db: openCounted(DB), bucket: env.BUCKET, nudges: NUDGES } };
}

const NUDGES = { events: async () => {}, reviews: async () => {} };

describe("a queue of 100,000 calls", () => {
  it("opens its next in three round trips, and reads no more than it counts", { timeout: 120_000 }, async () => {
    const { id: organizationId } = await mintOrganization(db);
    const campaign = await mintCampaign(db, organizationId);
    await mintScorecard(db, organizationId, { state: "published", publishedAt: NOON });
    const first = await mintCall(db, organizationId, { campaignId: campaign.id });
    const second = await mintCall(db, organizationId, { campaignId: campaign.id });
    await env.DB.prepare(
      `INSERT INTO tasks (id, call_id, organization_id, campaign_id, recording_id, state, created_at, place)
       WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < ${SIZE})
       SELECT 'task_' || ?1 || '_' || i, 'call_' || ?1 || '_' || i, ?1, ?2, 'rec_x', 'open', ?3, ?3 + i FROM n`,
    )
      .bind(organizationId, campaign.id, NOON)
      .run();
    for (const [at, call] of [first, second].entries())
      await env.DB.prepare(
        `INSERT INTO tasks (id, call_id, organization_id, campaign_id, recording_id, state, created_at, place)
         VALUES (?1, ?2, ?3, ?4, 'rec_x', 'open', ?5, ?5)`,
      )
        .bind(`task_${call.id.slice(5)}`, call.id, organizationId, campaign.id, NOON + at)
        .run();
    // What others have reviewed is nothing that a take looks at.
    await env.DB.prepare(
      `INSERT INTO reviews (organization_id, id, call_id, reviewer_id, state, assigned_by, assigned_at, writer)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
       SELECT ?1, ?2 || i, 'call_x' || i, 'usr_other', 'completed', 'usr_other', ?3, 'w' FROM n`,
    )
      .bind(organizationId, newId("rev", NOON), NOON)
      .run();
    for (const call of [first, second]) {
      const { counts, deps } = counted();
      const act = { actor: { kind: "apiKey" as const, id: newId("key", NOON) }, now: NOON };
      const taken = await takeNext(deps, { organizationId, reach: FULL_REACH }, act);
      expect(taken?.call.id).toBe(call.id);
      expect(taken?.progress).toMatchObject({ waiting: 1_000, more: true });
      expect(counts.trips).toBeLessThanOrEqual(3);
      // The count of what waits looks at 2,000 entries of an index, and at no task.
      expect(counts.read).toBeLessThan(2_200);
      expect(counts.written).toBeLessThanOrEqual(16);
    }
  });

  it("counts exactly what waits for somebody where there is less", { timeout: 120_000 }, async () => {
    const { id: organizationId } = await mintOrganization(db);
    const campaign = await mintCampaign(db, organizationId);
    await mintScorecard(db, organizationId, { state: "published", publishedAt: NOON });
    const first = await mintCall(db, organizationId, { campaignId: campaign.id });
    const id = newId("key", NOON);
    const act = { actor: { kind: "apiKey" as const, id }, now: NOON };
    // A thousand and some, of which 300 are escalated or held by somebody, and 300 were skipped by whoever takes one.
    await env.DB.prepare(
      `INSERT INTO tasks (id, call_id, organization_id, campaign_id, recording_id, state, created_at, place, lease_until, escalated_at)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
       SELECT 'task_' || ?1 || '_' || i, 'call_' || ?1 || '_' || i, ?1, ?2, 'rec_x', 'open', ?3, ?3 + i,
         iif(i % 10 = 0, ?3 + 60000, 0), iif(i % 10 = 1, ?3, NULL) FROM n`,
    )
      .bind(organizationId, campaign.id, NOON)
      .run();
    await env.DB.prepare(
      `INSERT INTO reviews (organization_id, id, call_id, reviewer_id, state, assigned_by, assigned_at, writer)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
       SELECT ?1, 'rev_0_' || i, 'call_' || ?1 || '_' || i, ?2, 'skipped', ?2, ?3, 'w' FROM n WHERE i % 10 IN (2, 3)`,
    )
      .bind(organizationId, id, NOON)
      .run();
    await env.DB.prepare(
      `INSERT INTO tasks (id, call_id, organization_id, campaign_id, recording_id, state, created_at, place)
       VALUES (?1, ?2, ?3, ?4, 'rec_x', 'open', ?5, ?5)`,
    )
      .bind(`task_${first.id.slice(5)}`, first.id, organizationId, campaign.id, NOON)
      .run();
    const { deps } = counted();
    const taken = await takeNext(deps, { organizationId, reach: FULL_REACH }, act);
    expect(taken?.call.id).toBe(first.id);
    expect(taken?.progress).toMatchObject({ waiting: 900, more: false });
  });
});
