import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { forgetOldJobs, nudgeOpenJobs, startAsJob, startBulk, workOnJob, type BulkRequest } from "../../src/bulk";
import { jobWork } from "../../src/bulk/jobs";
import { changeTagsOfCalls } from "../../src/calls";
import { analyses, apiKeys, auditLog, calls, campaigns, events, jobResults, jobs } from "../../src/db/schema";
import { claimWork } from "../../src/db/work";
import { consume, jobDeps } from "../../src/jobs";
import { FULL_REACH, reachOfCampaign, type Caller } from "../../src/identity";
import type { FoundBy } from "../../src/search";
import { newId } from "../../src/lib/id";
import { DAY, MINUTE } from "../../src/lib/time";
import {
  ACT_AT_NOON,
  mintAnalysis,
  mintApiKey,
  mintCall,
  mintCampaign,
  mintEndpoint,
  mintEngine,
  mintEvent,
  mintJob,
  mintOrganization,
  NOON,
} from "../factories";
import { apiClient, db, fieldsOf } from "./api/client";

type Organization = Awaited<ReturnType<typeof mintOrganization>>;

/** Ids that no call has: what is done to them fails, and costs nothing. */
function unknownCalls(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `call_unknown_${at}`);
}

function callerOf({ id, apiKeyId }: Organization, overrides: Partial<Caller> = {}): Caller {
  return {
    organizationId: id,
    actor: { kind: "apiKey", id: apiKeyId },
    scopes: null,
    campaignId: null,
    sourceId: null,
    expiresAt: null,
    reach: FULL_REACH,
    unnoted: [],
    ...overrides,
  };
}

/** Works off what was sent to the queue, each message twice, as a queue may deliver it. */
async function workOff({ deps, recorded }: ReturnType<typeof apiClient>, now = NOON) {
  for (let message = recorded.jobs.shift(); message; message = recorded.jobs.shift()) {
    await workOnJob({ ...deps, now: () => now }, message);
    await workOnJob({ ...deps, now: () => now }, message);
  }
}

async function mintCalls(organizationId: string, count: number, overrides: Partial<typeof calls.$inferInsert> = {}) {
  const made = [];
  for (let at = 0; at < count; at += 1)
    made.push((await mintCall(db, organizationId, { startedAt: NOON - at * 1000, ...overrides })).id);
  return made;
}

