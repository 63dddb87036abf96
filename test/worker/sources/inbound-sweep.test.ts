import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/db/client";
import { inbound } from "../../../src/db/schema";
import { newId } from "../../../src/lib/id";
import { DAY, HOUR } from "../../../src/lib/time";
import { forgetUnowned, inboundBodyKey, ORPHAN_AGE, sweepInboundBodies } from "../../../src/sources";
import { mintInbound } from "../../factories";

const { DB, BUCKET } = env as typeof env & { DB: D1Database; BUCKET: R2Bucket };
const db = openDatabase(DB);

describe("nobody's requests", () => {
  it("are forgotten after 7 days, so many at a time, and nobody else's are", async () => {
    const now = Date.parse("2026-02-20T13:00:00Z");
    const ages = [6 * DAY + 23 * HOUR, 7 * DAY + HOUR, 8 * DAY, 9 * DAY];
    for (const age of ages) {
      await mintInbound(db, "", { id: newId("inb", now - age), receivedAt: now - age });
      await mintInbound(db, "org_kept", { id: newId("inb", now - age), receivedAt: now - age });
    }
    const left = async (organizationId: string) =>
      (await db.select().from(inbound).where(eq(inbound.organizationId, organizationId))).map(
        (row) => now - row.receivedAt,
      );
    expect(await forgetUnowned(db, now, 2)).toBe(2);
    expect((await left("")).toSorted((a, b) => a - b)).toEqual([ages[0], ages[1]]);
    expect(await forgetUnowned(db, now, 2)).toBe(1);
    expect(await forgetUnowned(db, now, 2)).toBe(0);
    expect(await left("org_kept")).toHaveLength(4);
  });
});

describe("bodies in R2", () => {
  it("go when no row has them, once no message can be on its way with them", async () => {
    const put = async (organizationId: string) => {
      const id = newId("inb", Date.now());
      const key = inboundBodyKey(organizationId, id);
      await BUCKET.put(key, "body");
      return { id, key };
    };
    const [kept, lost, elsewhere] = [await put("org_1"), await put("org_1"), await put("org_2")];
    await mintInbound(db, "org_1", { id: kept.id, body: null, bodyKey: kept.key });
    // The id of the row is that of the body, but the row is another organization's.
    await mintInbound(db, "org_1", { id: elsewhere.id, body: null, bodyKey: "inbound/org_1/else" });
    const there = async () =>
      (await BUCKET.list({ prefix: "inbound/" })).objects.map((object) => object.key).toSorted();
    expect(await sweepInboundBodies(db, BUCKET, Date.now() + ORPHAN_AGE - HOUR, { pages: 4 })).toBe(0);
    expect(await there()).toHaveLength(3);
    const later = Date.now() + ORPHAN_AGE + HOUR;
    let deleted = 0;
    for (let turn = 0; turn < 4; turn += 1)
      deleted += await sweepInboundBodies(db, BUCKET, later, { pages: 1, pageSize: 1 });
    expect(deleted).toBe(2);
    expect(await there()).toEqual([kept.key]);
    expect(lost.key).not.toBe(kept.key);
  });
});
