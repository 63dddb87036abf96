import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readOriginal, readTranscript, runsOf, textOf, transcribedRuns } from "../../src/analysis";
import { updateCampaign, type CampaignOptions } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { FULL_REACH } from "../../src/identity";
import { readGate } from "../../src/recordings";
import { ACT_AT_NOON, mintCampaign, mintOrganization, NOON } from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import callUrl from "../fixtures/audio/two-party-call.mp3?inline";
import { newPipeline, type Pipeline } from "./pipeline";

const db = openDatabase(env.DB);
const bucket = env.BUCKET;

const CALL = Uint8Array.from(atob(callUrl.slice(callUrl.indexOf(",") + 1)), (char) => char.charCodeAt(0));

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaignId: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  line = newPipeline({ TRANSCRIBE_URL: "https://transcribe.test" } as never);
  line.audio = () => new Response(CALL, { headers: { "content-type": "audio/mpeg" } });
  organization = await mintOrganization(db);
  campaignId = (await mintCampaign(db, organization.id)).id;
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function configure(settings: CampaignOptions): Promise<void> {
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaignId };
  await updateCampaign({ db }, target, { settings }, ACT_AT_NOON);
}

async function report(changes: Record<string, unknown> = {}): Promise<void> {
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  expect((await line.post("/webhook/anura/", anuraNotice(changes), headers)).status).toBe(200);
}

async function analysis() {
  const rows = await db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

/** What may be heard of the one recording. */
async function gate() {
  const [recording] = await db
    .select()
    .from(schema.recordings)
    .where(eq(schema.recordings.organizationId, organization.id))
    .orderBy(asc(schema.recordings.id));
  const { id: recordingId, callId, organizationId } = recording!;
  return readGate(db, { recordingId, callId, organizationId });
}

const CARD = "4111 1111 1111 1111";

/** An answer in the form of Whisper's servers: these words, a fifth of a second each. */
function spoken(text: string): Response {
  const words = text.split(" ").map((word, at) => ({ word, start: at * 0.2, end: at * 0.2 + 0.15 }));
  return Response.json({ task: "transcribe", language: "english", duration: 2, text, words });
}

describe("a campaign that redacts", () => {
  it("keeps what was said masked, and mutes the recording", async () => {
    await configure({ engines: ["local"], redact: ["card_number"] });
    let asked = 0;
    line.transcriber = () => spoken((asked += 1) === 1 ? `it is ${CARD} thanks` : "thanks");
    await report();
    await line.run();
    const row = await analysis();
    expect(runsOf(row).map(({ engine, state }) => [engine, state])).toEqual([
      ["local", "completed"],
      ["trunkline-redaction", "completed"],
    ]);
    const [{ run }] = transcribedRuns([row]) as [ReturnType<typeof transcribedRuns>[number]];
    const masked = await readTranscript(bucket, run);
    expect(masked?.segments.map(textOf)[0]).toContain("[card number]");
    expect(JSON.stringify(masked)).not.toContain("4111");
    expect(JSON.stringify(row)).not.toContain("4111");
    expect(JSON.stringify(await readOriginal(bucket, run))).toContain("4111");
    const open = await gate();
    expect(open).toMatchObject({ kind: "muted", file: { mediaType: "audio/wav" } });
  });

  it("hands out nothing of a recording that nobody transcribed", async () => {
    await configure({ redact: ["card_number"] });
    await report();
    await line.run();
    expect(await gate()).toEqual({ kind: "held", why: "not_transcribed" });
  });

  it("serves a recording in which nothing is found as it came", async () => {
    await configure({ engines: ["local"], redact: ["card_number"] });
    line.transcriber = async () => spoken("nothing of that kind");
    await report();
    await line.run();
    expect(await gate()).toEqual({ kind: "open" });
  });
});
