import { anuraNotice } from "../fixtures/anura-notice";
import { ingestMessage } from "./ingest-message";
import { env } from "cloudflare:workers";
import { and, asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../../src/app";
import type { CampaignRow } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import type { IngestMessage, PlacementMessage } from "../../src/queues/messages";
import { callIdOf, groupWaiting } from "../../src/calls";
import { FULL_REACH } from "../../src/identity";
import { newId } from "../../src/lib/id";
import { mintApiKey, mintCall, mintCampaign, mintOrganization, mintSource, NOON } from "../factories";
import { aroundWrites } from "./around-writes";
import { deadLetterOf, newPipeline, QUEUES, type Pipeline } from "./pipeline";

const db = openDatabase(env.DB);

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let first: CampaignRow;
let second: CampaignRow;

beforeEach(async () => {
  line = newPipeline();
  organization = await mintOrganization(db);
  first = await mintCampaign(db, organization.id);
  second = await mintCampaign(db, organization.id, "Second");
});

afterEach(() => vi.restoreAllMocks());

const headersOf = (key: string) => ({ "x-api-key": key, "content-type": "application/json" });

/** A notice by Anura's own path; gives its call's id and its own. */
async function post(overrides: Record<string, unknown> = {}, key = organization.key) {
  const response = await line.post(
    "/webhook/anura/",
    anuraNotice({ campaign_id: 9, cdrid: "cdr-1", ...overrides }),
    headersOf(key),
  );
  expect(response.status).toBe(200);
  const { call_id: callId, inbound_id: inboundId } = await response.json<{ call_id: string; inbound_id: string }>();
  return { callId, inboundId };
}

async function ask(path: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await line.post(path, JSON.stringify(body), headersOf(organization.key));
  return { status: response.status, body: await response.json() };
}

const choose = (callId: string, campaignId: string | null) =>
  ask(`/v1/calls/${callId}/campaign`, { campaign_id: campaignId });

async function callOf(callId: string) {
  const [call] = await db.select().from(schema.calls).where(eq(schema.calls.id, callId));
  return call;
}

async function storyOf(callId: string): Promise<string[]> {
  const rows = await db
    .select()
    .from(schema.events)
    .where(eq(schema.events.stream, callId))
    .orderBy(asc(schema.events.seq));
  return rows.map((row) => row.type);
}

const logged = async (inboundId: string) =>
  (
    await db
      .select({ outcome: schema.inbound.outcome, reason: schema.inbound.reason })
      .from(schema.inbound)
      .where(eq(schema.inbound.id, inboundId))
  )[0];

const placements = () => line.sent.filter(({ body }) => (body as { kind?: string }).kind === "placement");

describe("choosing the campaign of a call in quarantine", () => {
  it("lets it go on: task, analysis, rest; and the log calls its notices accepted", async () => {
    const { callId, inboundId } = await post();
    const again = await post();
    await line.run();
    expect(await storyOf(callId)).toEqual(["call.completed", "recording.completed"]);
    expect((await choose(callId, second.id)).status).toBe(202);
    await line.run();
    expect((await storyOf(callId)).slice(2)).toEqual([
      "call.updated",
      "task.created",
      "analysis.created",
      "analysis.completed",
      "call.processed",
    ]);
    expect(await callOf(callId)).toMatchObject({ campaignId: second.id, quarantine: null });
    const [task] = await db.select().from(schema.tasks).where(eq(schema.tasks.callId, callId));
    expect(task).toMatchObject({ campaignId: second.id });
    for (const id of [inboundId, again.inboundId]) {
      expect(await logged(id)).toEqual({ outcome: "accepted", reason: null });
    }
  });

  it("waits for the recording where that is not here yet", async () => {
    const { callId } = await post({ audio_file_mp3: "" });
    await line.run();
    await choose(callId, first.id);
    await line.run();
    expect(await storyOf(callId)).toEqual(["call.completed", "call.updated"]);
    await post({ hooktrigger: "RECORDING" });
    await line.run();
    expect(await storyOf(callId)).toEqual(expect.arrayContaining(["task.created", "call.processed"]));
  });

  it("outranks every later notice and replay, but not another choice", async () => {
    const { callId } = await post();
    await line.run();
    await choose(callId, second.id);
    await line.run();
    await post({ campaign_id: 1, duration: "130" });
    await line.run();
    expect(await callOf(callId)).toMatchObject({ campaignId: second.id, quarantine: null, durationSeconds: 130 });
    const { inboundId } = await post({ campaign_id: 1 });
    await line.run();
    await line.post(`/v1/inbound/${inboundId}/replay`, "", headersOf(organization.key));
    await line.run();
    expect(await callOf(callId)).toMatchObject({ campaignId: second.id });
    await choose(callId, first.id);
    await line.run();
    expect(await callOf(callId)).toMatchObject({ campaignId: first.id });
    const [task] = await db.select().from(schema.tasks).where(eq(schema.tasks.callId, callId));
    expect(task).toMatchObject({ campaignId: first.id });
    expect((await storyOf(callId)).filter((type) => type === "task.created")).toHaveLength(1);
  });

  it("moves a call back to those that wait, where no notice places it anew, and out again", async () => {
    const { callId } = await post({ campaign_id: 1 });
    await line.run();
    const before = await storyOf(callId);
    expect(await choose(callId, null)).toEqual({ status: 202, body: { id: callId, campaign_id: null } });
    await line.run();
    expect(await storyOf(callId)).toEqual([...before, "call.updated"]);
    const [task] = await db.select().from(schema.tasks).where(eq(schema.tasks.callId, callId));
    expect(task).toMatchObject({ campaignId: null });
    await post({ campaign_id: 1, duration: "131" });
    await line.run();
    expect(await callOf(callId)).toMatchObject({ campaignId: null, quarantine: "moved_back", durationSeconds: 131 });
    const { groups } = await groupWaiting(db, { organizationId: organization.id, reach: FULL_REACH, limit: 2 });
    expect(groups).toMatchObject([{ reason: "moved_back", calls: 1 }]);
    await choose(callId, second.id);
    await line.run();
    expect(await callOf(callId)).toMatchObject({ campaignId: second.id, quarantine: null });
    const story = await storyOf(callId);
    for (const once of ["task.created", "analysis.created", "call.processed"])
      expect(story.filter((type) => type === once)).toHaveLength(1);
    const { organizationId } = schema.notificationCauses;
    const notified = await db.select().from(schema.notificationCauses).where(eq(organizationId, organization.id));
    expect(notified.filter(({ kind }) => kind === "call_unassigned")).toEqual([]);
  });

  it("counts the later of two choices, whichever is placed first", async () => {
    const { callId } = await post();
    await line.run();
    await choose(callId, first.id);
    await choose(callId, second.id);
    await choose(callId, null);
    const messages = placements().map(({ body }, index) => {
      const message = body as PlacementMessage;
      return { ...message, at: (message.at ?? 0) + index };
    });
    line.sent.splice(0);
    for (const at of [1, 2, 0, 2, 1]) await line.deliver(QUEUES.ingest, [messages[at]]);
    expect(await callOf(callId)).toMatchObject({ campaignId: null, quarantine: "moved_back" });
  });

  it("moves a call that waits for nothing, too", async () => {
    const { callId } = await post({ campaign_id: 1 });
    await line.run();
    const before = await storyOf(callId);
    await choose(callId, second.id);
    await line.run();
    expect(await storyOf(callId)).toEqual([...before, "call.updated"]);
    expect(await callOf(callId)).toMatchObject({ campaignId: second.id });
  });

  it("takes only a campaign and a call of the organization", async () => {
    const { callId } = await post();
    await line.run();
    const theirs = await mintOrganization(db);
    const foreign = await mintCampaign(db, theirs.id);
    for (const campaignId of [foreign.id, "cmp_none"]) {
      expect((await choose(callId, campaignId)).status).toBe(422);
    }
    const response = await line.post(
      `/v1/calls/${callId}/campaign`,
      JSON.stringify({ campaign_id: foreign.id }),
      headersOf(theirs.key),
    );
    expect(response.status).toBe(404);
    expect(placements()).toEqual([]);
    // Nor does the consumer, whatever a message says.
    const message = { kind: "placement", id: "plc_1", callIds: [callId], onlyWaiting: false };
    await line.deliver(QUEUES.ingest, [
      { ...message, organizationId: theirs.id, campaignId: foreign.id },
      { ...message, organizationId: organization.id, campaignId: foreign.id },
    ]);
    expect(await callOf(callId)).toMatchObject({ campaignId: null, quarantine: "unknown_campaign" });
  });

  it("happens once however often its message comes, and survives a notice that comes in between", async () => {
    const { callId } = await post();
    await line.run();
    await choose(callId, second.id);
    const [message] = placements();
    let meanwhile: Promise<unknown> | undefined;
    const slow = newPipeline({
      DB: aroundWrites(env.DB, {
        before: () =>
          (meanwhile ??= post({ duration: "126" }).then(() =>
            line.deliver(
              QUEUES.ingest,
              line.sent.map(({ body }) => body).filter((body) => (body as IngestMessage).path !== undefined),
            ),
          )),
      }),
    });
    await slow.deliver(QUEUES.ingest, [message!.body]);
    line.sent.push(...slow.sent);
    await line.run();
    expect(await callOf(callId)).toMatchObject({ campaignId: second.id, durationSeconds: 126 });
    const story = await storyOf(callId);
    await line.deliver(QUEUES.ingest, [message!.body]);
    await line.run();
    expect(await storyOf(callId)).toEqual(story);
    for (const once of ["task.created", "analysis.created", "call.processed"]) {
      expect(story.filter((type) => type === once)).toHaveLength(1);
    }
  });

  it("leaves no notice logged as waiting that arrived meanwhile with nothing new", async () => {
    const { callId } = await post();
    await line.run();
    await choose(callId, second.id);
    const [placement] = placements().map(({ body }) => body);
    line.sent.length = 0;
    const again = await post();
    const [message] = line.sent.splice(0).map(({ body }) => body);
    let placed: Promise<unknown> | undefined;
    const slow = newPipeline({
      DB: aroundWrites(env.DB, { before: () => (placed ??= line.deliver(QUEUES.ingest, [placement])) }),
    });
    await slow.deliver(QUEUES.ingest, [message]);
    await placed;
    expect(await callOf(callId)).toMatchObject({ campaignId: second.id, quarantine: null });
    expect(await logged(again.inboundId)).toEqual({ outcome: "accepted", reason: null });
  });

  it("releases a notice about several calls with the one that waits, whichever that is", async () => {
    const source = await mintSource(db, organization.id, { kind: "zoom" });
    const recording = (callId: string) => ({ id: `r-${callId}`, call_id: callId, download_url: "https://zoom.us/r" });
    const deliver = async (id: string, callIds: string[]) => {
      const object = { recordings: callIds.map(recording) };
      const event = { event: "phone.recording_completed", event_ts: 1, payload: { account_id: "a", object } };
      const body = new Uint8Array(new TextEncoder().encode(JSON.stringify(event)));
      const message = ingestMessage({
        id,
        organizationId: organization.id,
        sourceId: source.id,
        sourceKind: "zoom",
        receivedAt: NOON,
        body,
      });
      await line.deliver(QUEUES.ingest, [message]);
      return Promise.all(
        callIds.map((externalId) => callIdOf({ organizationId: organization.id, sourceId: source.id, externalId })),
      );
    };
    const placing = async (callId: string) => {
      await choose(callId, second.id);
      await line.run();
    };
    const id = newId("inb", NOON);
    const [one] = await deliver(newId("inb", NOON), ["one"]);
    await placing(one!);
    const [, other] = await deliver(id, ["one", "other"]);
    expect(await logged(id)).toEqual({ outcome: "quarantined", reason: "no_campaign" });
    await placing(other!);
    expect(await logged(id)).toEqual({ outcome: "accepted", reason: null });
  });

  it("is durable before its 202: the row that backs its message is sent again, and goes when it is done", async () => {
    line = newPipeline({ INBOX: "table" } as unknown as Partial<Env>);
    const { callId } = await post();
    await line.run();
    await choose(callId, second.id);
    line.sent.splice(0);
    expect(await db.select().from(schema.inbox)).toHaveLength(1);
    await db.update(schema.inbox).set({ sentAt: 0 });
    await line.cron();
    await line.run();
    expect(await callOf(callId)).toMatchObject({ campaignId: second.id });
    expect(await db.select().from(schema.inbox)).toEqual([]);
  });

  it("that cannot be worked on leaves the call waiting and nothing behind", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    line = newPipeline({ INBOX: "table" } as unknown as Partial<Env>);
    const { callId } = await post();
    await line.run();
    await choose(callId, second.id);
    const [message] = placements();
    await line.deliver(deadLetterOf(QUEUES.ingest), [message!.body]);
    expect(error.mock.calls.join()).toContain("placement.dead");
    expect(await callOf(callId)).toMatchObject({ quarantine: "unknown_campaign" });
    expect(await db.select().from(schema.inbox)).toEqual([]);
  });
});

