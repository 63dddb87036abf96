import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { MINUTE } from "../../src/lib/time";
import { updateCampaign } from "../../src/campaigns";
import { FULL_REACH } from "../../src/identity";
import { ACT_AT_NOON, mintCampaign, mintOrganization, NOON } from "../factories";
import { aroundWrites } from "./around-writes";
import { anuraNotice } from "../fixtures/anura-notice";
import { newPipeline, QUEUES } from "./pipeline";

// Everything may stop at any write, before or after it took effect. What the queue delivers again and what the clock
// picks up must end where an undisturbed run ends.

const db = openDatabase(env.DB);

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Each is a run of its own: far more of them would be a fault in the counting. */
const MOST_WRITES = 75;

/** A call with a recording waits for a campaign, gets one, and is corrected. `stopAt`: the write at which all stops. */
async function run(stopAt: number, when: "before" | "after"): Promise<{ writes: number; recorded: string[] }> {
  vi.setSystemTime(NOON);
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  // The clock jumps over what subscribers wait for; here everything is waited for.
  await updateCampaign(
    { db },
    { organizationId: organization.id, reach: FULL_REACH, id: campaign.id },
    { settings: { processedAfterMinutes: 1_440 } },
    ACT_AT_NOON,
  );
  let writes = 0;
  const stop = async () => {
    writes += 1;
    if (writes === stopAt) throw new Error("everything stopped");
  };
  const line = newPipeline({ DB: aroundWrites(env.DB, { [when]: stop }) });
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  const post = async (change: object) => {
    const body = anuraNotice({ dialtime: "2026-08-20 10:30:45", campaign_id: 9, cdrid: "cdr-1", ...change });
    const response = await line.post("/webhook/anura/", body, headers);
    return (await response.json<{ call_id: string }>()).call_id;
  };
  const campaigns = await db
    .select()
    .from(schema.campaigns)
    .where(eq(schema.campaigns.organizationId, organization.id));
  const settle = async () => {
    const onQueue = line.sent.filter(({ queue }) => queue === QUEUES.ingest).map(({ body }) => body);
    await line.run();
    // At least once, and what was lost is the clock's to find.
    if (onQueue.length > 0) await line.deliver(QUEUES.ingest, onQueue);
    for (let turn = 0; turn < 3; turn += 1) {
      await line.run();
      vi.setSystemTime(Date.now() + 20 * MINUTE);
      await line.cron();
    }
    await line.run();
  };
  const callId = await post({});
  await settle();
  const chosen = await line.post(
    `/v1/calls/${callId}/campaign`,
    JSON.stringify({ campaign_id: campaigns[0]!.id }),
    headers,
  );
  expect(chosen.status).toBe(202);
  await settle();
  await post({ duration: "130", queueagentname: "Bea" });
  await settle();
  const rows = await db
    .select({ type: schema.events.type })
    .from(schema.events)
    .where(eq(schema.events.stream, callId))
    .orderBy(asc(schema.events.seq));
  const tasks = await db.select().from(schema.tasks).where(eq(schema.tasks.callId, callId));
  const counts = await db
    .select()
    .from(schema.sourceCounts)
    .where(eq(schema.sourceCounts.organizationId, organization.id));
  const log = await db.select().from(schema.inbound).where(eq(schema.inbound.organizationId, organization.id));
  const [call] = await db.select().from(schema.calls).where(eq(schema.calls.id, callId));
  return {
    writes,
    recorded: [
      ...rows.map(({ type }) => type),
      `${tasks.length} task`,
      `${counts.reduce((sum, { requests }) => sum + requests, 0)} counted`,
      ...log.map(({ outcome }) => outcome).toSorted(),
      `${call?.state} ${call?.durationSeconds} ${call?.quarantine} ${call?.operatorName}`,
    ],
  };
}

describe("work that stops at a write", () => {
  // A run for each write: on a busy machine more than five minutes.
  it.each(["before", "after"] as const)(
    "%s it takes effect ends as if it had not",
    { timeout: 1_800_000 },
    async (when) => {
      const undisturbed = await run(0, when);
      expect(undisturbed.recorded).toEqual(
        expect.arrayContaining(["call.completed", "call.processed", "task.created", "1 task", "2 counted"]),
      );
      expect(undisturbed.writes).toBeLessThan(MOST_WRITES);
      for (let at = 1; at <= undisturbed.writes; at += 1) {
        const { recorded } = await run(at, when);
        expect({ at, recorded }).toEqual({ at, recorded: undisturbed.recorded });
      }
    },
  );
});
