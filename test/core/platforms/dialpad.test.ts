import { describe, expect, it } from "vitest";
import type { CallFacts } from "../../../src/calls";
import { hmac, toBase64 } from "../../../src/lib/hmac";
import { fetchAudio } from "../../../src/recordings";
import type { AccessConfig } from "../../../src/platforms/contract";
import { dialpad } from "../../../src/platforms/dialpad";
import type { DialpadSettings } from "../../../src/platforms/dialpad/settings";
import { audio, bytesOf, peer, redirect } from "./platform-peer";

// provider-facts §10: secret `dialpad_test`, {"call_id":5780678246121472,"state":"hangup"}.
const VECTOR =
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjYWxsX2lkIjo1NzgwNjc4MjQ2MTIxNDcyLCJzdGF0ZSI6Imhhbmd1cCJ9.h6cxT4DpM0rovMKUkuqcqj5W0DgJsEFHVoWrpfkOK_Q";
const CONFIG: AccessConfig<DialpadSettings> = {
  id: "src_1",
  organizationId: "org_1",
  kind: "dialpad",
  campaignId: null,
  settings: {},
  secrets: ["dialpad_test"],
  state: "active",
  credentials: { api_key: "key-1" },
};

function base64Url(text: string | Uint8Array): string {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function tokenOf(payload: string, header = '{"alg":"HS256","typ":"JWT"}', secret = "dialpad_test") {
  const signed = `${base64Url(header)}.${base64Url(payload)}`;
  return `${signed}.${base64Url(await hmac("SHA-256", secret, bytesOf(signed)))}`;
}

const verify = async (body: string, config = CONFIG) =>
  dialpad.verify({ url: "https://t.test/", headers: new Headers(), body: bytesOf(body) }, config, 0);

async function factsOf(payload: Record<string, unknown> | string): Promise<CallFacts> {
  const token = await tokenOf(typeof payload === "string" ? payload : JSON.stringify(payload));
  const result = await dialpad.read(bytesOf(token), "application/jwt", CONFIG);
  if (!result.ok || result.value.kind !== "calls") throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result.value.facts[0] as CallFacts;
}

describe("Dialpad's proof", () => {
  it("is the body: the vector passes, and its call is read", async () => {
    expect(await verify(VECTOR)).toMatchObject({ ok: true });
    const read = await dialpad.read(bytesOf(VECTOR), "application/jwt", CONFIG);
    expect(read).toMatchObject({ value: { facts: [{ externalId: "5780678246121472", outcome: "failed" }] } });
  });

  it("passes under either of two secrets, and under no other", async () => {
    expect(await verify(VECTOR, { ...CONFIG, secrets: ["new_one_of_dialpad", "dialpad_test"] })).toMatchObject({
      ok: true,
    });
    expect(await verify(VECTOR, { ...CONFIG, secrets: ["dialpad_tesT"] })).toMatchObject({
      error: { status: 401, reason: "wrong_signature" },
    });
    expect(await verify(VECTOR, { ...CONFIG, secrets: [] })).toMatchObject({ ok: false });
  });

  it("is not in plain JSON, nor in a token that says it needs none", async () => {
    const plain = '{"call_id":1,"state":"hangup"}';
    expect(await verify(plain)).toMatchObject({ error: { status: 401, reason: "not_signed" } });
    expect(await verify(await tokenOf(plain, '{"alg":"none"}'))).toMatchObject({
      error: { reason: "wrong_algorithm" },
    });
    expect(await verify(`${base64Url('{"alg":"none"}')}.${base64Url(plain)}.`)).toMatchObject({ ok: false });
    expect(await verify("")).toMatchObject({ error: { status: 401 } });
  });
});

const call = {
  call_id: 5_780_678_246_121_472,
  direction: "outbound",
  date_started: 1_700_000_000_000,
  date_connected: 1_700_000_008_000,
  date_ended: 1_700_000_128_500,
  duration: 120_500.25,
  total_duration: 128_500,
  external_number: "+15551230001",
  internal_number: "+15551230002",
  target: { id: "42", name: "Ann Lee", type: "user" },
};

describe("an event of Dialpad", () => {
  it("says everything about an answered call when it is hung up, in seconds", async () => {
    expect(await factsOf({ ...call, state: "hangup" })).toMatchObject({
      outcome: "completed",
      direction: "outbound",
      from: "+15551230002",
      to: "+15551230001",
      startedAt: 1_700_000_000_000,
      answeredAt: 1_700_000_008_000,
      endedAt: 1_700_000_128_500,
      durationSeconds: 128.5,
      talkSeconds: 120.500_25,
      operatorName: "Ann Lee",
      operatorReference: "dialpad:user:42",
      account: null,
    });
  });

  it("keeps every digit of an id beyond 2^53", async () => {
    const exact = '{"call_id":9223372036854775807,"state":"hangup","target":{"type":"user","id":9223372036854775806}}';
    expect(await factsOf(exact)).toMatchObject({
      externalId: "9223372036854775807",
      operatorReference: "dialpad:user:9223372036854775806",
    });
  });

  it("names no operator where a call center is the target, but that as the account", async () => {
    const queued = { ...call, state: "ringing", target: { id: "7", name: "Sales", type: "call_center" } };
    expect(await factsOf(queued)).toMatchObject({ operatorName: null, operatorReference: null, account: "7" });
    const taken = { ...call, state: "connected", entry_point_target: { id: "7", type: "office" } };
    expect(await factsOf(taken)).toMatchObject({ operatorName: "Ann Lee", account: "7", outcome: "in_progress" });
  });

  it("brings recordings, each under its own id, with details or by their links", async () => {
    const link = "https://dialpad.com/blob/adminrecording/51.mp3";
    const details = [
      { id: "51", recording_type: "admincallrecording", url: link },
      { id: 52, recording_type: "voicemail", url: "https://dialpad.com/blob/voicemail/52.mp3" },
      null,
    ];
    expect((await factsOf({ ...call, state: "recording", recording_details: details })).recordings).toEqual([
      { externalId: "51", url: link },
      { externalId: "52", url: "https://dialpad.com/blob/voicemail/52.mp3" },
    ]);
    expect((await factsOf({ ...call, state: "hangup", admin_recording_urls: [link] })).recordings).toEqual([
      { externalId: "51", url: link },
    ]);
  });

  it("brings transcript and summary, which end nothing", async () => {
    const text = "Ann Lee: Hello.\nCaller: Hello.\u0000";
    expect(await factsOf({ ...call, state: "call_transcription", transcription_text: text })).toMatchObject({
      outcome: null,
      transcript: "Ann Lee: Hello.\nCaller: Hello.",
      durationSeconds: null,
    });
    expect(await factsOf({ ...call, state: "recap_summary", recap_summary: "Greetings." })).toMatchObject({
      outcome: null,
      summary: "Greetings.",
    });
  });

  it("is failed where nobody answered", async () => {
    expect(await factsOf({ ...call, state: "missed" })).toMatchObject({ outcome: "failed" });
    expect(await factsOf({ ...call, date_connected: null, state: "hangup" })).toMatchObject({ outcome: "failed" });
  });

  it("is ignored in a state that is about something else, and refused without call or state", async () => {
    const read = async (payload: string) => dialpad.read(bytesOf(await tokenOf(payload)), "", CONFIG);
    expect(await read('{"call_id":1,"state":"csat"}')).toMatchObject({ value: { kind: "ignored" } });
    expect(await read('{"call_id":1}')).toMatchObject({ error: { status: 422, errors: [{ field: "state" }] } });
    expect(await read('{"state":"hangup"}')).toMatchObject({ error: { status: 422, errors: [{ field: "call_id" }] } });
    expect(await dialpad.read(bytesOf('{"call_id":1,"state":"hangup"}'), "", CONFIG)).toMatchObject({
      error: { status: 400 },
    });
  });
});

// In the shape that public receivers keep of live traffic, with other numbers and links.
describe("a live event of Dialpad", () => {
  const live = {
    call_id: 6421977457180672,
    master_call_id: null,
    operator_call_id: null,
    entry_point_call_id: null,
    date_started: 1731624039404,
    date_rang: null,
    date_connected: null,
    date_ended: 1731624048355,
    direction: "inbound",
    external_number: "+15551230001",
    internal_number: "+15551230002",
    duration: 0,
    talk_time: 0,
    hold_time: 0,
    total_duration: 8951.029999999999,
    mos_score: 4.41,
    entry_point_target: {},
    proxy_target: {},
    group_id: "Office:5527348325810176",
    is_transferred: true,
    recording_details: [],
    call_recording_ids: [],
    voicemail_link: null,
    was_recorded: false,
    labels: [],
    state: "hangup",
    transcription_text: null,
    event_timestamp: 1731624049994,
    target: { id: 5527348325810176, name: "Example", office_id: 5527348325810176, type: "office" },
    public_call_review_share_link: "https://dialpad.com/shared/call/public",
    company_call_review_share_link: "https://dialpad.com/shared/call/company",
  };

  it("has its length, however many digits it is written with", async () => {
    expect(await factsOf(live)).toMatchObject({
      externalId: "6421977457180672",
      outcome: "failed",
      durationSeconds: 8.951029999999999,
      startedAt: 1731624039404,
      endedAt: 1731624048355,
      account: "5527348325810176",
      recordings: [],
    });
  });

  it("keeps the links to itself that let whoever has them listen", async () => {
    expect(JSON.stringify(await factsOf(live))).not.toContain("dialpad.com/shared");
  });

  it("has one office by one id, whichever field names it", async () => {
    const taken = await factsOf({ ...live, target: { id: 42, name: "Ann Lee", type: "user" } });
    expect(taken).toMatchObject({ account: "5527348325810176", operatorReference: "dialpad:user:42" });
  });

  it("of a text to the same webhook is ignored", async () => {
    const text = { id: 6095823680520192, direction: "inbound", from_number: "+15551230001", message_status: "pending" };
    const token = await tokenOf(JSON.stringify(text));
    expect(await dialpad.read(bytesOf(token), "", CONFIG)).toMatchObject({ ok: true, value: { kind: "ignored" } });
  });
});

describe("Dialpad's recordings", () => {
  it("get the key, and the storage they lead on to does not", async () => {
    const { asked, means } = peer(({ url, authorization }) => {
      if (url.startsWith("https://storage.example.com/")) return audio();
      if (authorization !== "Bearer key-1") return new Response("", { status: 401 });
      return redirect("https://storage.example.com/1.wav");
    });
    const get = async (url: string, config: AccessConfig<DialpadSettings> = CONFIG) => {
      asked.length = 0;
      const access = dialpad.recordingAccess?.(config, means, { externalId: "1" }) ?? {};
      const result = await fetchAudio({ ...access, ...means, url, maxBytes: 9_999 });
      if (result.ok) await result.value.body.cancel();
      return [result.ok, asked.map(({ authorization }) => authorization)];
    };
    expect(await get("https://dialpad.com/blob/adminrecording/1.mp3")).toEqual([true, ["Bearer key-1", null]]);
    expect(await get("https://eu.dialpad.com/blob/1.mp3")).toEqual([true, ["Bearer key-1", null]]);
    expect(await get("https://dialpad.com.example.org/1")).toEqual([false, [null]]);
    expect(await get("https://evildialpad.com/1")).toEqual([false, [null]]);
    expect(await get("https://dialpad.com:8443/1")).toEqual([false, [null]]);
    expect(await get("https://dialpad.com./1")).toEqual([false, [null]]);
    expect(await get("https://dialpad.com/1", { ...CONFIG, credentials: null })).toEqual([false, [null]]);
    const beta = { ...CONFIG, settings: { api_url: "https://beta.example.com" } };
    expect(await get("https://beta.example.com/1", beta)).toEqual([true, ["Bearer key-1", null]]);
  });

  it.each(["key-\u00e9", "key\u00a0", "key\nX-Other: 1", "two words"])(
    "take no key that no header holds: %j",
    (key) => {
      expect(dialpad.credentials?.safeParse({ api_key: key }).success).toBe(false);
    },
  );
});
