import { env } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import { afterEach, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { defaultSourceOf } from "../../src/sources";
import { mintCampaign, mintOrganization } from "../factories";
import { deadLetterOf, newPipeline, QUEUES } from "./pipeline";

const db = openDatabase(env.DB);

afterEach(() => vi.restoreAllMocks());

it("works on a full batch of the largest messages in one go", { timeout: 60_000 }, async () => {
  const line = newPipeline();
  const organization = await mintOrganization(db);
  await mintCampaign(db, organization.id);
  const sourceId = await defaultSourceOf("anura", organization.id);
  const messages = Array.from({ length: 100 }, (_, index) => {
    const notice = {
      dialtime: "2026-11-21 10:30:45",
      direction: "outbound",
      calling: "+5491167950079",
      called: "+5491126888209",
      status: "answered",
      duration: "125",
      billseconds: "120",
      wasrecorded: "true",
      audio_file_mp3: `https://pbx.test/${index}.mp3`,
      accountname: `Agent ${index}`,
      accountextension: "300",
      campaign_id: 1,
      cdrid: `cdr-${index}`,
      padding: "y".repeat(99_000),
    };
    const body = Uint8Array.from(new TextEncoder().encode(JSON.stringify(notice)));
    return {
      id: `inb_${index}`,
      organizationId: organization.id,
      sourceId,
      sourceKind: "anura",
      receivedAt: Date.now(),
      path: "/webhook/anura/",
      headers: {},
      body,
      bodyKey: null,
      bodySize: body.length,
      verdict: "accepted",
      reason: null,
      status: 200,
      campaignLimit: null,
      replay: false,
    };
  });
  const failures = vi.spyOn(console, "error");
  expect(await line.deliver(QUEUES.ingest, messages)).toEqual({ acked: 100, retried: 0 });
  expect(failures).not.toHaveBeenCalled();
  const [logged] = await db
    .select({ count: sql<number>`count(*)`, bytes: sql<number>`sum(length(body))` })
    .from(schema.inbound)
    .where(eq(schema.inbound.organizationId, organization.id));
  expect(logged?.count).toBe(100);
  expect(logged?.bytes).toBeGreaterThan(9_900_000);
  expect(line.sent.filter((message) => message.queue === QUEUES.recordings)).toHaveLength(100);
});

it("sends a message that was given up no more", async () => {
  const line = newPipeline({ INBOX: "table" } as unknown as Partial<Env>);
  const organization = await mintOrganization(db);
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  await line.post("/webhook/anura/", "{}", headers);
  expect(await db.select().from(schema.inbox)).toHaveLength(1);
  const [given] = line.sent.splice(0);
  await line.deliver(deadLetterOf(QUEUES.ingest), [given!.body]);
  await db.update(schema.inbox).set({ sentAt: 0 });
  await line.cron();
  expect(line.sent.filter((one) => one.queue === QUEUES.ingest)).toEqual([]);
});
