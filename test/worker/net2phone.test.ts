import { PLATFORMS } from "../../src/platforms";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import { hmac, toHex } from "../../src/lib/hmac";
import { listRecordings } from "../../src/recordings";
import { createSource } from "../../src/sources";
import { mintCampaign, mintOrganization, TEST_MASTER_KEYS } from "../factories";
import { newPipeline, type Pipeline } from "./pipeline";
import { sineWav } from "./sine-wav";
import { FULL_REACH, systemAct } from "../../src/identity";

const db = openDatabase(env.DB);
const EXCHANGE = "https://api.n2p.io/v2/call-recordings/rec-1:generate-audio-download-link";
const MESSAGE = "https://app.net2phone.com/api/call-record/89007";
const MEDIA = "https://mediastorage.n2p.io/a.wav?token=t";

const call = {
  call_id: "call-guid",
  user: { id: 1, name: "Jane Doe", account_id: 42 },
  direction: "inbound",
  originating_number: "+15551230001",
  dialed_number: 201,
};
const completed = { ...call, timestamp: "2026-02-10T14:02:00Z", event: "call_completed", id: "evt-1", duration: 120 };
const recorded = { ...call, timestamp: "2026-02-10T14:03:00Z", event: "call_recorded", id: "evt-2" };

async function sourceWithKey() {
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const made = await createSource(
    { db, masterKeys: TEST_MASTER_KEYS },
    PLATFORMS.net2phone,
    {
      reach: FULL_REACH,
      organizationId: organization.id,
      name: "net2phone",
      campaignId: campaign.id,
      settings: {},
      credentials: { api_key: "k-1" },
    },
    systemAct(Date.now()),
  );
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return { ...made.value.source, secret: made.value.secret ?? "" };
}

/**
 * The platform's and its store's answers, with what was asked of each under which key. No public source: based on a
 * published client that exchanges the address of a recording for its audio.
 */
function answering(line: Pipeline) {
  const asked: [url: string, key: string | null][] = [];
  vi.mocked(fetch).mockImplementation(async (input, init) => {
    const { url, headers } = new Request(input, init);
    asked.push([url, headers.get("x-api-key")]);
    if (url === EXCHANGE) return Response.json({ url: MEDIA, expires_at_time: "2026-02-10T15:00:00Z" });
    if (url === MEDIA || url === MESSAGE) return new Response(sineWav(2), { headers: { "content-type": "audio/wav" } });
    return new Response("", { status: 404 });
  });
  return { asked, line };
}

it.each([
  [
    "the end first, with its address",
    [
      { ...completed, recording_url: EXCHANGE },
      { ...recorded, audio_message_url: MESSAGE },
    ],
  ],
  [
    "the recording first",
    [
      { ...recorded, audio_message_url: MESSAGE },
      { ...completed, recording_url: EXCHANGE },
    ],
  ],
  ["the end without an address", [completed, { ...recorded, audio_message_url: EXCHANGE }]],
  [
    "each of them twice",
    [completed, { ...recorded, audio_message_url: EXCHANGE }, completed, { ...recorded, audio_message_url: EXCHANGE }],
  ],
])("one call, one recording, fetched once: %s", async (_name, notices) => {
  const source = await sourceWithKey();
  const { asked, line } = answering(newPipeline());
  for (const notice of notices) {
    const body = JSON.stringify(notice);
    const timestamp = new Date().toISOString().replace("Z", "0036Z");
    const signature = await hmac("SHA-256", source.secret, new TextEncoder().encode(`${timestamp}:${body}`));
    const headers = { "x-net2phone-timestamp": timestamp, "x-net2phone-signature": toHex(signature) };
    expect((await line.post(`/webhook/net2phone/${source.id}`, body, headers)).status).toBe(200);
    await line.run();
  }
  const { rows } = await listRecordings(db, {
    organizationId: source.organizationId,
    reach: FULL_REACH,
    filter: {},
    limit: 10,
  });
  expect(rows.map(({ recording }) => [recording.externalId, recording.state])).toEqual([["audio", "completed"]]);
  // The key for net2phone's own hosts, none for the store.
  const expected =
    asked[0]?.[0] === EXCHANGE
      ? [
          [EXCHANGE, "k-1"],
          [MEDIA, null],
        ]
      : [[MESSAGE, "k-1"]];
  expect(asked).toEqual(expected);
});