describe("/v1/quarantine", () => {
  const resolve = (body: object) => ask("/v1/quarantine/resolve", { campaign_id: second.id, ...body });
  const groups = async () => {
    const request = new Request("https://trunkline.test/v1/quarantine", { headers: headersOf(organization.key) });
    const response = await app.fetch(request, line.env);
    return response.json<{ data: Record<string, unknown>[]; more: boolean }>();
  };

  async function waiting() {
    const calls = [];
    for (const [cdrid, number, dialtime] of [
      ["a", 9, "2026-11-21 12:00:00"],
      ["b", 9, "2026-11-21 11:00:00"],
      ["c", 8, "2026-11-21 10:00:00"],
    ]) {
      calls.push((await post({ cdrid, campaign_id: number, dialtime })).callId);
    }
    await post({ cdrid: "d", campaign_id: 1 });
    await line.run();
    return calls as [string, string, string];
  }

  it("counts what waits, by what it has in common, with the oldest", async () => {
    await waiting();
    const { data, more } = await groups();
    expect(more).toBe(false);
    expect(data).toMatchObject([
      {
        reason: "unknown_campaign",
        campaign_number: 9,
        account: null,
        calls: 2,
        oldest_at: "2026-11-21T14:00:00.000Z",
      },
      { reason: "unknown_campaign", campaign_number: 8, calls: 1, source: { kind: "anura" } },
    ]);
  });

  it("places those that match, the oldest first, and says how many are left", async () => {
    const [newer, older, other] = await waiting();
    const match = { reason: "unknown_campaign", campaign_number: 9 };
    expect(await resolve({ ...match, dry_run: true })).toEqual({
      status: 200,
      body: { matched: 2, placed: 0, left: 2, more: false },
    });
    expect(placements()).toEqual([]);
    expect(await resolve({ ...match, limit: 1 })).toEqual({
      status: 202,
      body: { matched: 2, placed: 1, left: 1, more: false },
    });
    await line.run();
    expect(await callOf(older)).toMatchObject({ campaignId: second.id });
    expect(await callOf(newer)).toMatchObject({ campaignId: null });
    expect(await resolve(match)).toMatchObject({ body: { matched: 1, placed: 1, left: 0 } });
    await line.run();
    expect(await storyOf(newer)).toEqual(expect.arrayContaining(["task.created", "call.processed"]));
    expect(await callOf(other)).toMatchObject({ quarantine: "unknown_campaign" });
    const left = await db
      .select({ callId: schema.inbound.callId })
      .from(schema.inbound)
      .where(and(eq(schema.inbound.organizationId, organization.id), eq(schema.inbound.outcome, "quarantined")));
    expect(left).toEqual([{ callId: other }]);
  });

  it.for([
    ["an unknown source", { source_id: "src_none" }, 0],
    ["another reason", { reason: "no_campaign" }, 0],
    ["calls that name no number", { campaign_number: null }, 0],
    ["an account", { account: "x" }, 0],
    ["calls without an account", { account: null }, 3],
    ["nothing in particular", {}, 3],
  ] as const)("matches by %s", async ([, filter, matched]) => {
    await waiting();
    expect((await resolve({ ...filter, dry_run: true })).body).toMatchObject({ matched });
  });

  it("matches by call, and never one of another organization", async () => {
    const [one] = await waiting();
    const theirs = await mintOrganization(db);
    const { callId: foreign } = await post({}, theirs.key);
    await line.run();
    expect((await resolve({ call_ids: [one, foreign], dry_run: true })).body).toMatchObject({ matched: 1 });
    const foreignCampaign = await mintCampaign(db, theirs.id);
    expect((await resolve({ campaign_id: foreignCampaign.id })).status).toBe(422);
    await resolve({});
    await line.run();
    expect(await callOf(foreign)).toMatchObject({ quarantine: "unknown_campaign" });
  });

  it("leaves alone what was placed between the asking and the doing", async () => {
    const [one] = await waiting();
    await resolve({});
    const resolving = placements().map(({ body }) => body);
    for (const message of placements()) line.sent.splice(line.sent.indexOf(message), 1);
    await choose(one, first.id);
    await line.run();
    await line.deliver(QUEUES.ingest, resolving);
    expect(await callOf(one)).toMatchObject({ campaignId: first.id });
  });
});

