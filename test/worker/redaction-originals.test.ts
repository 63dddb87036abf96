import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runsOf, sweepWaveforms, waveformKeyOf } from "../../src/analysis";
import { app } from "../../src/app";
import { updateCampaign, type CampaignOptions } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { FULL_REACH, PERMISSIONS } from "../../src/identity";
import { MINUTE } from "../../src/lib/time";
import { REDACTION_ENGINE, sweepRenditions } from "../../src/recordings";
import { ACT_AT_NOON, mintApiKey, mintCampaign, mintOrganization, NOON } from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import callUrl from "../fixtures/audio/two-party-call.mp3?inline";
import { newPipeline, type Pipeline } from "./pipeline";
import { visit } from "./visiting";

const db = openDatabase(env.DB);
const bucket = env.BUCKET;
const CALL = Uint8Array.from(atob(callUrl.slice(callUrl.indexOf(",") + 1)), (char) => char.charCodeAt(0));
const CARD = "4111 1111 1111 1111";

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaignId: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  line = newPipeline({ TRANSCRIBE_URL: "https://transcribe.test" } as never);
  line.audio = () => new Response(CALL, { headers: { "content-type": "audio/mpeg" } });
  let heard = 0;
  line.transcriber = () => spoken((heard += 1) === 1 ? `my card is ${CARD} thanks` : "thanks");
  organization = await mintOrganization(db);
  campaignId = (await mintCampaign(db, organization.id)).id;
});

afterEach(() => vi.useRealTimers());

/** An answer in the form of Whisper's servers: these words, a fifth of a second each. */
function spoken(text: string): Response {
  const words = text.split(" ").map((word, at) => ({ word, start: at * 0.2, end: at * 0.2 + 0.15 }));
  return Response.json({ task: "transcribe", language: "english", duration: 2, text, words });
}

async function configure(settings: CampaignOptions): Promise<void> {
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaignId };
  await updateCampaign({ db }, target, { settings }, ACT_AT_NOON);
}

async function report(): Promise<void> {
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  expect((await line.post("/webhook/anura/", anuraNotice(), headers)).status).toBe(200);
  await line.run();
}

async function ask(path: string, init: RequestInit = {}, key = organization.key) {
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const request = new Request(new URL(path, "https://trunkline.test"), { ...init, headers });
  const answer = await app.fetch(request, line.env, createExecutionContext());
  return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
}

async function recording() {
  const row = await db
    .select()
    .from(schema.recordings)
    .where(eq(schema.recordings.organizationId, organization.id))
    .get();
  return row!;
}

async function runs() {
  const [row] = await db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));
  return runsOf(row!);
}

/** The recordings whose originals the audit log says were deleted. */
async function deletions(): Promise<string[]> {
  const { organizationId, action, resourceId } = schema.auditLog;
  const isOne = and(eq(organizationId, organization.id), eq(action, "recording.original_deleted"));
  return (await db.select({ resourceId }).from(schema.auditLog).where(isOne)).map((one) => one.resourceId);
}

async function keysUnder(prefix: string): Promise<string[]> {
  return (await bucket.list({ prefix })).objects.map(({ key }) => key);
}

const redact = (callId: string) =>
  ask(`/v1/calls/${callId}/transcript`, { method: "POST", body: JSON.stringify({ engine: REDACTION_ENGINE }) });

const KEEPS_NONE = { engines: ["local"], redact: ["card_number" as const], dropOriginals: true };

