import { PLATFORMS } from "../../src/platforms";
import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { createSource } from "../../src/sources";
import type { IngestMessage } from "../../src/queues/messages";
import { readConfig } from "../../src/config";
import { mintCampaign, mintOrganization } from "../factories";
import { aroundWrites } from "./around-writes";
import { ingestMessage } from "./ingest-message";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";
import { FULL_REACH, systemAct } from "../../src/identity";

// What ends a piece of work reads the call's file and then writes from it. Here the call changes in between.

const db = openDatabase(env.DB);

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;

beforeEach(async () => {
  line = newPipeline();
  organization = await mintOrganization(db);
  await mintCampaign(db, organization.id);
});

afterEach(() => vi.restoreAllMocks());

describe("a recording that is registered while", () => {
  it("its call ends still lets the call settle", async () => {
    await env.DB.prepare("UPDATE campaigns SET settings = '{\"autoAnalyze\":false}'").run();
    const sourceId = await audianSource();
    const recorded = audian(sourceId, { event: "recording.completed", data: { call_id: "c", recording_url: LINK } });
    const ended = audian(sourceId, { event: "call.completed", data: { call_id: "c", duration: 9 } });
    await line.deliver(QUEUES.ingest, [recorded]);
    await meanwhile(QUEUES.recordings, () => line.deliver(QUEUES.ingest, [ended]));
    await line.run();
    const story = await storyOfOnlyCall();
    expect(story.map(({ type }) => type).filter((type) => type === "call.processed")).toHaveLength(1);
    expect(story.at(-1)?.type).toBe("call.processed");
  });

  it("its call leaves quarantine still makes the task and the analysis", async () => {
    const accepted = await post({ campaign_id: 2 });
    await line.deliver(QUEUES.ingest, take(QUEUES.ingest));
    await mintCampaign(db, organization.id, "Second");
    await line.post(`/v1/inbound/${accepted.inbound_id}/replay`, "", { "x-api-key": organization.key });
    const [replay] = take(QUEUES.ingest);
    await meanwhile(QUEUES.recordings, () => line.deliver(QUEUES.ingest, [replay]));
    await line.run();
    const story = await storyOfOnlyCall();
    expect(story.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["task.created", "analysis.created", "analysis.completed", "call.processed"]),
    );
  });

  it("another recording of the call is reports both as settled", async () => {
    await env.DB.prepare("UPDATE campaigns SET settings = '{\"autoAnalyze\":false}'").run();
    const sourceId = await audianSource();
    const recordings = ["a", "b"].map((id) => ({ id, url: `${LINK}/${id}` }));
    await line.deliver(QUEUES.ingest, [
      audian(sourceId, { event: "call.completed", data: { call_id: "c", recordings } }),
    ]);
    const [first, second] = take(QUEUES.recordings);
    line.sent.push({ queue: QUEUES.recordings, body: first, delaySeconds: 0 });
    await meanwhile(QUEUES.recordings, () => line.deliver(QUEUES.recordings, [second]));
    await line.run();
    const processed = (await storyOfOnlyCall()).filter(({ type }) => type === "call.processed");
    expect(processed).toHaveLength(1);
    const data = JSON.parse(processed[0]!.data) as { recordings: { state: string }[] };
    expect(data.recordings.map(({ state }) => state)).toEqual(["completed", "completed"]);
  });
});

describe("a call that is corrected while", () => {
  it("its recording is registered reports the recording as settled", async () => {
    await env.DB.prepare("UPDATE campaigns SET settings = '{\"autoAnalyze\":false}'").run();
    const sourceId = await audianSource();
    const recorded = audian(sourceId, { event: "recording.completed", data: { call_id: "c", recording_url: LINK } });
    await line.deliver(QUEUES.ingest, [recorded]);
    const work = take(QUEUES.recordings);
    line.sent.push({
      queue: QUEUES.ingest,
      body: audian(sourceId, { event: "call.completed", data: { call_id: "c", duration: 9 } }),
      delaySeconds: 0,
    });
    await meanwhile(QUEUES.ingest, () => line.deliver(QUEUES.recordings, work));
    await line.run();
    const processed = (await storyOfOnlyCall()).filter(({ type }) => type === "call.processed");
    expect(processed).toHaveLength(1);
    const data = JSON.parse(processed[0]!.data) as { recordings: { state: string }[] };
    expect(data.recordings.map(({ state }) => state)).toEqual(["completed"]);
  });
});

describe("a call sent with two keys, one limited to another campaign", () => {
  it.for([[["free", "limited"]], [["limited", "free"]], [["free"], ["limited"]], [["limited"], ["free"]]])(
    "is placed alike however its notices are batched: %j",
    async (batches) => {
      for (const batch of batches) {
        for (const _ of batch) await post({});
        const messages = take(QUEUES.ingest) as IngestMessage[];
        await line.deliver(
          QUEUES.ingest,
          messages.map((message, index) => ({
            ...message,
            campaignLimit: batch[index] === "limited" ? "cmp_other" : null,
          })),
        );
      }
      const [call] = await db.select().from(schema.calls).where(eq(schema.calls.organizationId, organization.id));
      expect(call?.quarantine).toBeNull();
    },
  );
});

const LINK = "https://pbx.test/1.mp3";

/** Takes what waits in a queue. */
function take(queue: string): unknown[] {
  const taken = line.sent.filter((message) => message.queue === queue);
  for (const message of taken) line.sent.splice(line.sent.indexOf(message), 1);
  return taken.map((message) => message.body);
}

/** Delivers what waits in the queue, and has `other` happen between its reading of the database and its first batch. */
async function meanwhile(queue: string, other: () => Promise<unknown>): Promise<void> {
  let done: Promise<unknown> | undefined;
  const slow = newPipeline({ DB: aroundWrites(env.DB, { before: () => (done ??= other()) }) });
  await slow.deliver(queue, take(queue));
  expect(done).toBeDefined();
  line.sent.push(...slow.sent);
}

async function audianSource(): Promise<string> {
  const [campaign] = await db
    .select()
    .from(schema.campaigns)
    .where(eq(schema.campaigns.organizationId, organization.id));
  const made = await createSource(
    { db, masterKeys: readConfig(line.env).masterKeys },
    PLATFORMS.audian,
    { reach: FULL_REACH, organizationId: organization.id, name: "PBX", campaignId: campaign!.id },
    systemAct(Date.now()),
  );
  if (!made.ok) throw new Error("no source");
  return made.value.source.id;
}

function audian(sourceId: string, envelope: { event: string; data: Record<string, unknown> }): IngestMessage {
  const body = Uint8Array.from(new TextEncoder().encode(JSON.stringify(envelope)));
  return ingestMessage({ organizationId: organization.id, sourceId, sourceKind: "audian", body });
}

async function post(overrides: Record<string, unknown>): Promise<{ inbound_id: string }> {
  const notice = {
    dialtime: "2026-11-21 10:30:45",
    direction: "outbound",
    calling: "+5491167950079",
    called: "+5491126888209",
    status: "answered",
    duration: "125",
    billseconds: "120",
    wasrecorded: "true",
    audio_file_mp3: LINK,
    accountname: "Ana Gómez",
    accountextension: "300",
    campaign_id: 1,
    ...overrides,
  };
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  return (await line.post("/webhook/anura/", JSON.stringify(notice), headers)).json();
}

async function storyOfOnlyCall() {
  return db
    .select()
    .from(schema.events)
    .where(eq(schema.events.organizationId, organization.id))
    .orderBy(asc(schema.events.seq));
}
