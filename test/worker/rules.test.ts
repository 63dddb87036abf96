import { env } from "cloudflare:workers";
import { asc, eq, sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { condition, createRule, keptRiskOf, type RuleContent } from "../../src/analysis";
import { knownOfCall } from "../../src/analysis/rules/known";
import { updateCampaign } from "../../src/campaigns";
import { openDatabase, runBatch } from "../../src/db/client";
import { writeRow } from "../../src/db/rows";
import * as schema from "../../src/db/schema";
import type { RiskSnapshot } from "../../src/events";
import { FULL_REACH, notifyPeople } from "../../src/identity";
import { DAY, MINUTE } from "../../src/lib/time";
import { warningsOf } from "../../src/pipeline/warn";
import { changeAlert } from "../../src/quality";
import {
  ACT_AT_NOON,
  mintAnalysis,
  mintApiKey,
  mintCall,
  mintCampaign,
  mintMember,
  mintOrganization,
  NOON,
} from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import callUrl from "../fixtures/audio/two-party-call.mp3?inline";
import { apiClient } from "./api/client";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";

const db = openDatabase(env.DB);
const CALL = Uint8Array.from(atob(callUrl.slice(callUrl.indexOf(",") + 1)), (char) => char.charCodeAt(0));

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaignId: string;
let heard: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  heard = "please read me the code now";
  line = newPipeline({ TRANSCRIBE_URL: "https://transcribe.test" } as never);
  line.audio = () => new Response(CALL, { headers: { "content-type": "audio/mpeg" } });
  line.transcriber = () => {
    const words = heard.split(" ").map((word, at) => ({ word, start: at * 0.2, end: at * 0.2 + 0.15 }));
    return Response.json({ task: "transcribe", language: "english", duration: 2, text: heard, words });
  };
  organization = await mintOrganization(db);
  campaignId = (await mintCampaign(db, organization.id)).id;
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaignId };
  await updateCampaign({ db }, target, { settings: { engines: ["local"] } }, ACT_AT_NOON);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const CODE = condition.parse({ kind: "phrase", phrases: ["read me the code"] });
const QUIET = condition.parse({ kind: "measure", name: "duration_seconds", at_least: 0 });

async function mintRule(weight: number, changes: Partial<RuleContent> = {}): Promise<string> {
  const content = {
    name: "Code",
    campaignId: null,
    enabled: true,
    weight,
    script: null,
    conditions: [CODE],
    ...changes,
  };
  const within = { organizationId: organization.id, reach: FULL_REACH };
  const made = await createRule({ db }, within, content, ACT_AT_NOON);
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value.id;
}

/** A call is reported and worked on; every message about its analysis is delivered twice. */
async function report(changes: Record<string, unknown> = {}): Promise<void> {
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  expect((await line.post("/webhook/anura/", anuraNotice(changes), headers)).status).toBe(200);
  await line.run();
  const again = await db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));
  const messages = again.map(({ organizationId, callId, id: analysisId }) => ({ organizationId, callId, analysisId }));
  await line.deliver(QUEUES.analysis, messages);
  await line.run();
}

async function warnings(): Promise<{ type: string; risk: RiskSnapshot }[]> {
  const rows = await db
    .select({ type: schema.events.type, data: schema.events.data })
    .from(schema.events)
    .where(eq(schema.events.organizationId, organization.id))
    .orderBy(asc(schema.events.seq));
  return rows
    .filter(({ type }) => type.startsWith("fraud."))
    .map(({ type, data }) => ({ type, risk: (JSON.parse(data) as { risk: RiskSnapshot }).risk }));
}

const api = apiClient({
  now: () => Date.now(),
  offeredEngines: { transcribeUrl: "https://transcribe.test", ai: null },
});
const alertRows = () => db.select().from(schema.alerts).where(eq(schema.alerts.organizationId, organization.id));
const callRow = async () =>
  (await db.select().from(schema.calls).where(eq(schema.calls.organizationId, organization.id)))[0]!;

/** Has the engine hear the call again, with other rules or words. */
async function hearAgain(): Promise<void> {
  vi.setSystemTime(Date.now() + MINUTE);
  const call = await callRow();
  const asked = await api.post(`/v1/calls/${call.id}/transcript`, { key: organization.key, body: { engine: "local" } });
  expect(asked.status).toBe(202);
  const rows = await db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));
  const messages = rows.map(({ organizationId, callId, id: analysisId }) => ({ organizationId, callId, analysisId }));
  await line.deliver(QUEUES.analysis, messages);
  await line.run();
}