describe("an act on a few calls", () => {
  it("is done at once, and answered call by call", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const other = await mintOrganization(db);
    const [tagged, untagged, foreign] = [
      await mintCall(db, id, { tags: ["vip"] }),
      await mintCall(db, id),
      await mintCall(db, other.id),
    ];
    const ids = [tagged.id, untagged.id, foreign.id, "call_unknown", untagged.id];
    const { status, body } = await apiClient().post("/v1/bulk", {
      key,
      body: { action: "tag", tags: ["VIP"], calls: ids },
    });
    const missing = { code: "not_found", message: "There is no such call." };
    expect([status, body]).toEqual([
      200,
      {
        matched: 4,
        more: false,
        changed: 1,
        failed: 2,
        results: [
          { id: tagged.id, status: 200, changed: false, error: null },
          { id: untagged.id, status: 200, changed: true, error: null },
          { id: foreign.id, status: 404, changed: false, error: missing },
          { id: "call_unknown", status: 404, changed: false, error: missing },
        ],
        estimate: null,
      },
    ]);
  });

  it("moves them: those that are not where they were chosen to be", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const call = await mintCall(db, id, { quarantine: "no_campaign" });
    const api = apiClient();
    const body = { action: "move", campaign_id: String(campaign.number), calls: [call.id, "call_unknown"] };
    const answer = await api.post("/v1/bulk", { key, body });
    expect([answer.status, answer.body.changed, answer.body.failed]).toEqual([200, 1, 1]);
    expect(api.recorded.placements).toMatchObject([
      { callIds: [call.id], campaignId: campaign.id, onlyWaiting: false },
    ]);
    const wrong = await api.post("/v1/bulk", { key, body: { ...body, campaign_id: "cmp_unknown" } });
    expect([wrong.status, fieldsOf(wrong)]).toEqual([422, ["campaign_id"]]);
  });

  it("moves them back to those that wait, for whoever reaches the whole organization", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const [placed, waiting] = [
      await mintCall(db, id, { campaignId: campaign.id }),
      await mintCall(db, id, { quarantine: "no_campaign" }),
    ];
    const api = apiClient();
    const body = { action: "move", campaign_id: null, calls: [placed.id, waiting.id] };
    const limited = await mintApiKey(db, { organizationId: id, scopes: ["calls:write"], campaignId: campaign.id });
    expect((await api.post("/v1/bulk", { key: limited.key, body })).status).toBe(403);
    expect((await api.post("/v1/bulk", { key, body })).body).toMatchObject({ failed: 0 });
    expect(api.recorded.placements).toMatchObject([{ campaignId: null, reason: "moved_back" }]);
    expect(api.recorded.placements[0]?.callIds.toSorted()).toEqual([placed.id, waiting.id].toSorted());
  });

  it("is counted first where only that is asked for", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    await mintCall(db, id, { tags: ["a"] });
    await mintCall(db, id);
    const api = apiClient();
    const body = { action: "untag", tags: ["a"], filter: { tag: "A" }, dry_run: true };
    const answer = await api.post("/v1/bulk", { key, body });
    expect([answer.status, answer.body]).toEqual([
      200,
      { matched: 1, more: false, changed: 0, failed: 0, results: [], estimate: null },
    ]);
    expect(api.recorded.jobs).toEqual([]);
  });

  it("says first what an engine is expected to cost, by the speech in what was analysed", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const findings = { durationSeconds: 600, channels: [{ talkSeconds: 120 }, { talkSeconds: 60 }] };
    const mintHeard = async (over: object) => {
      const call = await mintCall(db, id, over);
      await mintAnalysis(db, call, "rec_x", { findings });
      return call;
    };
    const heard = await mintHeard({ campaignId: campaign.id });
    await mintHeard({});
    await mintCall(db, id, { campaignId: campaign.id });
    const settings = { url: "https://speech.example.com", model: null, microsPerMinute: 10_000 };
    const { name } = await mintEngine(db, id, { settings });
    const { name: byLength } = await mintEngine(db, id, { name: "voices", kind: "http", settings });
    const api = apiClient();
    const ask = (engine: string, selection: object, asking = key) =>
      api.post("/v1/bulk", { key: asking, body: { action: "analyse", engine, ...selection, dry_run: true } });
    const all = { filter: { campaign_id: campaign.id } };
    const estimate = { calls: 1, minutes: 10, speech_minutes: 3, dollars: 0.03, more: false };
    expect((await ask(name, all)).body).toMatchObject({ matched: 2, results: [], estimate });
    expect((await ask(byLength, { calls: [heard.id] })).body).toMatchObject({
      estimate: { ...estimate, dollars: 0.1 },
    });
    const { name: model } = await mintEngine(db, id, { name: "model", kind: "llm", settings });
    expect((await ask(model, { calls: [heard.id] })).body).toMatchObject({ estimate });
    await db
      .update(campaigns)
      .set({ settings: { ...campaign.settings, sumUp: true } })
      .where(eq(campaigns.id, campaign.id));
    expect((await ask(model, { calls: [heard.id] })).body).toMatchObject({ estimate: { ...estimate, dollars: 0.06 } });
    expect((await ask(name, { calls: [heard.id] })).body).toMatchObject({ estimate });
    expect((await ask("nobody", all)).status).toBe(422);
    const reader = await mintApiKey(db, { organizationId: id, scopes: ["calls:read"] });
    expect((await ask(name, all, reader.key)).status).toBe(403);
    const other = await mintOrganization(db);
    const foreign = await mintEngine(db, other.id);
    expect((await ask(foreign.name, { calls: [heard.id] }, other.key)).body).toMatchObject({ estimate: { calls: 0 } });
    expect(api.recorded.jobs).toEqual([]);
  });

  it.for<[string, object, string[]]>([
    ["no calls", { action: "tag", tags: ["a"] }, ["calls"]],
    ["calls and a filter", { action: "tag", tags: ["a"], calls: ["x"], filter: { tag: "a" } }, ["calls"]],
    ["a filter of nothing", { action: "tag", tags: ["a"], filter: {} }, ["filter"]],
    ["an unknown campaign", { action: "untag", tags: ["a"], filter: { campaign_id: "9" } }, ["campaign_id"]],
    ["too many", { action: "tag", tags: ["a"], calls: unknownCalls(1001) }, ["calls"]],
    ["what another action needs", { action: "replay", tags: ["a"], calls: ["x"] }, ["tags"]],
  ])("is refused with %s", async ([, body, fields], { expect }) => {
    const { key } = await mintOrganization(db);
    const answer = await apiClient().post("/v1/bulk", { key, body });
    expect([answer.status, fieldsOf(answer)]).toEqual([422, fields]);
  });

  it("needs the permission that the act on one call needs", async ({ expect }) => {
    const organization = await mintOrganization(db);
    const caller = callerOf(organization, { scopes: ["calls:read"] });
    const started = await startBulk(
      apiClient().deps,
      caller,
      { action: "tag", params: { tags: ["a"] }, selection: { ids: ["x"] } },
      ACT_AT_NOON,
    );
    expect(started).toEqual({ ok: false, error: { kind: "permission_missing", permission: "calls:write" } });
  });
});

