import { PLATFORMS } from "../../src/platforms";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../src/db/client";
import { recordingAccess } from "../../src/pipeline/recording-access";
import { listRecordings } from "../../src/recordings";
import { createSource, loadAccess } from "../../src/sources";
import { hmac, toHex } from "../../src/lib/hmac";
import { mintCampaign, mintOrganization, TEST_MASTER_KEYS } from "../factories";
import { newPipeline } from "./pipeline";
import { FULL_REACH, systemAct } from "../../src/identity";

const db = openDatabase(env.DB);
const MEANS = { fetch, now: () => Date.now(), guardPolicy: { allowPrivateAddresses: false, ownHosts: [] } };

async function sourceWith(settings: Record<string, unknown>) {
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const input = { organizationId: organization.id, name: "PBX", campaignId: campaign.id, settings };
  const made = await createSource(
    { db, masterKeys: TEST_MASTER_KEYS },
    PLATFORMS.audian,
    { ...input, reach: FULL_REACH },
    systemAct(Date.now()),
  );
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return { ...made.value.source, secret: made.value.secret ?? "", key: organization.key };
}

async function announce(source: Awaited<ReturnType<typeof sourceWith>>, url: string) {
  const line = newPipeline();
  const asked: string[] = [];
  const { audio } = line;
  line.audio = (at) => {
    asked.push(at);
    return audio(at);
  };
  const data = { call_id: "c-1", from: "+15551230001", to: "200", duration: 30, recording: { id: "r", url } };
  const body = JSON.stringify({ id: "evt_1", event: "call.completed", timestamp: "2026-01-15T10:30:00Z", data });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signed = new TextEncoder().encode(`${timestamp}.${body}`);
  const answer = await line.post(`/webhook/audian/${source.id}`, body, {
    "x-audian-timestamp": timestamp,
    "x-audian-signature": toHex(await hmac("SHA-256", source.secret, signed)),
  });
  expect(answer.status).toBe(200);
  await line.run();
  const { rows } = await listRecordings(db, {
    organizationId: source.organizationId,
    reach: FULL_REACH,
    filter: {},
    limit: 10,
  });
  return { asked, recording: rows[0]?.recording };
}

const load = (sourceId: string) => loadAccess(db, TEST_MASTER_KEYS, sourceId);

describe("the hosts a source's recordings may be at", () => {
  it.each([
    ["https://media.pbx.example/1.wav", true],
    ["https://a.cdn.example/1.wav", true],
    ["https://deep.a.cdn.example/1.wav", true],
    ["https://cdn.example/1.wav", false],
    ["https://evil-cdn.example/1.wav", false],
    ["https://media.pbx.example.evil.example/1.wav", false],
    ["https://MEDIA.pbx.example/1.wav", true],
  ])("%s is asked: %s", async (url, asked) => {
    const source = await sourceWith({ recording_hosts: ["media.pbx.example", "*.cdn.example"] });
    const result = await announce(source, url);
    expect(result.asked.length > 0).toBe(asked);
    if (asked) expect(result.recording).toMatchObject({ state: "completed" });
    else expect(result.recording?.reason).toMatch(/^blocked_url: .*recording_hosts/);
  });

  it("are any public ones where none are set", async () => {
    expect((await announce(await sourceWith({}), "https://anywhere.example/1.wav")).recording).toMatchObject({
      state: "completed",
    });
  });
});

describe("what a source lets us do", () => {
  it("is nothing special once it is deleted", async () => {
    expect(await recordingAccess(load, { sourceId: "src_gone", externalId: "1" }, MEANS)).toEqual({});
  });

  it("includes plain http only where its owner said so", async () => {
    const open = await sourceWith({ allow_http_recordings: true });
    const closed = await sourceWith({});
    expect(await recordingAccess(load, { sourceId: open.id, externalId: "1" }, MEANS)).toMatchObject({
      allowHttp: true,
    });
    expect(await recordingAccess(load, { sourceId: closed.id, externalId: "1" }, MEANS)).not.toHaveProperty(
      "allowHttp",
    );
  });
});