describe("rules", () => {
  it("warn of a call from 70 on, once, with evidence, an alert and its risk", async () => {
    const id = await mintRule(70);
    await report();
    const [warned, ...more] = await warnings();
    expect(more).toEqual([]);
    expect(warned).toMatchObject({ type: "fraud.high_risk", risk: { score: 70, level: "high", engine: "rules" } });
    expect(warned?.risk.evidence[0]).toContain("read me the code");
    const [alert, ...others] = await alertRows();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ state: "open", level: "high", score: 70, ownerId: null });
    expect(alert?.fired).toMatchObject([{ rule: { id, weight: 70 }, evidence: [{ kind: "phrase" }], said: [] }]);
    expect((await callRow()).riskScore).toBe(70);
  });

  it("warn of it as critical from 90 on, after the warning that it is high", async () => {
    await mintRule(50);
    await mintRule(40, { name: "Bank", conditions: [CODE, QUIET] });
    await report();
    expect((await warnings()).map(({ type, risk }) => [type, risk.score])).toEqual([
      ["fraud.high_risk", 90],
      ["fraud.critical", 90],
    ]);
    expect(await alertRows()).toMatchObject([{ level: "critical", score: 90 }]);
  });

  it("warn of nobody by the voice alone, below 70, switched off, for another campaign, or where there are none", async () => {
    await report();
    expect((await callRow()).riskScore).toBeNull();
    const [analysis] = await db
      .select()
      .from(schema.analyses)
      .where(eq(schema.analyses.organizationId, organization.id));
    expect(analysis?.risk).toBeNull();
    await mintRule(100, { conditions: [QUIET] });
    await mintRule(100, { enabled: false });
    await mintRule(100, { campaignId: (await mintCampaign(db, organization.id)).id });
    await hearAgain();
    expect(await warnings()).toEqual([]);
    expect(await alertRows()).toEqual([]);
    expect((await callRow()).riskScore).toBe(69);
  });

  it("note without weight, and keep the steps of a script whether they were kept to or not", async () => {
    await mintRule(0, { name: "Noted" });
    const conditions = [condition.parse({ kind: "phrase", phrases: ["good morning"], first_seconds: 60 })];
    await mintRule(0, { name: "Greets", script: "Opening", conditions });
    await report();
    const [analysis] = await db
      .select()
      .from(schema.analyses)
      .where(eq(schema.analyses.organizationId, organization.id));
    const { claims, judged } = keptRiskOf(analysis!);
    expect(claims).toEqual([]);
    expect(new Set(judged.map(({ name, script, holds }) => `${name} ${script} ${holds}`))).toEqual(
      new Set(["Greets Opening false", "Noted null true"]),
    );
    expect(await alertRows()).toEqual([]);
  });

  it("count the calls of a number within a time", async () => {
    const repeat = condition.parse({ kind: "repeat", calls: 2, within_minutes: 600 });
    await mintRule(80, { conditions: [repeat] });
    await report();
    expect(await alertRows()).toEqual([]);
    await report({ cdrid: "second" });
    expect(await alertRows()).toMatchObject([{ score: 80, fired: [{ evidence: [{ kind: "repeat", calls: 2 }] }] }]);
  });

  it("count each party in each span by itself, with one read", async () => {
    const [caller, called] = ["+5411000001", "+5411000002"];
    const ago = async (minutes: number, from: string | null, to: string | null, of = organization.id) =>
      mintCall(db, of, {
        externalId: `${minutes} ${from} ${to}`,
        startedAt: NOON - minutes * MINUTE,
        fromRaw: from,
        fromE164: null,
        toRaw: "x",
        toE164: to,
      });
    const call = await ago(0, caller, called);
    await ago(5, caller, called);
    await ago(9, null, called);
    await ago(10, caller, null);
    await ago(59, caller, "+54");
    await ago(60, caller, called);
    await ago(-1, caller, called);
    await ago(5, caller, called, (await mintOrganization(db)).id);
    const analysis = await mintAnalysis(db, call, "rec_x");
    const asked = [
      ["caller", 10],
      ["caller", 60],
      ["called", 10],
      ["called", 4],
    ] as const;
    const conditions = asked.map(([party, within_minutes]) =>
      condition.parse({ kind: "repeat", party, calls: 2, within_minutes }),
    );
    const read = vi.spyOn(env.DB, "prepare");
    const known = await knownOfCall({ db, bucket: env.BUCKET }, { call, analysis, operatorChannel: null }, [
      { conditions },
    ]);
    expect(read).toHaveBeenCalledTimes(1);
    expect(asked.map(([party, minutes]) => known.repeats(party, minutes))).toEqual([2, 4, 3, 1]);
    expect(known.repeats("called", 60)).toBeNull();
  });
});

