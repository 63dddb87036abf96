import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { activeRules, condition, createRule, keptRiskOf, type RuleContent } from "../../src/analysis";
import { rulesAnalysisIdOf, type CallFacts } from "../../src/calls";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { FULL_REACH } from "../../src/identity";
import { ACT_AT_NOON, mintCampaign, mintOrganization, mintSource, NOON } from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import { newPipeline } from "./pipeline";
import { report, type Platform } from "./report-calls";

// Rules look at calls of which no recording is kept here: at their numbers, at what the platform sent of words, and at what
// it found.

const db = openDatabase(env.DB);
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let platform: Platform;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
  platform = { organizationId: organization.id, sourceId: source.id, campaignId: campaign.id };
});

afterEach(() => vi.useRealTimers());

const CODE = condition.parse({ kind: "phrase", phrases: ["read me the code"] });
const NUMBER = condition.parse({ kind: "number", numbers: ["+5411*"], party: "caller" });

async function mintRule(weight: number, conditions: RuleContent["conditions"], script: string | null = null) {
  const content = { name: "Rule", campaignId: null, enabled: true, weight, script, conditions };
  const made = await createRule({ db }, { organizationId: organization.id, reach: FULL_REACH }, content, ACT_AT_NOON);
  expect(made.ok).toBe(true);
}

const tell = (...facts: Partial<CallFacts>[]) =>
  report(platform, facts, env.DB, (organizationId) => activeRules(db, organizationId));

const SAID = { transcript: "bot: hello\nhuman: please read me the code", startedAt: NOON, fromE164: "+541155550000" };

async function events() {
  const rows = await db
    .select({ type: schema.events.type })
    .from(schema.events)
    .where(eq(schema.events.organizationId, organization.id))
    .orderBy(asc(schema.events.seq));
  return rows.map(({ type }) => type);
}

const alerts = () => db.select().from(schema.alerts).where(eq(schema.alerts.organizationId, organization.id));
const analyses = () => db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));

