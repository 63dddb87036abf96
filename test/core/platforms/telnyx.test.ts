import { describe, expect, it } from "vitest";
import { foldNotices } from "../../../src/calls/fold";
import type { CallFacts } from "../../../src/calls";
import { toBase64 } from "../../../src/lib/hmac";
import type { AccessConfig } from "../../../src/platforms/contract";
import { telnyx } from "../../../src/platforms/telnyx";
import type { TelnyxSettings } from "../../../src/platforms/telnyx/settings";
import { publicKey, verify } from "../../../src/platforms/telnyx/verify";

const NOW = 1_700_000_000_000;
const SESSION = "428c31b6-abf4-4bc1-b7f5-5013ef9657c1";

function configOf(own: TelnyxSettings = {}, given: Record<string, string> | null = null): AccessConfig<TelnyxSettings> {
  return {
    id: "src_1",
    organizationId: "org_1",
    kind: "telnyx",
    campaignId: null,
    settings: own,
    secrets: [],
    state: "active",
    credentials: given,
  };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

describe("Telnyx's signature", () => {
  async function newKey() {
    const pair = (await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"])) as CryptoKeyPair;
    const raw = (await crypto.subtle.exportKey("raw", pair.publicKey)) as ArrayBuffer;
    return { privateKey: pair.privateKey, text: toBase64(new Uint8Array(raw)) };
  }

  async function signed(privateKey: CryptoKey, body: string, timestamp = "1700000000") {
    const signature = await crypto.subtle.sign({ name: "Ed25519" }, privateKey, bytesOf(`${timestamp}|${body}`));
    const headers = new Headers({
      "telnyx-timestamp": timestamp,
      "telnyx-signature-ed25519": toBase64(new Uint8Array(signature)),
    });
    return { url: "https://trunkline.test/webhook/telnyx/src_1", headers, body: bytesOf(body) };
  }

  it("passes under either of two public keys, and under no other", async () => {
    const key = await newKey();
    const other = await newKey();
    const request = await signed(key.privateKey, '{"data":{}}');
    for (const secrets of [[key.text], [other.text, key.text]])
      expect(await verify(request, { ...configOf(), secrets }, NOW)).toMatchObject({ ok: true });
    const noPoint = toBase64(new Uint8Array(32).fill(0xff));
    for (const secrets of [[other.text], [noPoint], ["no key"], []])
      expect(await verify(request, { ...configOf(), secrets }, NOW)).toMatchObject({
        ok: false,
        error: { status: 401, reason: "wrong_signature" },
      });
  });

  it("covers the body and the moment", async () => {
    const key = await newKey();
    const config = { ...configOf(), secrets: [key.text] };
    const request = await signed(key.privateKey, '{"data":{}}');
    expect(await verify({ ...request, body: bytesOf('{"data":{ }}') }, config, NOW)).toMatchObject({ ok: false });
    request.headers.set("telnyx-timestamp", "1700000001");
    expect(await verify(request, config, NOW)).toMatchObject({ ok: false });
  });

  it.each([
    [0, true],
    [300_000, true],
    [-300_000, true],
    [301_000, false],
    [-301_000, false],
  ])("is taken when our clock is %d ms ahead: %s", async (ahead, taken) => {
    const key = await newKey();
    const request = await signed(key.privateKey, "{}");
    expect((await verify(request, { ...configOf(), secrets: [key.text] }, NOW + ahead)).ok).toBe(taken);
    expect(telnyx.precheck(request.headers, NOW + ahead).ok).toBe(taken);
  });

  const good = toBase64(new Uint8Array(64));

  it.each([
    [null, "1700000000", "missing_signature"],
    [good, null, "missing_signature"],
    ["", "1700000000", "malformed_signature"],
    [good.slice(0, -3), "1700000000", "malformed_signature"],
    [good.replace(/A==$/, "B=="), "1700000000", "malformed_signature"],
    [toBase64(new Uint8Array(63)), "1700000000", "malformed_signature"],
    [good, "now", "malformed_timestamp"],
    [good, "1700000000000", "malformed_timestamp"],
    [good, "1600000000", "timestamp_out_of_window"],
  ])("is refused from the headers alone: %s %s", (signature, timestamp, reason) => {
    const headers = new Headers();
    if (signature !== null) headers.set("telnyx-signature-ed25519", signature);
    if (timestamp !== null) headers.set("telnyx-timestamp", timestamp);
    expect(telnyx.precheck(headers, NOW)).toMatchObject({ ok: false, error: { status: 401, reason } });
  });

  it.each([
    ["CallSid=v3%3A1&CallStatus=completed", "form"],
    ["a=1&b=2", "form"],
    ["<Response/>", "XML"],
  ])("refuses %s as what it is where its type says JSON", async (body, name) => {
    expect(await telnyx.read(bytesOf(body), "application/json", configOf())).toMatchObject({
      ok: false,
      error: { status: 415, reason: "unsupported_content_type", message: expect.stringContaining(name) },
    });
  });

  it("has a public key of 32 bytes for a secret", () => {
    for (const right of [toBase64(new Uint8Array(32)), "A".repeat(43), "0".repeat(64)])
      expect(publicKey.problem(right)).toBeUndefined();
    for (const wrong of [
      "",
      "secret",
      toBase64(new Uint8Array(31)),
      toBase64(new Uint8Array(33)),
      "A".repeat(42),
      `${"A".repeat(42)}B=`,
    ])
      expect(publicKey.problem(wrong)).toContain("32 bytes");
  });
});

async function readingOf(body: unknown, own: TelnyxSettings = {}) {
  return telnyx.read(bytesOf(JSON.stringify(body)), "application/json", configOf(own));
}

async function factsOf(type: string, payload: Record<string, unknown>, own: TelnyxSettings = {}): Promise<CallFacts[]> {
  const data = { event_type: type, id: "e1", occurred_at: "2025-01-15T10:01:00.000000Z", payload };
  const result = await readingOf({ data }, own);
  if (!result.ok || result.value.kind !== "calls") throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result.value.facts;
}

function fold(facts: CallFacts[]) {
  return foldNotices(
    undefined,
    facts.map((one) => ({ facts: one, receivedAt: 0, replay: false })),
  );
}

describe("Telnyx's events", () => {
  const leg = { call_session_id: SESSION, call_leg_id: "l1", call_control_id: "v3:1", connection_id: "7267" };
  const parties = { from: "+15551230001", to: "+15551230002", start_time: "2025-01-15T10:00:00.000000Z" };
  const agentLeg = {
    ...leg,
    call_leg_id: "l2",
    from: "+15551230002",
    to: "+15559990003",
    start_time: "2025-01-15T10:00:09Z",
  };

  it("tell a call from its ringing to its end", async () => {
    const facts = [
      ...(await factsOf("call.initiated", { ...leg, ...parties, direction: "incoming", state: "parked" })),
      ...(await factsOf("call.answered", { ...leg, ...parties })),
      ...(await factsOf("call.hangup", {
        ...leg,
        ...parties,
        hangup_cause: "normal_clearing",
        hangup_source: "caller",
      })),
    ];
    expect(new Set(facts.map(({ externalId }) => externalId))).toEqual(new Set([SESSION]));
    for (const order of [facts, facts.toReversed()]) {
      expect(fold(order)).toMatchObject({
        state: "completed",
        direction: "inbound",
        fromE164: "+15551230001",
        toE164: "+15551230002",
        startedAt: Date.parse("2025-01-15T10:00:00Z"),
        answeredAt: Date.parse("2025-01-15T10:01:00Z"),
        endedAt: Date.parse("2025-01-15T10:01:00Z"),
        durationSeconds: 60,
        providerStatus: "normal_clearing",
        account: "7267",
        custom: { hangup_source: "caller" },
      });
    }
  });

  it("say who spoke when only the end arrives", async () => {
    const call = fold(await factsOf("call.hangup", { ...leg, ...parties, hangup_cause: "user_busy" }));
    expect(call).toMatchObject({ state: "failed", error: "user_busy", fromRaw: "+15551230001", toRaw: "+15551230002" });
  });

  it("make one call of a caller and the agent dialed for him", async () => {
    const facts = [
      ...(await factsOf("call.initiated", { ...leg, ...parties, direction: "incoming" })),
      ...(await factsOf("call.initiated", { ...agentLeg, direction: "outgoing" })),
      ...(await factsOf("call.hangup", { ...agentLeg, hangup_cause: "normal_clearing" })),
      ...(await factsOf("call.hangup", { ...leg, ...parties, hangup_cause: "normal_clearing" })),
    ];
    for (const order of [facts, facts.toReversed()]) {
      const whole = fold(order);
      expect(whole).toMatchObject({ state: "completed", direction: "inbound", toRaw: "+15551230002" });
      expect(whole.startedAt).toBe(Date.parse("2025-01-15T10:00:00Z"));
    }
  });

  it.each([
    ["normal_clearing", "ended"],
    ["time_limit", "completed"],
    ["unspecified", "ended"],
    ["call_rejected", "unanswered"],
    ["originator_cancel", "unanswered"],
    ["timeout", "unanswered"],
    ["user_busy", "unanswered"],
    ["not_found", "unanswered"],
    ["no_answer", "unanswered"],
  ])("tell the cause %s as %s", async (cause, outcome) => {
    expect((await factsOf("call.hangup", { ...leg, hangup_cause: cause }))[0]?.outcome).toBe(outcome);
  });

  it.each<[TelnyxSettings, Record<string, unknown>, string | null]>([
    [{}, { recording_urls: { mp3: "https://s3.test/1.mp3", wav: "https://s3.test/1.wav" } }, "https://s3.test/1.mp3"],
    [
      { recording_format: "wav" },
      { recording_urls: { mp3: "https://s3.test/1.mp3", wav: "https://s3.test/1.wav" } },
      "https://s3.test/1.wav",
    ],
    [{}, { recording_urls: { wav: "https://s3.test/1.wav" }, public_recording_urls: {} }, "https://s3.test/1.wav"],
    [
      {},
      { recording_urls: { mp3: "https://s3.test/1.mp3" }, public_recording_urls: { mp3: "https://public.test/1.mp3" } },
      "https://public.test/1.mp3",
    ],
    [
      { recording_links: "api" },
      { recording_urls: { mp3: "https://s3.test/1.mp3" } },
      "https://api.telnyx.com/v2/recordings/r1",
    ],
    [{}, {}, null],
  ])("with %j bring of the recording %j: %s", async (own, links, url) => {
    const [facts, ...more] = await factsOf("call.recording.saved", { ...leg, recording_id: "r1", ...links }, own);
    expect(facts).toMatchObject({ externalId: SESSION, outcome: null, recordings: [{ externalId: "r1", url }] });
    expect(more).toEqual([]);
  });

  it("tell recordings without an id apart by their leg and beginning", async () => {
    const begun = { ...leg, recording_urls: { mp3: "https://s3.test/1.mp3" } };
    const first = await factsOf("call.recording.saved", { ...begun, recording_started_at: "2025-01-15T10:00:00Z" });
    const second = await factsOf("call.recording.saved", { ...begun, recording_started_at: "2025-01-15T10:00:30Z" });
    expect(first[0]?.recordings[0]?.externalId).not.toBe(second[0]?.recordings[0]?.externalId);
  });

  it("brings what Telnyx heard in a recording, and ends no call with it", async () => {
    const payload = { ...leg, recording_id: "rec-1", status: "completed", transcription_text: "Hi!\nHow are you?" };
    const result = await readingOf({ data: { event_type: "call.recording.transcription.saved", payload } });
    const facts = (result as { value: { facts: { transcript?: string; outcome: unknown }[] } }).value.facts;
    expect(facts.map(({ transcript }) => transcript)).toContain("Hi!\nHow are you?");
    expect(facts.map(({ outcome }) => outcome)).not.toContainEqual(expect.anything());
  });

  it.each([
    [{ data: { event_type: "call.dtmf.received", payload: leg } }, "event_ignored"],
    [{ data: { event_type: "message.received" } }, "event_ignored"],
    [{ data: { event_type: "call.hangup" } }, "missing_fields"],
    [{ data: { event_type: "call.hangup", payload: { from: "+1" } } }, "missing_fields"],
    [{ data: { payload: leg } }, "missing_fields"],
    [{}, "missing_fields"],
    [[], "not_an_object"],
  ])("%j: %s", async (body, reason) => {
    const result = await readingOf(body);
    expect(result.ok ? result.value : result.error).toMatchObject({ reason });
  });
});

describe("TeXML's callbacks", () => {
  const call = { CallSid: "v3:9X2v", AccountSid: "a-1", ConnectionId: "7267" };
  const parties = { From: "+15551230001", To: "+15551230002", CallbackSource: "call-progress-events" };

  async function readForm(fields: Record<string, string>, own: TelnyxSettings = {}, type = "") {
    const body = bytesOf(new URLSearchParams(fields).toString());
    return telnyx.read(body, `application/x-www-form-urlencoded${type}`, configOf(own));
  }

  async function formFacts(fields: Record<string, string>, own: TelnyxSettings = {}): Promise<CallFacts[]> {
    const result = await readForm({ ...call, ...fields }, own, "; charset=utf-8");
    if (!result.ok || result.value.kind !== "calls") throw new Error(`not accepted: ${JSON.stringify(result)}`);
    return result.value.facts;
  }

  it("report a call from its ringing to its end", async () => {
    const facts = [
      ...(await formFacts({ ...parties, CallStatus: "ringing", CallInitiatedAt: "2025-01-15T10:00:00.028Z" })),
      ...(await formFacts({ ...parties, CallStatus: "in-progress", Timestamp: "2025-01-15T10:00:05Z" })),
      ...(await formFacts({ AnsweredBy: "human", MachineDetectionDuration: "2500" })),
      ...(await formFacts({
        ...parties,
        CallStatus: "completed",
        CallDuration: "60",
        CallSessionId: SESSION,
        HangupCause: "normal_clearing",
        Timestamp: "Wed, 15 Jan 2025 10:01:00 +0000",
      })),
    ];
    for (const order of [facts, facts.toReversed()]) {
      expect(fold(order)).toMatchObject({
        state: "completed",
        fromE164: "+15551230001",
        toE164: "+15551230002",
        startedAt: Date.parse("2025-01-15T10:00:00.028Z"),
        answeredAt: Date.parse("2025-01-15T10:00:05Z"),
        endedAt: Date.parse("2025-01-15T10:01:00Z"),
        durationSeconds: 60,
        providerStatus: "completed",
        error: null,
        account: "7267",
        custom: { AnsweredBy: "human", CallSessionId: SESSION, HangupCause: "normal_clearing" },
      });
    }
  });

  it.each<[Record<string, string>, string, string | null]>([
    [{ CallStatus: "busy" }, "failed", "busy"],
    [{ CallStatus: "no-answer", HangupCause: "timeout" }, "failed", "timeout"],
    [{ CallStatus: "failed", ErrorMessage: "Call failed", HangupCause: "not_found" }, "failed", "Call failed"],
    [{ CallStatus: "completed", AnsweredTime: "2025-01-15T10:00:00Z" }, "completed", null],
    [{ CallStatus: "completed", SipHangupCause: "200" }, "completed", null],
    [{ CallStatus: "completed", SipHangupCause: "486" }, "unanswered", null],
    [{ CallStatus: "completed", HangupCause: "originator_cancel" }, "unanswered", "originator_cancel"],
    [{ CallStatus: "completed" }, "ended", null],
  ])("end %j as %s", async (fields, outcome, error) => {
    expect(await formFacts(fields)).toMatchObject([{ externalId: "v3:9X2v", outcome, error }]);
  });

  const link = "https://s3.test/1.mp3?X-Amz-Expires=600";

  it.each<[TelnyxSettings, Record<string, string>, unknown[]]>([
    [{}, { RecordingSid: "r1", RecordingStatus: "completed", RecordingUrl: link }, [{ externalId: "r1", url: link }]],
    [{}, { RecordingSid: "r1", RecordingStatus: "in-progress" }, [{ externalId: "r1", url: null }]],
    [{}, { RecordingStatus: "completed", RecordingUrl: link }, [{ externalId: "audio", url: link }]],
    [
      { recording_links: "api" },
      { RecordingSid: "r1", RecordingStatus: "completed", RecordingUrl: link },
      [{ externalId: "r1", url: "https://api.telnyx.com/v2/recordings/r1" }],
    ],
    [{}, { CallStatus: "completed", RecordingUrl: link }, []],
  ])("with %j bring of %j the recordings %j", async (own, fields, recordings) => {
    const [facts] = await formFacts(fields, own);
    expect(facts?.recordings).toEqual(recordings);
    expect(JSON.stringify(facts?.custom)).not.toContain("s3.test");
  });

  it("brings what Telnyx heard in a recording", async () => {
    const result = await readForm({
      CallSid: "v3:1",
      CallStatus: "in-progress",
      From: "+35319605860",
      To: "+13129457420",
      RecordingSid: "35094891-3290-4142-b2c2-b2eda57534cf",
      RecordingUrl: "https://api.telnyx.com/v2/recordings/abc123.wav",
      TranscriptionSid: "b08f0fa1-a32c-4218-b3b5-9cf78941ccac",
      TranscriptionStatus: "completed",
      TranscriptionText: "Good morning, how may I help you?",
    });
    expect(result).toMatchObject({
      ok: true,
      value: { facts: [{ externalId: "v3:1", transcript: "Good morning, how may I help you?", recordings: [] }] },
    });
  });

  it.each<[Record<string, string>, string]>([
    [{ CallSid: "v3:1", Digits: "1" }, "event_ignored"],
    [{ CallSid: "v3:1", CallbackSource: "call-cost-events", "CallCost[v3:1]": "0.01" }, "event_ignored"],
    [{ CallSid: "v3:1", RecordingStatus: "absent" }, "recording_absent"],
    [{ CallStatus: "completed" }, "missing_fields"],
    [{}, "empty_body"],
  ])("%j: %s", async (fields, reason) => {
    const result = await readForm(fields);
    expect(result.ok ? result.value : result.error).toMatchObject({ reason });
  });
});

describe("Telnyx's recordings", () => {
  const means = { fetch, now: () => NOW, guardPolicy: { allowPrivateAddresses: false, ownHosts: [] } };
  const address = new URL("https://api.telnyx.com/v2/recordings/r1");
  const reply = {
    data: { id: "r1", download_urls: { mp3: "https://s3.test/fresh.mp3", wav: "https://s3.test/fresh.wav" } },
  };

  it("get the API key at Telnyx's API and nowhere else", () => {
    const access = telnyx.recordingAccess?.(configOf({}, { api_key: "KEY0123456789" }), means, { externalId: "r" });
    expect(access?.credentialsFor?.(address)).toEqual({ authorization: "Bearer KEY0123456789" });
    for (const other of [
      "https://s3.amazonaws.com/1.mp3",
      "https://api.telnyx.com.evil.example/v2/recordings/r1",
      "http://api.telnyx.com/v2/recordings/r1",
      "https://api.telnyx.com:8443/v2/recordings/r1",
    ])
      expect(access?.credentialsFor?.(new URL(other))).toBeUndefined();
    expect(telnyx.recordingAccess?.(configOf(), means, { externalId: "r" }).credentialsFor?.(address)).toBeUndefined();
  });

  it("are at the link the API gives, in the form that is set", () => {
    expect(telnyx.recordingAccess?.(configOf(), means, { externalId: "r" }).linkIn?.(address, reply)).toBe(
      "https://s3.test/fresh.mp3",
    );
    const wav = telnyx.recordingAccess?.(configOf({ recording_format: "wav" }), means, { externalId: "r" });
    expect(wav?.linkIn?.(address, reply)).toBe("https://s3.test/fresh.wav");
    for (const other of [
      null,
      {},
      { data: {} },
      { data: { download_urls: { mp3: "" } } },
      { data: { download_urls: { mp3: 5 } } },
    ])
      expect(wav?.linkIn?.(address, other)).toBeUndefined();
    expect(wav?.linkIn?.(new URL("https://evil.example/r1"), reply)).toBeUndefined();
  });
});