describe("an alert", () => {
  const key = () => organization.key;
  const one = async () => (await alertRows())[0]!;

  it("is listed, taken, and decided with a reason; its rules show how often they were right", async () => {
    const ruleId = await mintRule(70);
    await report();
    const { id } = await one();
    const at = `/v1/alerts/${id}`;
    expect((await api.get("/v1/alerts?state=open", { key: key() })).body).toMatchObject({ data: [{ id }] });
    expect((await api.patch(at, { key: key(), body: { state: "false_alarm" } })).status).toBe(422);
    expect((await api.patch(at, { key: key(), body: { reason: "expected" } })).status).toBe(422);
    expect((await api.patch(at, { key: key(), body: { owner_id: "usr_nobody" } })).status).toBe(422);
    const decided = await api.patch(at, { key: key(), body: { state: "false_alarm", reason: "expected", note: "x" } });
    expect(decided.status).toBe(200);
    expect(decided.body).toMatchObject({ state: "false_alarm", reason: "expected", decided_by: expect.any(String) });
    expect(decided.body).toMatchObject({ owner_id: (decided.body as { decided_by: string }).decided_by });
    expect((await api.get("/v1/alerts?state=open", { key: key() })).body).toMatchObject({ data: [] });
    expect((await api.get(`/v1/rules/${ruleId}`, { key: key() })).body).toMatchObject({
      precision: { open: 0, confirmed: 0, false_alarms: 1, precision: 0 },
    });
    const opened = await api.patch(at, { key: key(), body: { state: "open" } });
    expect(opened.body).toMatchObject({ state: "open", reason: null, decided_by: null, decided_at: null });
    await api.patch(at, { key: key(), body: { state: "confirmed" } });
    expect((await api.get("/v1/rules", { key: key() })).body).toMatchObject({
      data: [{ precision: { confirmed: 1, false_alarms: 0, precision: 1 } }],
    });
    vi.setSystemTime(NOON + 91 * DAY);
    expect((await api.get(`/v1/rules/${ruleId}`, { key: key() })).body).toMatchObject({
      precision: { confirmed: 0, precision: null },
    });
  });

  it("stays as it was decided when the call is heard again, and is open again once it is critical", async () => {
    await mintRule(70);
    await report();
    const { id } = await one();
    await api.patch(`/v1/alerts/${id}`, { key: key(), body: { state: "false_alarm", reason: "misheard" } });
    await hearAgain();
    expect(await one()).toMatchObject({ state: "false_alarm", level: "high" });
    await mintRule(20, { name: "More" });
    await hearAgain();
    expect(await one()).toMatchObject({ state: "open", level: "critical", score: 90, decidedBy: null });
    expect((await warnings()).map(({ type }) => type)).toEqual(["fraud.high_risk", "fraud.critical"]);
  });

  it("rests on all recordings of its call, whichever ended last, and has each rule once", async () => {
    const call = await mintCall(db, organization.id, {});
    const judgedBy = (id: string, at: number, version = 1) => ({
      id,
      name: id,
      version,
      weight: 80,
      script: null,
      holds: true,
      evidence: [{ kind: "phrase", phrase: "code", quote: "the code", speaker: "operator", at }],
    });
    const claim = { engine: "rules", version: null, at: NOON, score: 80, level: "high", evidence: ["code"] };
    const riskBy = (...judged: unknown[]) => ({ claims: [claim], reviews: [], judged });
    const left = await mintAnalysis(db, call, "rec_1", { risk: riskBy(judgedBy("a", 1), judgedBy("both", 2)) });
    const right = await mintAnalysis(db, call, "rec_2", { risk: riskBy(judgedBy("both", 3, 2), judgedBy("b", 4)) });
    for (const last of [left, right]) {
      const { rows } = warningsOf(call, last, [left, right], sql`TRUE`, NOON);
      await runBatch(
        db,
        rows.map((row) => writeRow(db, row)),
      );
      expect(await alertRows()).toMatchObject([
        {
          fired: [
            { rule: { id: "a" }, evidence: [{ at: 1 }] },
            { rule: { id: "both", version: 2 }, evidence: [{ at: 2 }, { at: 3 }] },
            { rule: { id: "b" }, evidence: [{ at: 4 }] },
          ],
        },
      ]);
    }
  });

  it("is decided once by two at the same time", async () => {
    await mintRule(70);
    await report();
    const { id } = await one();
    const answers = await Promise.all([
      api.patch(`/v1/alerts/${id}`, { key: key(), body: { state: "confirmed" } }),
      api.patch(`/v1/alerts/${id}`, { key: key(), body: { state: "false_alarm", reason: "other" } }),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  it("is of its organization, and of whoever may see to it", async () => {
    await mintRule(70);
    await report();
    const { id } = await one();
    const { key: stranger } = await mintOrganization(db);
    const listed = await api.get("/v1/alerts", { key: stranger });
    expect([listed.status, listed.body]).toMatchObject([200, { data: [] }]);
    expect((await api.get(`/v1/alerts/${id}`, { key: stranger })).status).toBe(404);
    expect((await api.patch(`/v1/alerts/${id}`, { key: stranger, body: { state: "confirmed" } })).status).toBe(404);
    const reader = await mintApiKey(db, { organizationId: organization.id, scopes: ["alerts:read"] });
    expect((await api.get(`/v1/alerts/${id}`, { key: reader.key })).status).toBe(200);
    expect((await api.patch(`/v1/alerts/${id}`, { key: reader.key, body: { state: "open" } })).status).toBe(403);
  });
});

describe("a rule that is tried", () => {
  it("shows what it would find in past calls, beside the other rules, and writes nothing", async () => {
    await report();
    await mintRule(30);
    const rule = { name: "Tried", weight: 50, conditions: [CODE] };
    const tried = await api.post("/v1/rules/try", { key: organization.key, body: { rule } });
    expect(tried.status).toBe(200);
    expect(tried.body).toMatchObject({
      calls: 1,
      holds: 1,
      unknown: 0,
      new_alerts: 1,
      results: [{ holds: true, score_without: 30, score_with: 80, level: "high", evidence: [{ kind: "phrase" }] }],
    });
    const absent = { ...rule, conditions: [{ kind: "phrase", phrases: ["goodbye"] }] };
    const none = await api.post("/v1/rules/try", { key: organization.key, body: { rule: absent } });
    expect(none.body).toMatchObject({ holds: 0, new_alerts: 0 });
    expect(await alertRows()).toEqual([]);
    expect(await warnings()).toEqual([]);
    const other = await mintOrganization(db);
    const empty = await api.post("/v1/rules/try", { key: other.key, body: { rule } });
    expect(empty.body).toMatchObject({ calls: 0, results: [] });
    const scoped = await mintApiKey(db, { organizationId: organization.id, scopes: ["rules:read"] });
    expect((await api.post("/v1/rules/try", { key: scoped.key, body: { rule } })).status).toBe(404);
  });

  it("have whoever may see to an alert notified, once, again where it becomes critical, and an owner who is given one", async () => {
    const [reviewer, other] = [await mintMember(db, organization.id), await mintMember(db, organization.id)];
    await mintMember(db, organization.id, { role: "viewer" });
    const inbox = async () => {
      await notifyPeople(db);
      const rows = await db
        .select({
          kind: schema.notifications.kind,
          userId: schema.notifications.userId,
          cause: schema.notifications.cause,
        })
        .from(schema.notifications)
        .where(eq(schema.notifications.organizationId, organization.id));
      return rows
        .filter(({ kind }) => kind === "alert_raised")
        .map(({ userId, cause }) => `${userId} ${cause.split(":")[2]}`);
    };
    await mintRule(75);
    await report();
    expect((await inbox()).toSorted()).toEqual([`${reviewer.userId} 0`, `${other.userId} 0`].toSorted());
    await report();
    expect(await inbox()).toHaveLength(2);
    const [alert] = await db.select().from(schema.alerts).where(eq(schema.alerts.organizationId, organization.id));
    const within = { organizationId: organization.id, reach: FULL_REACH, id: alert!.id };
    const act = { actor: { kind: "user" as const, id: other.userId }, now: NOON + MINUTE };
    await changeAlert({ db }, within, { ownerId: other.userId }, act);
    expect(await inbox()).toHaveLength(2);
    await changeAlert({ db }, within, { ownerId: reviewer.userId }, act);
    expect(await inbox()).toContain(`${reviewer.userId} ${NOON + MINUTE}`);
  });
});
