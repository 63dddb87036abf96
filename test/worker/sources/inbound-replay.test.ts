import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { FULL_REACH } from "../../../src/identity";
import { openDatabase } from "../../../src/db/client";
import { newId } from "../../../src/lib/id";
import type { IngestMessage } from "../../../src/queues/messages";
import { inboundBodyKey, readInbound, replayMany, type InboundFilter } from "../../../src/sources";
import { mintInbound, ACT_AT_NOON } from "../../factories";

const { DB, BUCKET } = env as typeof env & { DB: D1Database; BUCKET: R2Bucket };
const db = openDatabase(DB);
const T0 = Date.parse("2026-02-10T13:00:00Z");

function sender() {
  const sent: IngestMessage[] = [];
  return { sent, inbox: { put: async (message: IngestMessage) => void sent.push(message) } };
}

async function mintRefused(organizationId: string, at: number, changes: object = {}) {
  const refused = { outcome: "refused", reason: "missing_fields", status: 422 } as const;
  return mintInbound(db, organizationId, { id: newId("inb", T0 + at), receivedAt: T0 + at, ...refused, ...changes });
}

function replay(
  organizationId: string,
  filter: InboundFilter,
  options: { limit?: number; after?: string; dryRun?: boolean } = {},
) {
  const { sent, inbox } = sender();
  const query = { organizationId, filter, limit: options.limit ?? 1_000, after: options.after };
  return replayMany(
    { db, bucket: BUCKET, inbox },
    { ...query, reach: FULL_REACH },
    options.dryRun ?? false,
    ACT_AT_NOON,
  ).then((report) => ({
    report,
    sent,
  }));
}

describe("replaying many", () => {
  it("sends what matches in the order it arrived, page after page", async () => {
    for (const at of [5, 3, 1, 4, 2]) await mintRefused("org_order", at);
    await mintRefused("org_order", 6, { reason: "invalid_json" });
    const first = await replay("org_order", { reason: "missing_fields" }, { limit: 3 });
    expect(first.report).toMatchObject({ matched: 3, sent: 3, skipped: {} });
    const rest = await replay("org_order", { reason: "missing_fields" }, { limit: 3, after: first.report.next ?? "" });
    expect(rest.report).toMatchObject({ matched: 2, sent: 2, next: null });
    const times = [...first.sent, ...rest.sent].map((message) => message.receivedAt - T0);
    expect(times).toEqual([1, 2, 3, 4, 5]);
    expect(first.sent[0]).toMatchObject({
      verdict: "accepted",
      replay: true,
      campaignLimit: null,
      body: expect.anything(),
    });
  });

  it("skips what cannot be replayed, and says why", async () => {
    const gone = inboundBodyKey("org_skip", "gone");
    const large = inboundBodyKey("org_skip", "large");
    await BUCKET.put(large, "x".repeat(10));
    await mintRefused("org_skip", 1, { status: 401 });
    await mintRefused("org_skip", 2, { sourceId: null });
    await mintRefused("org_skip", 3, { body: null });
    await mintRefused("org_skip", 4, { body: null, bodyKey: gone });
    await mintRefused("org_skip", 5, { reason: "handshake" });
    const kept = await mintRefused("org_skip", 6, { body: null, bodyKey: large });
    const { report, sent } = await replay("org_skip", { outcome: "refused" });
    expect(report).toMatchObject({ matched: 6, sent: 1, skipped: { unproven: 2, body_not_kept: 2, handshake: 1 } });
    expect(sent).toMatchObject([{ id: kept.id, bodyKey: large, body: null }]);
  });

  it("only counts in a dry run", async () => {
    const row = await mintRefused("org_dry", 1);
    const { report, sent } = await replay("org_dry", { outcome: "refused" }, { dryRun: true });
    expect([report.sent, sent]).toEqual([1, []]);
    const found = await readInbound(db, BUCKET, { ...row, reach: FULL_REACH });
    expect(found.ok && found.value.replays).toBe(0);
  });

  it("counts the replays of each, and nothing of another organization", async () => {
    const row = await mintRefused("org_mine", 1);
    const foreign = await mintRefused("org_theirs", 1);
    await replay("org_mine", { outcome: "refused" });
    await replay("org_mine", { outcome: "refused" });
    const found = await readInbound(db, BUCKET, { ...row, reach: FULL_REACH });
    expect(found.ok && found.value.replays).toBe(2);
    const other = await readInbound(db, BUCKET, { ...foreign, reach: FULL_REACH });
    expect(other.ok && other.value.replays).toBe(0);
  });

  it("takes hundreds in one go", async () => {
    for (let at = 0; at < 230; at += 1) await mintRefused("org_hundreds", at);
    const { report, sent } = await replay("org_hundreds", { outcome: "refused" });
    expect(report).toMatchObject({ matched: 230, sent: 230, next: null });
    expect(new Set(sent.map((message) => message.id)).size).toBe(230);
    expect(sent.every((message) => message.body !== null)).toBe(true);
  });

  it("fails when it cannot be sent", async () => {
    await mintRefused("org_away", 1);
    const inbox = { put: () => Promise.reject(new Error("the queue is away")) };
    const query = { organizationId: "org_away", filter: { outcome: "refused" as const }, limit: 10 };
    await expect(
      replayMany({ db, bucket: BUCKET, inbox }, { ...query, reach: FULL_REACH }, false, ACT_AT_NOON),
    ).rejects.toThrow("the queue is away");
  });
});
