import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { healthzAnswer } from "../../src/api";
import {
  analyses,
  apiHours,
  deadLetters,
  endpointHealth,
  endpointHours,
  events,
  healthAlarms,
  pendingStreams,
  recordings,
  sourceCounts,
  sweepRuns,
} from "../../src/db/schema";
import { addRequests, raiseAlarms, readFigures, readIntegrations, RequestCounter, type Alarm } from "../../src/health";
import { explainProblem } from "../../src/connectors";
import { FULL_REACH } from "../../src/identity";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/lib/time";
import {
  mintCall,
  mintCampaign,
  mintConnector,
  mintEndpoint,
  mintOrganization,
  mintRecording,
  mintSource,
  NOON,
  openDatabase,
} from "../factories";
import { apiClient } from "./api/client";
import { newConnector } from "./new-connector";
import { deadLetterOf, newPipeline, QUEUES } from "./pipeline";
import { expectHarmless, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const ALL = { sources: true, endpoints: true, api: true };
const NOW = NOON + 30 * MINUTE;
const api = apiClient({ now: () => NOW });

const integrationsOf = (organizationId: string) =>
  readIntegrations(db, { organizationId, reach: FULL_REACH, sees: ALL }, NOW);

async function count(organizationId: string, sourceId: string, counts: [string, string, number][], hour = NOON) {
  await db.insert(sourceCounts).values(
    counts.map(([outcome, reason, requests]) => ({
      organizationId,
      sourceId,
      sourceKind: "audian",
      hour,
      outcome: outcome as "refused",
      reason,
      requests,
      lastAt: hour + MINUTE,
    })),
  );
}

type Failure = { failureCode?: string | null; failureStatus?: number | null };

async function failingEndpoint(organizationId: string, failure: Failure) {
  const endpoint = await mintEndpoint(db, organizationId, { description: "CRM" });
  const nothing = { failureCode: null, failureStatus: null, failures: 3 };
  await db.insert(endpointHealth).values({
    ...nothing,
    endpointId: endpoint.id,
    organizationId,
    object: `${endpoint.id}/0`,
    backlog: 3,
    oldestDueAt: NOON,
    lastSuccessAt: NOON - HOUR,
    lastFailureAt: NOON,
    failingSince: NOON - 30 * MINUTE,
    updatedAt: NOON,
    ...failure,
  });
  await db.insert(endpointHours).values({
    endpointId: endpoint.id,
    organizationId,
    hour: NOON,
    attempts: 4,
    delivered: 1,
    failed: 3,
    parked: 0,
    latencies: [],
  });
  return endpoint;
}

describe("integrations", () => {
  it("have status, last sync and success rate, those that fail first", async () => {
    const { id } = await mintOrganization(db);
    const good = await mintSource(db, id, { name: "Good" });
    const bad = await mintSource(db, id, { name: "Bad" });
    const quiet = await mintSource(db, id, { name: "Quiet" });
    await mintSource(db, id, { name: "New" });
    await mintSource(db, id, { name: "Paused", state: "paused" });
    await count(id, good.id, [
      ["accepted", "", 999],
      ["refused", "invalid_json", 1],
    ]);
    await count(id, bad.id, [["refused", "wrong_signature", 5]]);
    await count(id, quiet.id, [["accepted", "", 5]], NOON - 2 * DAY);
    const found = await integrationsOf(id);
    expect(found[0]).toMatchObject({ name: "Bad", status: "failing", cause: "source_secret", successRate: 0 });
    const byName = new Map(found.map((one) => [one.name, one]));
    expect(byName.get("Good")).toMatchObject({
      status: "active",
      cause: null,
      successRate: 0.999,
      lastSyncAt: NOON + MINUTE,
    });
    expect(byName.get("New")).toMatchObject({ status: "never", cause: "source_never", lastSyncAt: null });
    expect(byName.get("Paused")).toMatchObject({ status: "paused", cause: "source_paused" });
    expect(byName.get("API")).toMatchObject({ kind: "api", id: null, status: "never", successRate: null });
    expect(found).toHaveLength(6);
  });

  it.each([
    ["the endpoint's name leads nowhere", { failureCode: "no_name" }, "endpoint_unreachable"],
    ["the endpoint is not public", { failureCode: "not_public" }, "endpoint_unreachable"],
    ["the endpoint is down", { failureCode: "connection_refused" }, "endpoint_unreachable"],
    ["the certificate is not valid", { failureCode: "bad_certificate" }, "endpoint_certificate"],
    ["the receiver answers too late", { failureCode: "slow" }, "endpoint_slow"],
    ["the receiver refuses the signature", { failureCode: "wrong_secret", failureStatus: 401 }, "endpoint_signature"],
    ["the receiver refuses the body", { failureCode: "body_refused", failureStatus: 422 }, "endpoint_refuses"],
    ["the receiver wants fewer requests", { failureCode: "throttled", failureStatus: 429 }, "endpoint_throttles"],
    ["the receiver itself fails", { failureCode: "receiver_broken", failureStatus: 500 }, "endpoint_broken"],
    ["nothing is known of the last failure", {}, "endpoint_failing"],
  ])("name the cause and the remedy where %s", async (_case, failure, cause) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await failingEndpoint(id, failure);
    const { body } = await api.get("/v1/integrations", { key });
    expect(body.data[0]).toMatchObject({ kind: "endpoint", id: endpoint.id, name: "CRM", status: "failing", cause });
    expect(body.data[0]).toMatchObject({ success_rate: 0.25, last_sync_at: new Date(NOON - HOUR).toISOString() });
    expect(body.data[0].message).toMatch(/\w{3}.*\.$/);
    expect(body.data[0].remedy).toMatch(/\w{3}.*\.$/);
  });

  it.each([
    ["wrong_token", "source_secret"],
    ["missing_signature", "source_unsigned"],
    ["unknown_key", "source_key"],
    ["timestamp_out_of_window", "source_clock"],
    ["invalid_json", "source_body"],
    ["too_many_requests", "source_too_many"],
    ["a_reason_of_a_platform", "source_refused"],
  ])("name the cause of a source whose notices are refused as %s", async (reason, cause) => {
    const { id } = await mintOrganization(db);
    const source = await mintSource(db, id);
    await count(id, source.id, [["refused", reason, 3]]);
    expect(await integrationsOf(id)).toContainEqual(expect.objectContaining({ id: source.id, cause }));
  });

  it.each([
    ["wrong_secret", "storage_credentials"],
    ["access_denied", "storage_access"],
    ["unreachable", "storage_unreachable"],
    ["wrong_bucket", "storage_place"],
    ["a_code_of_a_later_version", "storage_failing"],
  ])("name the cause of a storage whose looks end with %s", async (code, cause) => {
    const { id, key } = await mintOrganization(db);
    const trouble = { code, detail: "403", since: NOON, count: 3 };
    const looks = { lastRunAt: NOON, looks: 3, failures: 1 };
    const { id: connectorId } = await mintConnector(db, id, { name: "Exchange", trouble, ...looks });
    const { body } = await api.get("/v1/integrations", { key });
    const [found] = body.data;
    expect(found).toMatchObject({ kind: "connector", id: connectorId, name: "Exchange", status: "failing", cause });
    expect(found).toMatchObject({ success_rate: 0.75, last_sync_at: new Date(NOON).toISOString() });
    const { cause: message = cause, remedy = "" } = explainProblem(code) ?? {};
    expect([found.message, found.remedy]).toEqual([message, remedy]);
  });

  it("have storages that did not begin, rest and work", async () => {
    const { id } = await mintOrganization(db);
    await mintConnector(db, id, { name: "New" });
    await mintConnector(db, id, { name: "Paused", state: "paused" });
    await mintConnector(db, id, { name: "Good", lastRunAt: NOON, lastOkAt: NOON, looks: 1 });
    // Its last look failed, and its owner has changed it since.
    await mintConnector(db, id, { name: "Changed", lastRunAt: NOON, lastOkAt: NOON - 1, looks: 1, failures: 1 });
    const found = (await integrationsOf(id)).filter(({ kind }) => kind === "connector");
    expect(new Map(found.map(({ name, status, cause }) => [name, `${status} ${cause}`]))).toEqual(
      new Map([
        ["New", "never storage_never"],
        ["Paused", "paused storage_paused"],
        ["Good", "active null"],
        ["Changed", "never storage_never"],
      ]),
    );
  });

  it("have each storage once: the source of its calls is no other one", async () => {
    const one = await newConnector();
    const found = await integrationsOf(one.within.organizationId);
    expect(found.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["connector Exchange", "api API"]);
    // So it is on Home, whose card of them is asked for alone while it is open.
    const { text } = await visit({ id: one.within.organizationId, name: "Demo" }).page("/dashboard/live");
    expect(text.match(/<b dir="auto">[^<]*<\/b>/g)).toEqual([
      '<b dir="auto">Webhooks</b>',
      '<b dir="auto">Exchange</b>',
    ]);
  });

  it("say 429 of the API while it lasts, and how to ask less", async () => {
    const { id, key } = await mintOrganization(db);
    const hour = { organizationId: id, requests: 100, limited: 10, failed: 0, lastAt: NOON };
    await db.insert(apiHours).values({ ...hour, hour: NOON - 3 * HOUR });
    expect((await integrationsOf(id)).at(-1)).toMatchObject({ status: "active", cause: null, successRate: 0.9 });
    await db.insert(apiHours).values({ ...hour, hour: NOON });
    const { body } = await api.get("/v1/integrations", { key });
    const limited = body.data.find(({ kind }: { kind: string }) => kind === "api");
    expect(limited).toMatchObject({ status: "limited", cause: "api_limited", success_rate: 0.9 });
    expect(limited.remedy).toMatch(/Retry-After.*bulk.*plan/);
    await db.insert(apiHours).values({ ...hour, hour: NOON - HOUR, failed: 150, requests: 160 });
    expect((await integrationsOf(id))[0]).toMatchObject({ kind: "api", status: "failing", cause: "api_failing" });
  });

  it("are of one organization, and as far as somebody reaches", async () => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    await failingEndpoint(theirs.id, { failureCode: "no_name" });
    await mintSource(db, theirs.id, { name: "Theirs" });
    const campaign = await mintCampaign(db, mine.id);
    const own = await mintSource(db, mine.id, { campaignId: campaign.id });
    await mintSource(db, mine.id, { name: "Elsewhere" });
    await failingEndpoint(mine.id, { failureCode: "no_name" });
    const limited = { role: "developer", reach: { campaigns: [campaign.id], operators: null } } as const;
    const { text } = await visit(mine, limited).page("/dashboard/settings/integrations");
    expect(text).toContain(`/dashboard/sources/${own.id}`);
    expect(text).not.toMatch(/Elsewhere|CRM|Theirs|API of this deployment/);
    expect((await integrationsOf(mine.id)).map(({ name }) => name)).not.toContain("Theirs");
  });

  it("are on a page in both languages, within its budget", async () => {
    const organization = await mintOrganization(db);
    await mintSource(db, organization.id, { name: SCRIPT });
    await failingEndpoint(organization.id, { failureCode: "bad_certificate" });
    const pages = visit(organization, { now: NOW });
    const { text, trips } = await pages.page("/dashboard/settings/integrations");
    expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(text);
    expect(text).toContain("Renew the receiver&#39;s certificate.");
    expect(text).toContain("25");
    // As they are printed, each leading to where it is set up.
    for (const printed of [
      '<a href="/dashboard/connectors/new?kind=s3">S3 Configuration</a>',
      '<a href="/dashboard/connectors/new?kind=onedrive">OneDrive</a>',
      '<a href="/dashboard/webhooks">Webhooks</a>',
      '<a href="/dashboard/api">API</a>',
    ])
      expect(text).toContain(printed);
    const drive = await mintConnector(db, organization.id, {
      kind: "onedrive",
      looks: 197,
      failures: 3,
      lastRunAt: NOW,
    });
    const health = (await pages.page("/dashboard/settings/integrations")).text;
    expect(health).toContain(`<a href="/dashboard/connectors/${drive.id}">OneDrive</a>`);
    expect(health).toContain("98.5%");
    const spanish = await pages.page("/dashboard/settings/integrations", { "accept-language": "es" });
    expect(spanish.text).toContain("Renueve el certificado del receptor.");
    expect((await visit(organization, { role: "viewer" }).page("/dashboard/settings/integrations")).status).toBe(403);
  });
});

