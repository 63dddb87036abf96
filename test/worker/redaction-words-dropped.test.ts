import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { updateCampaign, type CampaignOptions } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { FULL_REACH } from "../../src/identity";
import { redactStored } from "../../src/pipeline/redact-stored";
import { ACT_AT_NOON, mintCall, mintCampaign, mintOrganization, mintRecording, mintSource, NOON } from "../factories";
import { report, type Platform } from "./report-calls";

// Where a campaign keeps no originals, what platforms send of words is not kept as it came either.

const db = openDatabase(env.DB);
const bucket = env.BUCKET;
const CARD = "4111 1111 1111 1111";
const SAID = `my card is ${CARD}`;
const MASKED = "my card is [card number]";
let organizationId: string;
let platform: Platform;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  organizationId = (await mintOrganization(db)).id;
  const campaign = await mintCampaign(db, organizationId);
  const source = await mintSource(db, organizationId, { kind: "audian", campaignId: campaign.id });
  platform = { organizationId, sourceId: source.id, campaignId: campaign.id };
});

afterEach(() => vi.useRealTimers());

async function configure(settings: CampaignOptions): Promise<void> {
  const target = { organizationId, reach: FULL_REACH, id: platform.campaignId! };
  await updateCampaign({ db }, target, { settings }, ACT_AT_NOON);
}

const KEEPS_NONE = { redact: ["card_number" as const], dropOriginals: true };

async function callOf(id: string | undefined) {
  return (await db
    .select()
    .from(schema.calls)
    .where(eq(schema.calls.id, id ?? ""))
    .get())!;
}

async function hold(kind: "call" | "caller" | "campaign", subject: string): Promise<void> {
  const one = { organizationId, id: `hld_${kind}`, kind, subject, reason: "Case", actor: "usr_1", createdAt: NOON };
  await db.insert(schema.legalHolds).values(one);
}

async function deletions(): Promise<string[]> {
  const { organizationId: of, action, resourceId } = schema.auditLog;
  const isOne = and(eq(of, organizationId), eq(action, "call.original_deleted"));
  return (await db.select({ resourceId }).from(schema.auditLog).where(isOne)).map((one) => one.resourceId);
}

function said(transcript: string) {
  return { agentId: null, summary: null, transcript, timeline: [], actionResults: [] };
}

describe("what a platform sends of words to a campaign that keeps no originals", () => {
  it("is stored masked alone, without a recording, and late, and again; what is left of it stays", async () => {
    await configure(KEEPS_NONE);
    const [id] = await report(platform, [{ externalId: "one", transcript: SAID }]);
    const left = { kinds: ["card_number"], conversation: said(MASKED), dropped: true };
    for (const more of [{}, { transcript: SAID }, { transcript: `${SAID}, thanks` }]) {
      await report(platform, [{ externalId: "one", ...more }]);
      const call = await callOf(id);
      expect(JSON.stringify(call)).not.toMatch(/4111/);
      expect(call.conversation?.transcript).toContain(MASKED);
      // A Worker of an earlier version takes this for what was said.
      expect(call.unmasked).toEqual({ ...left, conversation: call.conversation });
    }
    await redactStored({ db, bucket }, await callOf(id), ["card_number", "email"], NOON);
    expect((await callOf(id)).unmasked).toMatchObject({ dropped: true });
    await configure({ dropOriginals: false });
    await report(platform, [{ externalId: "one", transcript: `${SAID}, thanks, bye` }]);
    expect(JSON.stringify(await callOf(id))).not.toMatch(/4111/);
    const [other] = await report(platform, [{ externalId: "two", transcript: "nothing" }]);
    expect((await callOf(other)).unmasked).toBeNull();
  });

  it("is not brought back where it was deleted by a version that left nothing in its place", async () => {
    await configure({ redact: ["card_number"] });
    const [id] = await report(platform, [{ externalId: "one", transcript: SAID }]);
    const unmasked = { kinds: ["card_number" as const], conversation: null };
    await db
      .update(schema.calls)
      .set({ unmasked })
      .where(eq(schema.calls.id, id ?? ""));
    await report(platform, [{ externalId: "one", transcript: `${SAID}, thanks` }]);
    const call = await callOf(id);
    expect([call.conversation?.transcript, call.unmasked?.dropped]).toEqual([`${MASKED} thanks`, true]);
  });

  it("is kept under a legal hold on the call, its campaign or a party", async () => {
    await configure(KEEPS_NONE);
    const [id] = await report(platform, [{ externalId: "one" }]);
    const holds = [["call", id!] as const, ["campaign", platform.campaignId!] as const, ["caller", "5550001"] as const];
    for (const [kind, subject] of holds) {
      await hold(kind, subject);
      const externalId = kind === "call" ? "one" : kind;
      const [one] = await report(platform, [{ externalId, from: "5550001", transcript: SAID }]);
      expect((await callOf(one)).unmasked).toEqual({ kinds: ["card_number"], conversation: said(SAID) });
      await db.delete(schema.legalHolds).where(eq(schema.legalHolds.organizationId, organizationId));
    }
  });

  it("stays where it is stored already, until the call is redacted again: with an entry, and under no hold", async () => {
    await configure({ redact: ["card_number"] });
    const [id] = await report(platform, [{ externalId: "one", transcript: SAID }]);
    const kept = { kinds: ["card_number"], conversation: said(SAID) };
    expect((await callOf(id)).unmasked).toEqual(kept);
    await configure({ dropOriginals: true });
    await report(platform, [{ externalId: "one", durationSeconds: 77 }]);
    expect((await callOf(id)).unmasked).toEqual(kept);
    const again = async () => redactStored({ db, bucket }, await callOf(id), ["card_number"], NOON);
    await hold("call", id!);
    await again();
    expect((await callOf(id)).unmasked).toEqual(kept);
    await db.delete(schema.legalHolds).where(eq(schema.legalHolds.organizationId, organizationId));
    const { id: recordingId } = await mintRecording(db, await callOf(id));
    await again();
    expect([(await callOf(id)).unmasked, await deletions()]).toEqual([kept, []]);
    await db.update(schema.recordings).set({ state: "failed" }).where(eq(schema.recordings.id, recordingId));
    await again();
    await again();
    const left = { kinds: ["card_number"], conversation: said(MASKED), dropped: true };
    expect([(await callOf(id)).unmasked, await deletions()]).toEqual([left, [id]]);
  });

  it("is deleted with its entry where the call was never masked before", async () => {
    const call = await mintCall(db, organizationId, { campaignId: platform.campaignId, conversation: said(SAID) });
    await configure(KEEPS_NONE);
    await redactStored({ db, bucket }, call, ["card_number"], NOON);
    expect(JSON.stringify(await callOf(call.id))).not.toMatch(/4111/);
    expect(await deletions()).toEqual([call.id]);
  });
});