describe("a campaign that keeps no originals", () => {
  it("has the muted file in the place of the recording, and nothing of what was before, words included", async () => {
    await configure(KEEPS_NONE);
    await report();
    const { id, callId, key, size, sha256, mediaType } = await recording();
    expect(await keysUnder(`renditions/${organization.id}/`)).toEqual([key]);
    expect(await keysUnder(`recordings/${organization.id}/`)).toEqual([]);
    expect([mediaType, size]).toEqual(["audio/wav", (await bucket.head(key!))?.size]);
    const [transcribed] = await runs();
    expect([transcribed?.masked, transcribed?.originalKey]).toEqual([["card_number"], null]);
    expect(await keysUnder(`originals/ana_${callId.slice(5)}`)).toEqual([]);
    expect(await bucket.head(waveformKeyOf(key!))).not.toBeNull();
    const shown = await ask(`/v1/recordings/${id}`);
    const { audio_url: link } = JSON.parse(new TextDecoder().decode(shown.bytes)) as { audio_url: string };
    const heard = await ask(link);
    expect([heard.status, heard.bytes.length]).toEqual([200, size]);
    const digest = await crypto.subtle.digest("SHA-256", heard.bytes);
    expect([...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("")).toBe(sha256);
    expect((await ask(`/v1/recordings/${id}/original`)).status).toBe(409);
    expect(await deletions()).toEqual([id]);
  });

  it("keeps nothing of what its platform sent before it was masked, nor takes it in again with a repeated notice", async () => {
    await configure({ ...KEEPS_NONE, dropOriginals: false });
    await report();
    const { callId } = await recording();
    const said = (summary: string) => ({ agentId: null, summary, transcript: null, timeline: [], actionResults: [] });
    const unmasked = { kinds: ["card_number" as const], conversation: said(`paid with ${CARD}`) };
    await db
      .update(schema.calls)
      .set({ conversation: said("paid with [card number]"), unmasked })
      .where(eq(schema.calls.id, callId));
    await configure({ dropOriginals: true });
    vi.setSystemTime(NOON + MINUTE);
    expect((await redact(callId)).status).toBe(202);
    await line.run();
    const call = async () => (await db.select().from(schema.calls).where(eq(schema.calls.id, callId)))[0]!;
    expect((await call()).unmasked).toEqual({
      kinds: ["card_number"],
      conversation: said("paid with [card number]"),
      dropped: true,
    });
    expect((await call()).conversation?.summary).toBe("paid with [card number]");
    expect(await keysUnder(`recordings/${organization.id}/`)).toEqual([]);
    await report();
    expect(JSON.stringify(await call())).not.toContain("4111");
    expect((await call()).unmasked?.kinds).toEqual(["card_number"]);
  });

  it("is not swept, whatever becomes of the run that made it", async () => {
    await configure(KEEPS_NONE);
    await report();
    const { key } = await recording();
    await db.update(schema.analyses).set({ engines: null }).where(eq(schema.analyses.organizationId, organization.id));
    await bucket.put(`${key}x`, "of a try that did not count");
    // Objects have the time of the machine, which is past the test's.
    const later = Date.UTC(2100, 0, 1);
    for (let pass = 0; pass < 3; pass += 1) await sweepRenditions(db, bucket, later, { pages: 20 });
    await sweepWaveforms(db, bucket, later, { pages: 20 });
    expect(await keysUnder(`renditions/${organization.id}/`)).toEqual([key]);
    expect(await bucket.head(waveformKeyOf(key!))).not.toBeNull();
  });

  it("is redacted again from what is left of it, and loses that too", async () => {
    await configure(KEEPS_NONE);
    await report();
    const before = await recording();
    await configure({ redact: ["card_number", "email"] });
    vi.setSystemTime(NOON + MINUTE);
    expect((await redact(before.callId)).status).toBe(202);
    await line.run();
    const after = await recording();
    expect(after.key).not.toBe(before.key);
    expect(await keysUnder(`renditions/${organization.id}/`)).toEqual([after.key]);
    expect((await runs()).at(-1)).toMatchObject({ engine: REDACTION_ENGINE, state: "completed" });
  });

  it("keeps everything where nothing is found, where the step fails, and under a legal hold", async () => {
    await configure(KEEPS_NONE);
    line.transcriber = () => spoken("nothing of that kind");
    await report();
    expect(await keysUnder(`recordings/${organization.id}/`)).toEqual([(await recording()).key]);

    const held = await mintOrganization(db);
    organization = held;
    campaignId = (await mintCampaign(db, held.id)).id;
    await configure(KEEPS_NONE);
    const hold = {
      organizationId: held.id,
      id: "hld_1",
      kind: "campaign" as const,
      subject: campaignId,
      reason: "Case",
    };
    await db.insert(schema.legalHolds).values({ ...hold, actor: "usr_1", createdAt: NOON } as never);
    let heard = 0;
    line.transcriber = () => spoken((heard += 1) === 1 ? `my card is ${CARD} thanks` : "thanks");
    await report();
    const kept = await recording();
    expect(await keysUnder(`recordings/${held.id}/`)).toEqual([kept.key]);
    expect((await keysUnder(`originals/ana_${kept.callId.slice(5)}`)).length).toBe(1);
    await db.delete(schema.legalHolds).where(eq(schema.legalHolds.organizationId, held.id));
    vi.setSystemTime(NOON + MINUTE);
    expect((await redact(kept.callId)).status).toBe(202);
    await line.run();
    expect(await keysUnder(`recordings/${held.id}/`)).toEqual([]);
    expect(await keysUnder(`originals/ana_${kept.callId.slice(5)}`)).toEqual([]);
  });
});

describe("the choice to keep no originals", () => {
  const patch = async (settings: object, key: string, more: object = {}) => {
    const init = { method: "PATCH", body: JSON.stringify({ settings, ...more }) };
    return (await ask(`/v1/campaigns/${campaignId}`, init, key)).status;
  };

  it("takes the right to erase and a word that it is understood; to keep them again takes neither", async () => {
    const others = Object.keys(PERMISSIONS).filter((one) => one !== "privacy:erase");
    const { key } = await mintApiKey(db, { organizationId: organization.id, scopes: others });
    const drop = { keep_originals: false };
    expect(await patch(drop, key, { confirm_irreversible: true })).toBe(403);
    expect(await patch(drop, organization.key)).toBe(422);
    expect(await patch(drop, organization.key, { confirm_irreversible: true })).toBe(200);
    expect(await patch(drop, key)).toBe(200);
    expect(await patch({ keep_originals: true }, key)).toBe(200);
    const create = { name: "New", settings: drop };
    expect((await ask("/v1/campaigns", { method: "POST", body: JSON.stringify(create) })).status).toBe(422);
  });

  it("is made on the page with a check, and refused to who may not erase", async () => {
    await configure({ redact: ["card_number"] });
    const path = `/dashboard/campaigns/${campaignId}/redaction`;
    const pages = visit(organization);
    const { text, trips } = await pages.page(path);
    expect(trips).toBeLessThanOrEqual(4);
    const seen = /name="seen" value="(\w+)"/.exec(text)?.[1] ?? "";
    const form = { seen, do: "delete" };
    expect((await pages.post(`${path}/originals`, form)).status).toBe(422);
    expect((await visit(organization, { role: "supervisor" }).post(`${path}/originals`, form)).status).toBe(403);
    expect((await visit(organization, { role: "supervisor" }).page(path)).text).not.toContain(`${path}/originals`);
    expect((await pages.post(`${path}/originals`, { ...form, sure: "yes" })).status).toBe(303);
    expect((await pages.page(path)).text).toContain("Keep originals again");
    expect((await pages.post(`${path}/originals`, { ...form, sure: "yes" })).status).toBe(409);
  });
});