describe("requests to the API", () => {
  it("are counted in the isolate, given every 15 seconds, and added up", async () => {
    const { id } = await mintOrganization(db);
    const counter = new RequestCounter();
    for (const status of [200, 404, 429, 503]) expect(counter.note(id, status, NOON)).toEqual([]);
    const due = counter.note(id, 200, NOON + 15 * SECOND);
    expect(due).toMatchObject([{ requests: 5, limited: 1, failed: 1, lastAt: NOON + 15 * SECOND }]);
    expect(counter.note(id, 200, NOON + 16 * SECOND)).toEqual([]);
    await addRequests(db, due);
    await addRequests(db, due);
    const rows = (await db.select().from(apiHours)).filter(({ organizationId }) => organizationId === id);
    expect(rows).toMatchObject([{ hour: NOON, requests: 10, limited: 2, failed: 2, lastAt: NOON + 15 * SECOND }]);
  });
});

describe("the health of the deployment", () => {
  beforeEach(async () => {
    for (const table of [deadLetters, pendingStreams, sweepRuns, healthAlarms]) await db.delete(table);
    await db.update(recordings).set({ state: "failed" });
    await db.update(analyses).set({ state: "failed" });
  });

  it("has the age of the oldest event, of the oldest work and of the last sweep, and what queues gave up on", async () => {
    const { id } = await mintOrganization(db);
    const nothing = { dead_letters: 0, oldest_undrained_event: 0, oldest_due_work: 0, sweep_lag: 0 };
    expect(await readFigures(db, NOW)).toEqual(nothing);
    const call = await mintCall(db, id);
    await mintRecording(db, call, { state: "pending", dueAt: NOW - 40 * MINUTE });
    const event = { id: "evt_1", stream: call.id, seq: 1, organizationId: id, type: "call.created" };
    await db.insert(events).values({ ...event, recordedAt: NOW - 6 * MINUTE, data: "{}" });
    await db
      .insert(pendingStreams)
      .values({ stream: call.id, organizationId: id, fromSeq: 1, since: NOW })
      .onConflictDoNothing();
    await db.insert(sweepRuns).values({ name: "sweep", beganAt: NOW - 7 * MINUTE, endedAt: null, failed: 0 });
    await newPipeline().deliver(deadLetterOf(QUEUES.events), [{ stream: call.id, organizationId: id }]);
    const figures = await readFigures(db, Date.now());
    expect(figures.dead_letters).toBe(1);
    expect(await readFigures(db, NOW)).toMatchObject({
      oldest_undrained_event: 6 * MINUTE,
      oldest_due_work: 40 * MINUTE,
      sweep_lag: 7 * MINUTE,
    });
  });

  it("notifies the admin of what goes beyond its threshold: once, then daily, and anew after it came back", async () => {
    const told: Alarm[][] = [];
    const notify = async (alarms: readonly Alarm[]) => (told.push([...alarms]), true);
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await raiseAlarms(db, notify, NOW);
    expect(told).toEqual([]);
    await db.insert(deadLetters).values({ queue: "trunkline-ingest-dead", hour: NOON, messages: 2, lastAt: NOON });
    await raiseAlarms(db, async () => false, NOW);
    await raiseAlarms(db, notify, NOW + MINUTE);
    await raiseAlarms(db, notify, NOW + 2 * MINUTE);
    expect(told).toEqual([[{ figure: "dead_letters", value: 2, since: NOW }]]);
    expect(error.mock.calls.join()).toContain("health.beyond_threshold");
    await db
      .insert(deadLetters)
      .values({ queue: "trunkline-ingest-dead", hour: NOON + DAY, messages: 1, lastAt: NOON });
    await raiseAlarms(db, notify, NOW + DAY + MINUTE);
    expect(told).toHaveLength(2);
    await db.delete(deadLetters);
    await raiseAlarms(db, notify, NOW + DAY + 2 * MINUTE);
    expect(await db.select().from(healthAlarms)).toEqual([]);
    error.mockRestore();
  });

  it("is public in a word at /healthz, which asks D1 at most every ten seconds", async () => {
    const answer = await exports.default.fetch(new Request("https://trunkline.test/healthz"));
    expect([answer.status, await answer.json()]).toEqual([200, { status: "ok" }]);
    let [at, asks] = [NOW, 0];
    const counting = new Proxy(db, {
      get: (target, name) => (name === "select" && (asks += 1), Reflect.get(target, name)),
    });
    const isolate = {};
    const status = async () => (await healthzAnswer(isolate, { db: counting, now: () => at })).status;
    await db.insert(sweepRuns).values({ name: "sweep", beganAt: NOW - MINUTE, endedAt: null, failed: 0 });
    expect([await status(), await status(), asks]).toEqual([200, 200, 1]);
    at += 10 * SECOND;
    expect([await status(), asks]).toEqual([200, 2]);
    at += 10 * MINUTE;
    expect(await status()).toBe(503);
    const broken = {
      select: () => {
        throw new Error("no database");
      },
    } as unknown as typeof db;
    expect((await healthzAnswer({}, { db: broken, now: () => at })).status).toBe(503);
  });

  it("is there in figures with thresholds for the admin", async () => {
    const headers = { authorization: "Bearer operator-token-for-tests-only" };
    const { status, body } = await api.get("/admin/health", { headers });
    expect(status).toBe(200);
    expect(body.data).toContainEqual({ name: "sweep_lag", value: 0, threshold: 300, beyond: false });
    expect((await api.get("/admin/health", { key: (await mintOrganization(db)).key })).status).toBe(401);
  });
});
