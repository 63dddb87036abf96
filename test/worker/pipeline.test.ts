import { anuraNotice } from "../fixtures/anura-notice";
import { evictAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { defaultSourceOf } from "../../src/sources";
import { setProcessing, updateCampaign } from "../../src/campaigns";
import {
  ACT_AT_NOON,
  mintCall,
  mintCampaign,
  mintEndpoint,
  mintMember,
  mintOrganization,
  mintTeam,
} from "../factories";
import { addTeamMember, FULL_REACH, listNotifications } from "../../src/identity";
import { aroundWrites } from "./around-writes";
import { deadLetterOf, newPipeline, QUEUES, type Pipeline } from "./pipeline";

const db = openDatabase(env.DB);
const SIX = [
  "call.completed",
  "recording.completed",
  "task.created",
  "analysis.created",
  "analysis.completed",
  "call.processed",
];

type Accepted = { status: string; call_id: string; task_id: string; inbound_id: string };

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;

beforeEach(async () => {
  line = newPipeline();
  organization = await mintOrganization(db);
  await mintCampaign(db, organization.id);
  await mintEndpoint(db, organization.id, { createdAt: 0 });
});

afterEach(() => vi.restoreAllMocks());

async function post(body: string): Promise<Accepted> {
  const response = await line.post("/webhook/anura/", body, {
    "x-api-key": organization.key,
    "content-type": "application/json",
  });
  expect(response.status).toBe(200);
  return response.json();
}

/** A call of the organization's Anura source that began and whose time to end is over. */
async function callInProgress() {
  const [campaign] = await db
    .select()
    .from(schema.campaigns)
    .where(eq(schema.campaigns.organizationId, organization.id));
  return mintCall(db, organization.id, {
    sourceId: await defaultSourceOf("anura", organization.id),
    sourceKind: "anura",
    externalId: "cdr-1",
    campaignId: campaign!.id,
    state: "in_progress",
    terminal: null,
    answeredAt: null,
    endedAt: null,
    durationSeconds: null,
    talkSeconds: null,
    finalizeAt: 0,
    ranks: { state: -1, startedAt: 0 },
  });
}

async function storyOf(callId: string): Promise<string[]> {
  const rows = await db
    .select()
    .from(schema.events)
    .where(eq(schema.events.stream, callId))
    .orderBy(asc(schema.events.seq));
  expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
  return rows.map((row) => row.type);
}

async function expectDelivered(callId: string, types: string[]): Promise<void> {
  await vi.waitFor(() => {
    const delivered = line.hooks
      .filter(({ event }) => (event.data as { call?: { id: string } }).call?.id === callId)
      .map(({ event }) => event.type);
    expect(delivered).toEqual(types);
  });
}

describe("a call on its way through", () => {
  it("becomes one call, one recording, one task, one analysis and six events, delivered in order", async () => {
    const { call_id: callId, task_id: taskId } = await post(anuraNotice());
    await line.run();
    expect(await storyOf(callId)).toEqual(SIX);
    await expectDelivered(callId, SIX);
    const [task] = await db.select().from(schema.tasks).where(eq(schema.tasks.callId, callId));
    expect(task?.id).toBe(taskId);
    expect(await db.select().from(schema.pendingStreams).where(eq(schema.pendingStreams.stream, callId))).toEqual([]);
  });

  it("happens once however often its notice comes, in one batch, in two, or all over again", async () => {
    const first = await post(anuraNotice());
    const second = await post(anuraNotice());
    expect(second.call_id).toBe(first.call_id);
    await line.run();
    await post(anuraNotice());
    await line.run();
    expect(await storyOf(first.call_id)).toEqual(SIX);
    await expectDelivered(first.call_id, SIX);
    expect(await db.select().from(schema.inbound).where(eq(schema.inbound.callId, first.call_id))).toHaveLength(3);
  });

  it("waits for the RECORDING notice when END brings no link, and fetches then", async () => {
    const { call_id: callId } = await post(anuraNotice({ audio_file_mp3: "" }));
    await line.run();
    expect(await storyOf(callId)).toEqual(["call.completed"]);
    const again = await post(anuraNotice({ hooktrigger: "RECORDING" }));
    expect(again.call_id).toBe(callId);
    await line.run();
    expect(await storyOf(callId)).toEqual(SIX);
  });

  it("takes a RECORDING notice that comes before END", async () => {
    const { call_id: callId } = await post(anuraNotice({ hooktrigger: "RECORDING" }));
    await line.run();
    await post(anuraNotice());
    await line.run();
    expect(await storyOf(callId)).toHaveLength(SIX.length);
    expect((await storyOf(callId)).toSorted()).toEqual(SIX.toSorted());
  });

  it("records corrections after the end as call.updated, and never a second end", async () => {
    const { call_id: callId } = await post(anuraNotice());
    await line.run();
    await post(anuraNotice({ duration: "130" }));
    await line.run();
    expect(await storyOf(callId)).toEqual([...SIX, "call.updated"]);
    const events = await db.select().from(schema.events).where(eq(schema.events.stream, callId));
    const update = JSON.parse(events.find((event) => event.type === "call.updated")!.data) as { changed: string[] };
    expect(update.changed.toSorted()).toEqual(["duration_seconds", "ended_at"]);
  });

  it("gives the reason of a failed recording, and lets the call settle without it", async () => {
    line.audio = () => new Response("<Error>AccessDenied</Error>", { status: 410 });
    const { call_id: callId } = await post(anuraNotice());
    await line.run();
    expect(await storyOf(callId)).toEqual(["call.completed", "recording.failed", "call.processed"]);
    const [recording] = await db.select().from(schema.recordings).where(eq(schema.recordings.callId, callId));
    expect(recording).toMatchObject({ state: "failed" });
    expect(recording!.reason).toContain("410");
  });

  it("reports a recording that no engine can read", async () => {
    line.audio = () =>
      new Response(new Uint8Array([0x4f, 0x67, 0x67, 0x53, ...Array.from({ length: 4_000 }, () => 0)]), {
        headers: { "content-type": "audio/ogg" },
      });
    const { call_id: callId } = await post(anuraNotice());
    await line.run();
    expect(await storyOf(callId)).toEqual([
      "call.completed",
      "recording.completed",
      "task.created",
      "analysis.created",
      "analysis.failed",
      "call.processed",
    ]);
  });

  it("keeps a call of an unknown campaign with its recording, makes no task, and proceeds on a replay once the campaign exists", async () => {
    const { call_id: callId, inbound_id: inboundId } = await post(anuraNotice({ campaign_id: 2 }));
    await line.run();
    expect(await storyOf(callId)).toEqual(["call.completed", "recording.completed"]);
    const [logged] = await db
      .select({ outcome: schema.inbound.outcome, reason: schema.inbound.reason })
      .from(schema.inbound)
      .where(eq(schema.inbound.id, inboundId));
    expect(logged).toEqual({ outcome: "quarantined", reason: "unknown_campaign" });
    await mintCampaign(db, organization.id, "Second");
    const replayed = await line.post(`/v1/inbound/${inboundId}/replay`, "", { "x-api-key": organization.key });
    expect(replayed.status).toBe(202);
    await line.run();
    const story = await storyOf(callId);
    expect(story.slice(0, 2)).toEqual(["call.completed", "recording.completed"]);
    expect(story.slice(2).toSorted()).toEqual([
      "analysis.completed",
      "analysis.created",
      "call.processed",
      "call.updated",
      "task.created",
    ]);
    expect(story.at(-1)).toBe("call.processed");
  });

  it("leaves a call in its campaign when a later notice names an unknown one", async () => {
    const { call_id: callId } = await post(anuraNotice());
    await line.run();
    await post(anuraNotice({ campaign_id: 99 }));
    await line.run();
    const [call] = await db.select().from(schema.calls).where(eq(schema.calls.id, callId));
    expect(call).toMatchObject({ quarantine: null, campaignId: expect.any(String) as unknown });
  });

  it("analyses nothing where the campaign does not want it, and is settled with its recording", async () => {
    await line.env.DB.prepare("UPDATE campaigns SET settings = '{\"autoAnalyze\":false}' WHERE organization_id = ?")
      .bind(organization.id)
      .run();
    const { call_id: callId } = await post(anuraNotice());
    await line.run();
    expect(await storyOf(callId)).toEqual(["call.completed", "recording.completed", "task.created", "call.processed"]);
  });

  it("gives the task to the team that the campaign names, and leaves it unassigned where there is none", async () => {
    const team = await mintTeam(db, organization.id, "Default reviewers");
    const [campaign] = await db
      .select()
      .from(schema.campaigns)
      .where(eq(schema.campaigns.organizationId, organization.id));
    const target = { organizationId: organization.id, reach: FULL_REACH, id: campaign!.id };
    const taskOf = async (assignToTeam: string) => {
      await updateCampaign({ db }, target, { settings: { assignToTeam } }, ACT_AT_NOON);
      const { call_id: callId } = await post(anuraNotice({ cdrid: assignToTeam }));
      await line.run();
      const [created] = (await db.select().from(schema.events).where(eq(schema.events.stream, callId))).filter(
        ({ type }) => type === "task.created",
      );
      return (JSON.parse(created!.data) as { task: object }).task;
    };
    expect(await taskOf("DEFAULT Reviewers")).toMatchObject({ team_id: team.id, warning: null });
    expect(await taskOf("Nobody")).toMatchObject({ team_id: null, warning: "unknown_team" });
  });

  it("goes by the rules of the call's source, where it has its own, and of the campaign elsewhere", async () => {
    const team = await mintTeam(db, organization.id, "Nights");
    const [campaign] = await db
      .select()
      .from(schema.campaigns)
      .where(eq(schema.campaigns.organizationId, organization.id));
    const target = { organizationId: organization.id, reach: FULL_REACH, id: campaign!.id };
    const processed = async (cdrid: string) => {
      const { call_id: callId } = await post(anuraNotice({ cdrid }));
      await line.run();
      const [call] = await db.select().from(schema.calls).where(eq(schema.calls.id, callId));
      const [task] = await db.select().from(schema.tasks).where(eq(schema.tasks.callId, callId));
      const notes = await db
        .select()
        .from(schema.notificationCauses)
        .where(eq(schema.notificationCauses.subjectId, callId));
      const analysed = (await storyOf(callId)).includes("analysis.created");
      return { sourceId: call!.sourceId, found: [analysed, task!.teamId, notes.map(({ kind }) => kind)] };
    };
    const rules = { autoAnalyze: true, assignToTeam: null, notifyOnComplete: false };
    await setProcessing({ db }, target, { sourceId: null, rules }, ACT_AT_NOON);
    const plain = await processed("one");
    expect(plain.found).toEqual([true, null, []]);
    const own = { autoAnalyze: false, assignToTeam: "NIGHTS", notifyOnComplete: true };
    await setProcessing({ db }, target, { sourceId: plain.sourceId, rules: own }, ACT_AT_NOON);
    expect((await processed("two")).found).toEqual([false, team.id, ["call_completed"]]);
    await setProcessing({ db }, target, { sourceId: "src_other", rules: own }, ACT_AT_NOON);
    await setProcessing({ db }, target, { sourceId: plain.sourceId, rules: {} }, ACT_AT_NOON);
    expect((await processed("three")).found).toEqual([true, null, []]);
  });

  it("notifies the team of its task and of the call that is done, and those who run teams of what no team has", async () => {
    const team = await mintTeam(db, organization.id, "Default reviewers");
    const [reviewer, supervisor] = [
      await mintMember(db, organization.id),
      await mintMember(db, organization.id, { role: "supervisor" }),
    ];
    await addTeamMember({ db }, team, reviewer.userId, ACT_AT_NOON);
    const [campaign] = await db
      .select()
      .from(schema.campaigns)
      .where(eq(schema.campaigns.organizationId, organization.id));
    const target = { organizationId: organization.id, reach: FULL_REACH, id: campaign!.id };
    for (const assignToTeam of [team.name, "Nobody"]) {
      await updateCampaign({ db }, target, { settings: { assignToTeam, notifyOnComplete: true } }, ACT_AT_NOON);
      await post(anuraNotice({ cdrid: assignToTeam }));
      await line.run();
    }
    // The work is done again, as after a lost answer, and people hear of it once.
    for (let round = 0; round < 2; round += 1) {
      await line.cron();
      await line.run();
    }
    const kindsOf = async (userId: string) => {
      const rights = { scopes: null, campaignId: null, sourceId: null, reach: FULL_REACH };
      const reader = { ...rights, organizationId: organization.id, userId };
      const { rows } = await listNotifications(db, reader, { unread: true, limit: 10 });
      return rows.map(({ kind }) => kind).toSorted((one, other) => one.localeCompare(other));
    };
    expect(await kindsOf(reviewer.userId)).toEqual(["call_completed", "call_completed", "task_assigned"]);
    expect(await kindsOf(supervisor.userId)).toEqual(["call_completed", "task_unassigned"]);
  });

  it("ends a call whose end never comes, and takes the platform's own word as a correction afterwards", async () => {
    const { id: callId, externalId } = await callInProgress();
    await line.cron();
    await line.run();
    expect(await storyOf(callId)).toEqual(["call.failed", "call.processed"]);
    await post(anuraNotice({ cdrid: externalId }));
    await line.run();
    const after = await storyOf(callId);
    expect(after.slice(0, 3)).toEqual(["call.failed", "call.processed", "call.updated"]);
    expect(after.filter((type) => ["call.completed", "call.failed", "call.processed"].includes(type))).toHaveLength(2);
    const [call] = await db.select().from(schema.calls).where(eq(schema.calls.id, callId));
    expect(call).toMatchObject({ state: "completed", terminal: "failed" });
  });
});

describe("two consumers racing on one call", () => {
  it("lose no notice and record each event once, whoever is faster", async () => {
    const { call_id: callId } = await post(anuraNotice({ audio_file_mp3: "" }));
    await post(anuraNotice({ hooktrigger: "RECORDING", duration: "126", custom1: "late" }));
    const [end, recording] = line.sent.splice(0).map((message) => message.body);
    // Both read before either writes: the first write of the second consumer waits for the other's to be done.
    let release = (): void => undefined;
    const written = new Promise<void>((resolve) => (release = resolve));
    let writes = 0;
    const slow = newPipeline({
      DB: aroundWrites(env.DB, { before: () => (writes++ === 0 ? written : Promise.resolve()) }),
    });
    slow.sent = line.sent;
    const second = slow.deliver(QUEUES.ingest, [recording]);
    await line.deliver(QUEUES.ingest, [end]);
    release();
    await second;
    line.sent.push(...slow.sent);
    await line.run();
    await slow.run();
    const story = await storyOf(callId);
    expect(story.filter((type) => type === "call.completed")).toHaveLength(1);
    expect(story.filter((type) => type === "recording.completed")).toHaveLength(1);
    expect(story.filter((type) => type === "call.processed")).toHaveLength(1);
    const [call] = await db.select().from(schema.calls).where(eq(schema.calls.id, callId));
    expect(call).toMatchObject({
      durationSeconds: 126,
      custom: expect.objectContaining({ custom1: "late" }) as unknown,
    });
    expect(writes).toBeGreaterThan(1);
  });
});

describe("a crash", () => {
  const broken = () => Promise.reject(new Error("crash"));
  type Crash = [string, (pipeline: Pipeline) => Partial<Env>];
  // Each is a place where the process may end between a commit and what was to follow it.
  const crashes: Crash[] = [
    // A call makes six batches: its notice, its recording, its analysis, and a drain after each.
    ...Array.from({ length: 6 }, (_, index): Crash[] => [
      [
        `before batch ${index + 1} is written`,
        ({ env: real }) => ({ DB: aroundWrites(real.DB, { before: onNth(index + 1, broken) }) }),
      ],
      [
        `after batch ${index + 1}, its answer lost`,
        ({ env: real }) => ({ DB: aroundWrites(real.DB, { after: onNth(index + 1, broken) }) }),
      ],
    ]).flat(),
    [
      "after the commit, before the recording is nudged",
      ({ env: real }) => ({ RECORDINGS_QUEUE: failingOnce(real.RECORDINGS_QUEUE) }),
    ],
    [
      "after the commit, before the drain is nudged",
      ({ env: real }) => ({ EVENTS_QUEUE: failingOnce(real.EVENTS_QUEUE) }),
    ],
    ["before the analysis is nudged", ({ env: real }) => ({ ANALYSIS_QUEUE: failingOnce(real.ANALYSIS_QUEUE) })],
    ["while the object takes its events", ({ env: real }) => ({ ENDPOINTS: failingNamespace(real.ENDPOINTS, 1) })],
  ];

  it.for(crashes)("loses nothing and records nothing twice: %s", async ([, sabotage]) => {
    const { call_id: callId } = await post(anuraNotice());
    Object.assign(line.env, sabotage(line));
    // What failed comes again, as the queue would bring it; the cron finds what no message speaks for.
    for (let round = 0; round < 6; round += 1) {
      await runWithRedelivery(line);
      await line.env.DB.prepare("UPDATE pending_streams SET since = 0").run();
      await line.env.DB.prepare("UPDATE undelivered SET due_at = 0").run();
      await line.env.DB.prepare("UPDATE recordings SET lease_until = 0, due_at = 0").run();
      await line.env.DB.prepare("UPDATE analyses SET lease_until = 0, due_at = 0").run();
      await evictAllDurableObjects();
      await line.cron();
    }
    expect(await storyOf(callId)).toEqual(SIX);
    await expectDelivered(callId, SIX);
  });

  it("of an endpoint's object delays its own events, in order, and no others", async () => {
    const healthy = await mintEndpoint(db, organization.id, { createdAt: 0, url: "https://healthy.test/hook" });
    await db.delete(schema.undelivered);
    const { call_id: callId } = await post(anuraNotice());
    line.env.ENDPOINTS = failingNamespace(line.env.ENDPOINTS, 1_000, (name) => !name.startsWith(healthy.id));
    await line.run();
    await vi.waitFor(() => expect(line.hooks.map(({ event }) => event.type)).toEqual(SIX));
    expect(new Set(line.hooks.map((hook) => hook.url))).toEqual(new Set(["https://healthy.test/hook"]));
    expect(await db.select().from(schema.undelivered)).toMatchObject([{ stream: callId, fromSeq: 1 }]);
    line.env.ENDPOINTS = env.ENDPOINTS;
    await line.env.DB.prepare("UPDATE undelivered SET due_at = 0").run();
    await line.cron();
    await vi.waitFor(() =>
      expect(line.hooks.filter((hook) => hook.url.includes("subscriber")).map(({ event }) => event.type)).toEqual(SIX),
    );
    expect(await db.select().from(schema.undelivered)).toEqual([]);
  });

  it("of nothing at all, but an object that is full, holds the rest back until there is room, in order", async () => {
    await db
      .update(schema.endpoints)
      .set({ paused: true, settings: { maxBacklog: 10 }, version: 2 })
      .where(eq(schema.endpoints.organizationId, organization.id));
    const callIds: string[] = [];
    for (const dialtime of ["2026-11-21 10:30:01", "2026-11-21 10:30:02", "2026-11-21 10:30:03"]) {
      callIds.push((await post(anuraNotice({ dialtime }))).call_id);
      await line.run();
    }
    expect(line.hooks).toEqual([]);
    expect((await db.select().from(schema.undelivered)).map(({ reason }) => reason)).toContain("full");
    await db
      .update(schema.endpoints)
      .set({ paused: false, version: 3 })
      .where(eq(schema.endpoints.organizationId, organization.id));
    await vi.waitFor(async () => {
      await line.env.DB.prepare("UPDATE undelivered SET due_at = 0").run();
      await line.cron();
      expect(line.hooks).toHaveLength(3 * SIX.length);
    });
    for (const callId of callIds) await expectDelivered(callId, SIX);
    expect(await db.select().from(schema.undelivered)).toEqual([]);
  });

  it("that takes every try leaves the request in the log as dead, ready to be replayed", async () => {
    const { inbound_id: inboundId, call_id: callId } = await post(anuraNotice());
    const [message] = line.sent.splice(0);
    await line.deliver(deadLetterOf(QUEUES.ingest), [message!.body]);
    const [logged] = await db
      .select({ outcome: schema.inbound.outcome })
      .from(schema.inbound)
      .where(eq(schema.inbound.id, inboundId));
    expect(logged?.outcome).toBe("dead");
    await line.post(`/v1/inbound/${inboundId}/replay`, "", { "x-api-key": organization.key });
    await line.run();
    expect(await storyOf(callId)).toEqual(SIX);
  });
});

async function runWithRedelivery(pipeline: Pipeline): Promise<void> {
  for (let round = 0; round < 30; round += 1) {
    const due = pipeline.sent.splice(0);
    if (due.length === 0) return;
    for (const { queue, body } of due) {
      const { acked } = await pipeline.deliver(queue, [body]);
      if (acked === 0) pipeline.sent.push({ queue, body, delaySeconds: 0 });
    }
  }
}

function onNth<T>(nth: number, action: () => Promise<T>): () => Promise<unknown> {
  let count = 0;
  return () => ((count += 1) === nth ? action() : Promise.resolve());
}

function failingOnce(queue: Queue): Queue {
  let failures = 1;
  const guard = () => {
    if (failures-- > 0) throw new Error("crash");
  };
  return {
    send: async (...args: Parameters<Queue["send"]>) => (guard(), queue.send(...args)),
    sendBatch: async (...args: Parameters<Queue["sendBatch"]>) => {
      if ([...args[0]].length > 0) guard();
      return queue.sendBatch(...args);
    },
  } as unknown as Queue;
}

function failingNamespace(
  namespace: Env["ENDPOINTS"],
  times: number,
  which: (name: string) => boolean = () => true,
): Env["ENDPOINTS"] {
  let left = times;
  return new Proxy(namespace, {
    get(target, name) {
      if (name !== "getByName") return Reflect.get(target, name) as unknown;
      return (object: string) => {
        if (which(object) && left > 0) {
          left -= 1;
          return { enqueue: () => Promise.reject(Object.assign(new Error("object is gone"), { overloaded: true })) };
        }
        return target.getByName(object);
      };
    },
  });
}