describe("rules look at a call without a recording", () => {
  it("warn of it by the platform's words and its numbers, once however often it is told", async () => {
    await mintRule(60, [CODE]);
    await mintRule(15, [NUMBER]);
    const call = { externalId: "one", ...SAID };
    const [id] = await tell(call);
    expect((await events()).toSorted()).toEqual([
      "analysis.completed",
      "call.completed",
      "call.processed",
      "fraud.high_risk",
    ]);
    const [alert] = await alerts();
    expect([alert?.level, alert?.score, alert?.state]).toEqual(["high", 75, "open"]);
    expect(JSON.stringify(alert?.fired)).toContain("read me the code");
    const [row] = await db.select().from(schema.calls).where(eq(schema.calls.id, id!));
    expect(row?.riskScore).toBe(75);
    await tell(call);
    await tell({ ...call, talkSeconds: 9 });
    expect((await events()).filter((type) => type.startsWith("fraud.") || type.startsWith("analysis."))).toEqual([
      "analysis.completed",
      "fraud.high_risk",
    ]);
    expect(await alerts()).toHaveLength(1);
  });

  it("count repeats, and what the platform found, with one warning of both", async () => {
    await mintRule(70, [condition.parse({ kind: "repeat", party: "caller", calls: 3, within_minutes: 60 })]);
    const bare = { startedAt: NOON, fromE164: "+541155550000" };
    await tell(bare, bare);
    expect(await alerts()).toHaveLength(0);
    const risk = { score: 95, level: "critical" as const, evidence: ["It said so."] };
    const findings = { version: "1", at: NOON, error: null, channels: null, risk, review: null };
    await tell({ ...bare, startedAt: NOON + 1, findings });
    const [alert, ...others] = await alerts();
    expect([others.length, alert?.level, alert?.score]).toEqual([0, "critical", 95]);
    const fired = (alert?.fired ?? []) as { rule: unknown }[];
    expect(fired.map(({ rule }) => rule !== null)).toEqual([true, false]);
    expect((await events()).filter((type) => type.startsWith("fraud.")).toSorted()).toEqual([
      "fraud.critical",
      "fraud.high_risk",
    ]);
  });

  it("count repeats of all calls that are told of together in one query, and of none that is told again", async () => {
    await mintRule(70, [condition.parse({ kind: "repeat", party: "caller", calls: 3, within_minutes: 60 })]);
    let queries = 0;
    const DB = new Proxy(env.DB, {
      get(target, name) {
        if (name === "prepare")
          return (statement: string) => {
            if (/given\.began/.test(statement)) queries += 1;
            return target.prepare(statement);
          };
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    const rules = (organizationId: string) => activeRules(db, organizationId);
    const of = (externalId: string, after: number, more: Partial<CallFacts> = {}) => ({
      externalId,
      startedAt: NOON + after,
      fromE164: "+541155550000",
      ...more,
    });
    await report(platform, [of("one", 0), of("two", 1)], DB, rules);
    expect([queries, (await alerts()).length]).toEqual([1, 0]);
    await report(platform, [of("three", 2), of("four", 3), of("five", 3, { fromE164: "+541155551111" })], DB, rules);
    expect([queries, (await alerts()).length]).toEqual([2, 2]);
    await report(platform, [of("three", 2, { talkSeconds: 9 }), of("four", 3)], DB, rules);
    expect([queries, (await alerts()).length]).toEqual([2, 2]);
  });

  it("look when it has its campaign and has ended, and not before", async () => {
    await mintRule(70, [NUMBER]);
    const waiting = { ...platform, campaignId: null };
    const rules = (organizationId: string) => activeRules(db, organizationId);
    await report(waiting, [{ externalId: "waits", ...SAID }], env.DB, rules);
    await tell({ externalId: "goes on", outcome: null, ...SAID });
    expect(await analyses()).toEqual([]);
    await tell({ externalId: "goes on", ...SAID });
    expect((await analyses()).map(({ engine }) => engine)).toEqual(["rules"]);
  });

  it("take back what holds no more, and write nothing of a call of which nothing can be known", async () => {
    await mintRule(0, [CODE], "Greeting");
    await tell({ externalId: "silent", fromE164: "+5491100000000" });
    expect(await analyses()).toEqual([]);
    await mintRule(70, [condition.parse({ kind: "score", name: "Stress", at_least: 50 })]);
    const scored = (Stress: number, at: number) => ({
      externalId: "scored",
      findings: {
        version: "1",
        at,
        error: null,
        channels: [{ scores: { Stress }, talkSeconds: null }],
        risk: null,
        review: null,
      },
    });
    const [id] = await tell(scored(60, NOON));
    const ofRules = async () => (await analyses()).find((one) => one.id === rulesAnalysisIdOf(id!));
    expect(keptRiskOf((await ofRules())!).claims.map(({ score }) => score)).toEqual([69]);
    await tell(scored(10, NOON + 1));
    expect(keptRiskOf((await ofRules())!).claims).toEqual([]);
    expect((await events()).filter((type) => type === "analysis.updated").length).toBeGreaterThan(0);
  });

  it("look at a call whose recording could not be had", async () => {
    await mintRule(70, [condition.parse({ kind: "number", numbers: ["+549116795*"], party: "caller" })]);
    const line = newPipeline();
    line.audio = () => new Response("no", { status: 404 });
    const headers = { "x-api-key": organization.key, "content-type": "application/json" };
    expect((await line.post("/webhook/anura/", anuraNotice(), headers)).status).toBe(200);
    await line.run();
    for (let day = 1; day <= 9; day += 1) {
      vi.setSystemTime(NOON + day * 86_400_000);
      await line.cron();
      await line.run();
    }
    const states = await db
      .select({ state: schema.recordings.state })
      .from(schema.recordings)
      .where(eq(schema.recordings.organizationId, organization.id));
    expect(states).toEqual([{ state: "failed" }]);
    expect(await alerts()).toHaveLength(1);
  });
});