describe("a job", () => {
  it("comes to every call once, however often its messages come, and can be watched", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const made = await mintCalls(id, 110);
    const api = apiClient();
    const ids = [...made, "call_unknown"];
    const begun = await api.post("/v1/bulk", { key, body: { action: "tag", tags: ["a"], calls: ids } });
    expect([begun.status, begun.body.state, begun.body.total]).toEqual([202, "open", 111]);
    const path = begun.headers.get("location") ?? "";
    await workOff(api);
    const { body } = await api.get(path, { key });
    expect(body).toMatchObject({ state: "completed", total: 111, done: 111, changed: 110, failed: 1 });
    const [tagged] = await db.select().from(calls).where(eq(calls.id, made[0]!));
    expect(tagged?.tags).toEqual(["a"]);
    const updates = await db
      .select()
      .from(events)
      .where(and(eq(events.organizationId, id), eq(events.type, "call.updated")));
    expect(updates.length).toBe(110);
    const results = await readAll(api, `${path}/results`, key);
    expect(results.map((one) => one.id)).toEqual(ids);
    expect(results.filter(({ status }) => status !== 200)).toMatchObject([{ id: "call_unknown", status: 404 }]);
    const log = await db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.organizationId, id), eq(auditLog.resourceId, body.id)));
    expect(log.map(({ action }) => action)).toEqual(["job.created"]);
  });

  it("by a filter goes through all that match, also where the act takes them out of the filter", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    await mintCalls(id, 105, { tags: ["a"] });
    await mintCall(db, id, { tags: ["b"] });
    const api = apiClient();
    const begun = await api.post("/v1/bulk", { key, body: { action: "untag", tags: ["a"], filter: { tag: "a" } } });
    expect([begun.status, begun.body.total]).toEqual([202, null]);
    await workOff(api);
    const { body } = await api.get(`/v1/jobs/${begun.body.id}`, { key });
    expect(body).toMatchObject({ state: "completed", total: 105, done: 105, changed: 105, failed: 0 });
    expect((await api.get("/v1/tags", { key })).body.data).toEqual([{ tag: "b", calls: 1 }]);
    // It can be undone, so that each is known.
    expect(await readAll(api, `/v1/jobs/${begun.body.id}/results`, key)).toHaveLength(105);
  });

  it("goes on after a process that died, and does nothing twice", async ({ expect }) => {
    const organization = await mintOrganization(db);
    const { id, key } = organization;
    const made = await mintCalls(id, 101);
    const api = apiClient();
    const begun = await api.post("/v1/bulk", { key, body: { action: "tag", tags: ["a"], calls: made } });
    const name = { organizationId: id, id: begun.body.id as string };
    // It claimed the job, did the first page, and was gone before it could write how far it was.
    await claimWork(db, jobWork, name, NOON);
    const page = { organizationId: id, reach: FULL_REACH, callIds: made.slice(0, 100), change: { add: ["a"] } };
    await changeTagsOfCalls(api.deps, page, ACT_AT_NOON);
    await workOff(api);
    expect((await api.get(`/v1/jobs/${name.id}`, { key })).body).toMatchObject({ state: "open", done: 0 });
    await nudgeOpenJobs({ db, nudges: api.deps.nudges }, NOON + 5 * MINUTE);
    await workOff(api, NOON + 5 * MINUTE);
    expect((await api.get(`/v1/jobs/${name.id}`, { key })).body).toMatchObject({
      state: "completed",
      done: 101,
      changed: 1,
      failed: 0,
    });
    expect((await db.select().from(events).where(eq(events.organizationId, id))).length).toBe(101);
  });

  it("that is cancelled begins nothing more, and keeps what was done", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const api = apiClient();
    const begun = await api.post("/v1/bulk", { key, body: { action: "tag", tags: ["a"], calls: unknownCalls(450) } });
    const message = api.recorded.jobs.shift()!;
    await workOnJob({ ...api.deps, now: () => NOON }, message);
    const path = `/v1/jobs/${begun.body.id}`;
    expect((await api.get(path, { key })).body).toMatchObject({ state: "open", done: 400 });
    const cancelled = await api.post(`${path}/cancel`, { key });
    expect([cancelled.status, cancelled.body.state]).toEqual([200, "cancelled"]);
    await workOff(api);
    expect((await api.get(path, { key })).body).toMatchObject({ state: "cancelled", done: 400, total: 450 });
    expect((await api.post(`${path}/cancel`, { key })).body.state).toBe("cancelled");
    const entries = await db.select().from(auditLog).where(eq(auditLog.organizationId, id));
    expect(entries.filter(({ action }) => action === "job.cancelled").length).toBe(1);
  });

  it("that is cancelled while a page is under way writes that page, and stops", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const made = await mintCalls(id, 101);
    const api = apiClient();
    const begun = await api.post("/v1/bulk", { key, body: { action: "tag", tags: ["a"], calls: made } });
    const path = `/v1/jobs/${begun.body.id}`;
    const nudges = {
      ...api.deps.nudges,
      events: async () => void (await api.post(`${path}/cancel`, { key })),
    };
    await workOnJob({ ...api.deps, nudges, now: () => NOON }, api.recorded.jobs.shift()!);
    expect((await api.get(path, { key })).body).toMatchObject({ state: "cancelled", done: 100, changed: 100 });
  });

  it("keeps to what whoever began it may do, then and now", async ({ expect }) => {
    const organization = await mintOrganization(db);
    const { id, key, apiKeyId } = organization;
    const campaign = await mintCampaign(db, id);
    const [within, beyond] = [await mintCall(db, id, { campaignId: campaign.id }), await mintCall(db, id)];
    const api = apiClient();
    const asked: BulkRequest = {
      action: "tag",
      params: { tags: ["a"] },
      selection: { ids: [within.id, beyond.id, ...unknownCalls(100)] },
    };
    const act = { ...ACT_AT_NOON, actor: { kind: "apiKey", id: apiKeyId } as const };
    const limited = callerOf(organization, { reach: reachOfCampaign(campaign.id) });
    const first = await startBulk(api.deps, limited, asked, act);
    if (!first.ok || first.value.kind !== "job") throw new Error("no job was begun");
    await workOff(api);
    expect((await api.get(`/v1/jobs/${first.value.job.id}`, { key })).body).toMatchObject({ changed: 1, failed: 101 });
    expect((await api.get(`/v1/calls/${beyond.id}`, { key })).body.tags).toEqual([]);
    const second = await startBulk(api.deps, callerOf(organization), asked, act);
    if (!second.ok || second.value.kind !== "job") throw new Error("no job was begun");
    await db.update(apiKeys).set({ revokedAt: NOON }).where(eq(apiKeys.id, apiKeyId));
    await workOff(api);
    const row = await db.select().from(jobs).where(eq(jobs.id, second.value.job.id)).get();
    expect([row?.state, row?.reason, row?.done]).toEqual(["failed", "permission_missing", 0]);
  });

  it("of somebody else is seen by who reaches the whole organization and may do the same", async ({ expect }) => {
    const organization = await mintOrganization(db);
    const job = await mintJob(db, organization.id, { action: "replay" });
    const { listJobs, readJob } = await import("../../src/bulk");
    const sees = async (overrides: Partial<Caller>) => {
      const caller = callerOf(organization, overrides);
      const [listed, read] = [await listJobs(db, caller, { limit: 10 }), await readJob(db, caller, job.id)];
      expect(listed.length === 1).toBe(read.ok);
      return read.ok;
    };
    expect(await sees({})).toBe(true);
    expect(await sees({ scopes: ["calls:read", "calls:write"] })).toBe(false);
    expect(await sees({ reach: { campaigns: ["cmp_x"], operators: null } })).toBe(false);
    expect(await sees({ scopes: [], actor: { kind: "user", id: "usr_owner_of_the_job" } })).toBe(true);
  });

  it("of replays gives endpoints the same replay, however often a page is done", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    await mintEndpoint(db, id);
    const call = await mintCall(db, id);
    await mintEvent(db, call, 1);
    const api = apiClient();
    const begun = await api.post("/v1/bulk", {
      key,
      body: { action: "replay", calls: [call.id, ...unknownCalls(10)] },
    });
    const message = { organizationId: id, jobId: begun.body.id as string };
    const again = { cursor: null, state: "open", leaseUntil: 0, endedAt: null } as const;
    for (let time = 0; time < 2; time += 1) {
      await workOnJob({ ...api.deps, now: () => NOON }, message);
      await db.delete(jobResults).where(eq(jobResults.jobId, message.jobId));
      await db.update(jobs).set(again).where(eq(jobs.id, message.jobId));
    }
    const replays = api.recorded.enqueued.map(({ marks }) => marks?.replay);
    expect(replays.length).toBe(2);
    expect(new Set(replays).size).toBe(1);
  });

  it("of analyses asks an engine once for each recording, however often a page is done", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const engine = await mintEngine(db, id);
    const call = await mintCall(db, id);
    const analysis = await mintAnalysis(db, call, `rec_${call.id.slice(5)}_x`);
    const bare = await mintCall(db, id);
    const api = apiClient();
    const asked = { action: "analyse", engine: engine.name, calls: [call.id, bare.id, ...unknownCalls(9)] };
    expect((await api.post("/v1/bulk", { key, body: { ...asked, engine: "nobody" } })).status).toBe(422);
    const begun = await api.post("/v1/bulk", { key, body: asked });
    expect([begun.status, begun.body.total]).toEqual([202, 11]);
    const message = { organizationId: id, jobId: begun.body.id as string };
    const again = { cursor: null, state: "open", leaseUntil: 0, endedAt: null } as const;
    const results = [];
    for (let time = 0; time < 2; time += 1) {
      await workOnJob({ ...api.deps, now: () => NOON }, message);
      results.push((await api.get(`/v1/jobs/${message.jobId}/results`, { key })).body.data.slice(0, 2));
      // The engine has answered, the worker died before it wrote how far it was.
      await db.update(analyses).set({ state: "completed" }).where(eq(analyses.id, analysis.id));
      await db.delete(jobResults).where(eq(jobResults.jobId, message.jobId));
      await db.update(jobs).set(again).where(eq(jobs.id, message.jobId));
    }
    const [first, second] = results.map((page) => page.map((one: { changed: boolean }) => one.changed));
    expect([first, second]).toEqual([
      [true, false],
      [false, false],
    ]);
    expect(results[0][1].error.code).toBe("not_found");
    const row = await db.select().from(analyses).where(eq(analyses.id, analysis.id)).get();
    expect(row?.engines).toMatchObject([{ engine: engine.name }]);
  });

  it("is worked on by the consumer of its queue, beside other messages", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const job = await mintJob(db, id, { actor: { kind: "system" } });
    const acked: unknown[] = [];
    const body = { kind: "job", organizationId: id, jobId: job.id };
    const message = { id: "m", timestamp: new Date(), body, attempts: 1, ack: () => acked.push(body), retry: () => {} };
    await consume({ queue: "trunkline-ingest", messages: [message] } as unknown as MessageBatch, jobDeps(env));
    expect(acked).toEqual([body]);
    const row = await db.select().from(jobs).where(eq(jobs.id, job.id)).get();
    expect([row?.state, row?.done]).toEqual(["completed", 1]);
  });

  it("is forgotten thirty days after its end", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const ended = { state: "completed" as const, endedAt: NOON };
    const old = await mintJob(db, id, { ...ended, endedAt: NOON - 31 * DAY });
    const [recent, open] = [await mintJob(db, id, ended), await mintJob(db, id)];
    for (const { id: jobId } of [old, recent])
      await db.insert(jobResults).values({ organizationId: id, jobId, page: 0, results: [] });
    await forgetOldJobs(db, NOON, 1000);
    const left = await db.select({ id: jobs.id }).from(jobs).where(eq(jobs.organizationId, id));
    expect(left.map((one) => one.id).toSorted()).toEqual([recent.id, open.id].toSorted());
    const results = await db.select().from(jobResults).where(eq(jobResults.organizationId, id));
    expect(results.map(({ jobId }) => jobId)).toEqual([recent.id]);
  });
});

