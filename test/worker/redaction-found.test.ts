import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallFacts } from "../../src/calls";
import { updateCampaign } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { FULL_REACH } from "../../src/identity";
import { ACT_AT_NOON, mintCampaign, mintOrganization, mintSource, NOON } from "../factories";
import { report, type Platform } from "./report-calls";

// What the platform of a call found, which is about what was said: masked before it is stored or told.

const db = openDatabase(env.DB);
const CARD = "4111 1111 1111 1111";
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
  await updateCampaign({ db }, target, { settings: { redact: ["card_number"] } }, ACT_AT_NOON);
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
