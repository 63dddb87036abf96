import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallFacts } from "../../src/calls";
import { activeRules, condition, createRule } from "../../src/analysis";
import { updateCampaign } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { depsOf } from "../../src/deps";
import { FULL_REACH } from "../../src/identity";
import { askEngine } from "../../src/pipeline";
import { REDACTION_ENGINE } from "../../src/recordings";
import { ACT_AT_NOON, mintCampaign, mintOrganization, mintSource, NOON } from "../factories";
import { newPipeline } from "./pipeline";
import { report, type Platform } from "./report-calls";

// What the platform of a call found, which is about what was said: masked before it is stored or told.

const db = openDatabase(env.DB);
const CARD = "4111 1111 1111 1111";
const MAIL = "zoe@example.com";
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

async function redact(): Promise<void> {
  const target = { organizationId: organization.id, reach: FULL_REACH, id: platform.campaignId! };
  await updateCampaign({ db }, target, { settings: { redact: ["card_number", "email"] } }, ACT_AT_NOON);
}

/** All that is stored and told of what was found. */
async function kept() {
  const [analyses, alerts, events] = await Promise.all([
    db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id)),
    db.select().from(schema.alerts).where(eq(schema.alerts.organizationId, organization.id)),
    db.select().from(schema.events).where(eq(schema.events.organizationId, organization.id)),
  ]);
  return { analyses, alerts, events, text: JSON.stringify([analyses, alerts, events]) };
}

function found(said: string, at = NOON): Partial<CallFacts> {
  const review = { event: `reviewed ${at}`, by: "Ana", result: "fraud", note: `It was ${CARD}.` };
  const risk = { score: 95, level: "critical" as const, evidence: [said] };
  return { externalId: "one", findings: { version: "1", at, error: null, channels: null, risk, review } };
}

/** The whole of calls, as they are stored. */
async function storedCalls(): Promise<string> {
  return JSON.stringify(await db.select().from(schema.calls).where(eq(schema.calls.organizationId, organization.id)));
}

describe("what a platform found of a call whose campaign redacts", () => {
  it("is masked in its analysis, its alert and its events, and nothing new where it is told again", async () => {
    await redact();
    await report(platform, [found(`They gave ${CARD} twice.`)]);
    const first = await kept();
    expect(first.text).not.toMatch(/4111/);
    expect(first.text).toContain("[card number] twice");
    expect(first.alerts).toHaveLength(1);
    expect(first.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["analysis.completed", "fraud.high_risk", "fraud.critical"]),
    );
    await report(platform, [found(`They gave ${CARD} twice.`)]);
    expect((await kept()).events).toHaveLength(first.events.length);
  });

  it("is masked where it was found before, with the next notice of it, also in what is told to have changed", async () => {
    await report(platform, [found(`They gave ${CARD}.`)]);
    const before = await kept();
    expect(before.text).toMatch(/4111/);
    await redact();
    await report(platform, [found("They gave nothing.", NOON + 1)]);
    const after = await kept();
    expect(JSON.stringify(after.analyses)).not.toMatch(/4111/);
    const news = after.events.slice(before.events.length);
    expect(news.map(({ type }) => type)).toContain("analysis.updated");
    expect(JSON.stringify(news)).not.toMatch(/4111/);
  });
});

describe("a call of which no recording is kept", () => {
  it("has everything that is stored of it masked when redaction is asked for, however often", async () => {
    const conditions = [condition.parse({ kind: "phrase", phrases: ["my card is *"] })];
    const content = { name: "Card", campaignId: null, enabled: true, weight: 60, script: null, conditions };
    const within = { organizationId: organization.id, reach: FULL_REACH };
    expect((await createRule({ db }, within, content, ACT_AT_NOON)).ok).toBe(true);
    const said = { ...found(`They gave ${CARD}.`), transcript: `bot: hello\nhuman: my card is ${CARD} thanks` };
    const [callId] = await report(platform, [said], env.DB, (id) => activeRules(db, id));
    const before = await kept();
    expect(before.analyses.filter((row) => /4111/.test(JSON.stringify(row)))).toHaveLength(2);
    await redact();
    const line = newPipeline();
    for (let time = 0; time < 2; time += 1) {
      const asked = await askEngine(
        depsOf(line.env),
        { ...within, callId: callId! },
        { engine: REDACTION_ENGINE },
        ACT_AT_NOON,
      );
      expect(asked).toEqual({ ok: true, value: [] });
      const after = await kept();
      expect(after.analyses.map(({ id }) => id)).toEqual(before.analyses.map(({ id }) => id));
      expect(after.text).not.toMatch(/4111/);
      expect(JSON.stringify(after.analyses)).toContain("[card number]");
    }
    const other = await mintOrganization(db);
    const elsewhere = { organizationId: other.id, reach: FULL_REACH, callId: callId! };
    expect((await askEngine(depsOf(line.env), elsewhere, { engine: REDACTION_ENGINE }, ACT_AT_NOON)).ok).toBe(false);
  });

  it("has values from its platform masked for good, also where nothing else was, and a transcript that comes later", async () => {
    await redact();
    const call = { externalId: "one", custom: { note: MAIL } };
    await report(platform, [call]);
    const target = { organizationId: organization.id, reach: FULL_REACH, id: platform.campaignId! };
    await updateCampaign({ db }, target, { settings: { redact: [] } }, ACT_AT_NOON);
    await report(platform, [call]);
    expect(await storedCalls()).not.toContain(MAIL);
    // What it said was not deleted, so it is kept beside what is left of it.
    await report(platform, [{ ...call, transcript: `human: my card is ${CARD}` }]);
    const [row] = await db.select().from(schema.calls).where(eq(schema.calls.organizationId, organization.id));
    expect(JSON.stringify([row?.conversation, row?.custom])).not.toMatch(/4111|zoe/);
    expect(JSON.stringify(row?.unmasked)).toMatch(/4111/);
    await report(platform, [{ ...call, talkSeconds: 5 }]);
    expect(
      JSON.stringify((await db.select().from(schema.calls).where(eq(schema.calls.id, row!.id)))[0]?.unmasked),
    ).toMatch(/4111/);
  });

  it("has values masked for good where its conversation has nothing to mask", async () => {
    await redact();
    const call = { externalId: "one", custom: { note: MAIL }, transcript: "human: hello" };
    await report(platform, [call]);
    const target = { organizationId: organization.id, reach: FULL_REACH, id: platform.campaignId! };
    await updateCampaign({ db }, target, { settings: { redact: [] } }, ACT_AT_NOON);
    await report(platform, [call]);
    await report(platform, [call]);
    expect(await storedCalls()).not.toContain(MAIL);
    expect(await storedCalls()).toContain("human: hello");
  });
});