type Result = { id: string; status: number };

async function readAll(api: ReturnType<typeof apiClient>, path: string, key: string): Promise<Result[]> {
  const found: Result[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const { body }: { body: { data: Result[]; next_cursor: string | null } } = await api.get(
      `${path}?limit=40${cursor === "" ? "" : `&cursor=${cursor}`}`,
      { key },
    );
    found.push(...body.data);
    cursor = body.next_cursor;
  }
  return found;
}

describe("what a job did", () => {
  /** A job of these calls that is done, and what it changed. */
  async function done(organization: Organization, asked: BulkRequest) {
    const api = apiClient();
    const started = await startAsJob({ ...api.deps, now: () => NOON }, callerOf(organization), asked, {
      ...ACT_AT_NOON,
      id: newId("job", NOON),
    });
    if (!started.ok) throw new Error(JSON.stringify(started.error));
    await workOff(api);
    return { api, id: started.value.id };
  }

  it("is undone once: calls go to where each was before, those moved since stay", async ({ expect }) => {
    const organization = await mintOrganization(db);
    const { id: organizationId, key } = organization;
    const [from, to, third] = [
      await mintCampaign(db, organizationId),
      await mintCampaign(db, organizationId),
      await mintCampaign(db, organizationId),
    ];
    const chosen = { ranks: { campaign: 4 } };
    const [waiting, placed, there, since] = [
      await mintCall(db, organizationId, { quarantine: "unknown_campaign" }),
      await mintCall(db, organizationId, { campaignId: from.id, ...chosen }),
      await mintCall(db, organizationId, { campaignId: to.id, ...chosen }),
      await mintCall(db, organizationId, { campaignId: from.id }),
    ];
    const ids = [waiting.id, placed.id, there.id, since.id, "call_unknown"];
    const move = { action: "move", params: { campaignId: String(to.number) }, selection: { ids } } as const;
    const { api, id } = await done(organization, move);
    expect(api.recorded.placements).toMatchObject([{ campaignId: to.id }]);
    expect(api.recorded.placements[0]?.callIds.toSorted()).toEqual([waiting.id, placed.id, since.id].toSorted());
    await db.update(calls).set({ campaignId: to.id, quarantine: null }).where(eq(calls.id, waiting.id));
    await db.update(calls).set({ campaignId: third.id }).where(eq(calls.id, since.id));
    api.recorded.placements.splice(0);

    const undone = await api.post(`/v1/jobs/${id}/undo`, { key });
    expect([undone.status, undone.body.action]).toEqual([202, "undo"]);
    await workOff(api);
    expect(api.recorded.placements).toHaveLength(2);
    expect(api.recorded.placements).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ callIds: [waiting.id], campaignId: null, reason: "unknown_campaign", stays: false }),
        // Not placed yet, as far as the database says: it is not to be.
        expect.objectContaining({ callIds: [placed.id], campaignId: from.id, stays: true }),
      ]),
    );
    const again = await api.post(`/v1/jobs/${id}/undo`, { key });
    expect([again.status, again.body.id]).toEqual([202, undone.body.id]);
    const job = await api.get(`/v1/jobs/${undone.body.id}`, { key });
    expect(job.body).toMatchObject({ state: "completed", done: 3, changed: 2, failed: 1 });
    const results = await api.get(`/v1/jobs/${undone.body.id}/results`, { key });
    expect(results.body.data).toMatchObject([{ id: since.id, status: 409 }]);
    const entries = await db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.organizationId, organizationId), eq(auditLog.resourceId, waiting.id)));
    expect(entries.map(({ after }) => after)).toEqual(
      expect.arrayContaining([{ campaign_id: to.id }, { campaign_id: null }].map((one) => JSON.stringify(one))),
    );
    expect(entries).toHaveLength(2);
  });

  it("by a filter is undone too, for the calls that it changed", async ({ expect }) => {
    const organization = await mintOrganization(db);
    const ids = await mintCalls(organization.id, 130, { direction: "inbound" });
    const had = await mintCall(db, organization.id, { direction: "inbound", tags: ["vip"] });
    const filter = { direction: "inbound" } as const;
    const { api, id } = await done(organization, { action: "tag", params: { tags: ["vip"] }, selection: { filter } });
    await api.post(`/v1/jobs/${id}/undo`, { key: organization.key });
    await workOff(api);
    const tagged = await db.select().from(calls).where(eq(calls.organizationId, organization.id));
    expect(tagged.filter(({ tags }) => tags.length > 0).map((call) => call.id)).toEqual([had.id]);
    expect(ids).toHaveLength(130);
  });

  it("of several tags takes each call's own back, whichever it had before, and gives back what it took off", async ({
    expect,
  }) => {
    const organization = await mintOrganization(db);
    const { id: organizationId, key } = organization;
    const [both, first, none] = [
      await mintCall(db, organizationId, { tags: ["a", "b", "own"] }),
      await mintCall(db, organizationId, { tags: ["a"] }),
      await mintCall(db, organizationId, { tags: [] }),
    ];
    const calledOf = async () =>
      Promise.all(
        [both, first, none].map(async ({ id }) => (await db.select().from(calls).where(eq(calls.id, id)))[0]?.tags),
      );
    const ids = [both.id, first.id, none.id];
    const before = await calledOf();
    for (const [action, meanwhile] of [
      [
        "tag",
        [
          ["a", "b", "own"],
          ["a", "b"],
          ["a", "b"],
        ],
      ],
      ["untag", [["own"], [], []]],
    ] as const) {
      const { api, id } = await done(organization, { action, params: { tags: ["a", "b"] }, selection: { ids } });
      expect(await calledOf(), action).toEqual(meanwhile);
      // What is kept of each call names no tag of it.
      const rows = await db.select({ results: jobResults.results }).from(jobResults).where(eq(jobResults.jobId, id));
      expect(JSON.stringify(rows)).not.toMatch(/"(a|b|own)"/);
      const undone = await api.post(`/v1/jobs/${id}/undo`, { key });
      await workOff(api);
      expect(await calledOf(), `${action} undone`).toEqual(before);
      const job = await api.get(`/v1/jobs/${undone.body.id}`, { key });
      expect(job.body).toMatchObject({ state: "completed", changed: 2, failed: 0 });
    }
    const entries = await db.select().from(auditLog).where(eq(auditLog.resourceId, none.id));
    expect(entries.map(({ action }) => action)).toEqual(["call.tagged", "call.tagged"]);
  });

  it("by a filter that Workers of before do not know has none that these would read", async ({ expect }) => {
    const organization = await mintOrganization(db);
    const ids = await mintCalls(organization.id, 3);
    const tag = { action: "tag" as const, params: { tags: ["vip"] } };
    const selected = async (filter: FoundBy) => {
      const { id } = await done(organization, { ...tag, selection: { filter } });
      const [job] = await db.select().from(jobs).where(eq(jobs.id, id));
      return [job?.selection, job?.state, job?.changed];
    };
    const [verdict, unseen] = [{ verdict: { is: "passed" } }, { verdict: { is: "not_reviewed" } }] as const;
    expect(await selected(verdict)).toEqual([{ found: verdict }, "completed", 0]);
    expect(await selected({ topic: "refunds" })).toEqual([{ found: { topic: "refunds" } }, "completed", 0]);
    expect(await selected(unseen)).toEqual([{ found: unseen }, "completed", ids.length]);
    expect(await selected({ tag: "vip" })).toEqual([{ filter: { tag: "vip" } }, "completed", 0]);
    // What was stored before it had another name is read too.
    const job = await mintJob(db, organization.id, {
      ...tag,
      action: "untag",
      selection: { filter: verdict },
      actor: callerOf(organization).actor,
    });
    await workOnJob({ ...apiClient().deps, now: () => NOON }, { organizationId: organization.id, jobId: job.id });
    expect(await db.select().from(jobs).where(eq(jobs.id, job.id))).toMatchObject([{ state: "completed", done: 0 }]);
  });

  it("is not undone where that cannot be, nor by whom that is not allowed", async ({ expect }) => {
    const organization = await mintOrganization(db);
    const { id: organizationId, key } = organization;
    const over = { state: "completed", changed: 1, endedAt: NOON } as const;
    const minted = async (overrides: Parameters<typeof mintJob>[2]) =>
      (await mintJob(db, organizationId, { id: newId("job", NOON), ...overrides })).id;
    const api = apiClient();
    const statusOf = async (id: string, by = key) => (await api.post(`/v1/jobs/${id}/undo`, { key: by })).status;
    expect(await statusOf(await minted({ ...over, params: { tags: ["a", "b"] } }))).toBe(409);
    expect(await statusOf(await minted({ ...over, action: "replay", params: {} }))).toBe(409);
    expect(await statusOf(await minted({}))).toBe(409);
    expect(await statusOf(await minted({ ...over, changed: 0 }))).toBe(409);
    const reader = await mintApiKey(db, { organizationId, scopes: ["calls:read"] });
    const other = await mintOrganization(db);
    const job = await minted({ ...over, actor: { kind: "apiKey", id: reader.row.id } });
    expect(await statusOf(job, reader.key)).toBe(403);
    expect(await statusOf(job, other.key)).toBe(404);
    expect(await statusOf(job)).toBe(202);
  });
});