describe("a call in quarantine whose end never comes", () => {
  it("is ended, and waits on", async () => {
    const { id } = await mintCall(db, organization.id, {
      quarantine: "campaign_not_allowed",
      campaignNumber: first.number,
      state: "in_progress",
      terminal: null,
      finalizeAt: 0,
      ranks: { state: -1 },
    });
    await line.cron();
    await line.run();
    expect(await callOf(id)).toMatchObject({
      state: "completed",
      quarantine: "campaign_not_allowed",
      campaignId: null,
    });
  });
});

describe("a key limited to one campaign", () => {
  const limitedKey = async () => (await mintApiKey(db, { organizationId: organization.id, campaignId: second.id })).key;

  it("cannot change a call of another campaign; the log says so", async () => {
    const { callId } = await post({ campaign_id: 1 });
    await line.run();
    const before = await callOf(callId);
    const { inboundId, callId: same } = await post({ campaign_id: 2, duration: "999" }, await limitedKey());
    expect(same).toBe(callId);
    await line.run();
    expect(await callOf(callId)).toEqual(before);
    expect(await logged(inboundId)).toEqual({ outcome: "refused", reason: "campaign_not_allowed" });
    // Somebody of the organization who looks at it may have it taken.
    await line.post(`/v1/inbound/${inboundId}/replay`, "", headersOf(organization.key));
    await line.run();
    expect(await callOf(callId)).toMatchObject({ durationSeconds: 999 });
    expect(await logged(inboundId)).toMatchObject({ outcome: "accepted" });
  });

  it("cannot do so in one batch with the notice that places it either", async () => {
    const limited = await limitedKey();
    const { callId } = await post({ campaign_id: 1 });
    const other = await post({ campaign_id: 1, duration: "999" }, limited);
    await line.run();
    expect(await callOf(callId)).toMatchObject({ campaignId: first.id, durationSeconds: 125 });
    expect(await logged(other.inboundId)).toEqual({ outcome: "refused", reason: "campaign_not_allowed" });
  });

  it("cannot when the call is placed between the reading and the writing of its notice", async () => {
    const limited = await post({ campaign_id: 2, duration: "999" }, await limitedKey());
    const message = line.sent.splice(0)[0]!.body;
    let placed: Promise<unknown> | undefined;
    const slow = newPipeline({
      DB: aroundWrites(env.DB, { before: () => (placed ??= post({ campaign_id: 1 }).then(() => line.run())) }),
    });
    await slow.deliver(QUEUES.ingest, [message]);
    await placed;
    expect(await callOf(limited.callId)).toMatchObject({ campaignId: first.id, durationSeconds: 125 });
    expect(await logged(limited.inboundId)).toEqual({ outcome: "refused", reason: "campaign_not_allowed" });
  });

  it("goes on telling of calls in its own campaign", async () => {
    const limited = await limitedKey();
    const { callId } = await post({ campaign_id: 2 }, limited);
    await line.run();
    await post({ campaign_id: 2, duration: "130" }, limited);
    await line.run();
    expect(await callOf(callId)).toMatchObject({ campaignId: second.id, durationSeconds: 130 });
  });
});
