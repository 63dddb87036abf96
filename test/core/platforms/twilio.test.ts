import { describe, expect, it } from "vitest";
import { foldNotices } from "../../../src/calls/fold";
import type { CallFacts } from "../../../src/calls";
import { hmac, toBase64 } from "../../../src/lib/hmac";
import type { AccessConfig } from "../../../src/platforms/contract";
import { twilio } from "../../../src/platforms/twilio";
import { credentials, settings, type TwilioSettings } from "../../../src/platforms/twilio/settings";
import { verify } from "../../../src/platforms/twilio/verify";

const ACCOUNT = `AC${"a".repeat(32)}`;
const CALL = `CA${"b".repeat(32)}`;
const RECORDING = `RE${"c".repeat(32)}`;
const MEDIA = `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Recordings/${RECORDING}`;
const TOKEN = "12345";
const FORM = "application/x-www-form-urlencoded";

function configOf(own: TwilioSettings = {}, given: Record<string, string> | null = null): AccessConfig<TwilioSettings> {
  return {
    id: "src_1",
    organizationId: "org_1",
    kind: "twilio",
    campaignId: null,
    settings: own,
    secrets: [TOKEN],
    state: "active",
    credentials: given,
  };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

async function allFactsOf(fields: Record<string, string>, own: TwilioSettings = {}): Promise<CallFacts[]> {
  const body = bytesOf(new URLSearchParams(fields).toString());
  const result = await twilio.read(body, FORM, configOf(own));
  if (!result.ok || result.value.kind !== "calls") throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result.value.facts;
}

async function factsOf(fields: Record<string, string>, own: TwilioSettings = {}): Promise<CallFacts> {
  return (await allFactsOf(fields, own))[0]!;
}

describe("Twilio's signature", () => {
  // Twilio docs, "Validating requests"; provider-facts §10.
  const PUBLISHED = {
    url: "https://mycompany.com/myapp.php?foo=1&bar=2",
    body: "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212",
    signature: "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
  };
  const JSON_BODY = '{"event":"call.completed","data":{"call_id":"call_1"}}';
  const JSON_URL =
    "https://example.com/hooks/twilio?bodySHA256=b2f4bfe4752ead04cc2d940c0670dca907913a843904429116a85165d54238b3";

  function request(changes: { url?: string; body?: string; signature?: string; type?: string } = {}) {
    const { url, body, signature, type = FORM } = { ...PUBLISHED, ...changes };
    return {
      url,
      headers: new Headers({ "X-Twilio-Signature": signature, "Content-Type": type }),
      body: bytesOf(body),
    };
  }

  const sign = async (address: string) => toBase64(await hmac("SHA-1", TOKEN, bytesOf(`${address}CallSidCA1`)));

  it("passes the published form, whatever the order of its fields and with the port named or not", async () => {
    const shuffled = PUBLISHED.body.split("&").toReversed().join("&");
    for (const one of [{}, { body: shuffled }, { url: "https://mycompany.com:443/myapp.php?foo=1&bar=2" }]) {
      expect(await verify(request(one), configOf())).toMatchObject({ ok: true });
    }
  });

  it("passes a signature over the address with its default port", async () => {
    const message = "https://mycompany.com:443/tCallSidCA1";
    const signature = toBase64(await hmac("SHA-1", TOKEN, bytesOf(message)));
    const signed = { url: "https://mycompany.com/t", body: "CallSid=CA1", signature };
    expect(await verify(request(signed), configOf())).toMatchObject({ ok: true });
  });

  it("passes the published JSON by its hash in the address, and not another body", async () => {
    const signature = "4Jxz7XgOhAH6Ia8ZTFm2FJ+DRLY=";
    const good = { url: JSON_URL, body: JSON_BODY, signature, type: "application/json" };
    expect(await verify(request(good), configOf())).toMatchObject({ ok: true });
    expect(await verify(request({ ...good, body: `${JSON_BODY} ` }), configOf())).toMatchObject({
      ok: false,
      error: { reason: "wrong_body_hash" },
    });
    const shorter = JSON_URL.slice(0, -1);
    expect(await verify(request({ ...good, url: shorter }), configOf())).toMatchObject({ ok: false });
  });

  it("takes no body that nothing signs", async () => {
    const signature = toBase64(await hmac("SHA-1", TOKEN, bytesOf("https://mycompany.com/t")));
    const unsigned = { url: "https://mycompany.com/t", body: '{"CallSid":"CA1"}', signature, type: "application/json" };
    expect(await verify(request(unsigned), configOf())).toMatchObject({
      ok: false,
      error: { reason: "unsigned_body" },
    });
  });

  it("covers the address, each name and each value", async () => {
    for (const changes of [
      { url: "https://mycompany.com/myapp.php?foo=1&bar=3" },
      { url: "http://mycompany.com/myapp.php?foo=1&bar=2" },
      { body: `${PUBLISHED.body}&More=1` },
      { body: PUBLISHED.body.replace("1234567890ABCDE", "1234567890ABCDF") },
      { body: PUBLISHED.body.replace("Digits", "Digit") },
    ]) {
      expect(await verify(request(changes), configOf())).toMatchObject({ ok: false, error: { status: 401 } });
    }
  });

  it("is over the address of a proxy in front, by origin or complete", async () => {
    const behind = { url: "https://trunkline.test/myapp.php?foo=1&bar=2" };
    expect(await verify(request(behind), configOf())).toMatchObject({ ok: false });
    for (const address of ["https://mycompany.com", "https://mycompany.com/myapp.php"]) {
      expect(await verify(request(behind), configOf({ public_url: address }))).toMatchObject({ ok: true });
    }
  });

  it.each([
    ["an apostrophe", "?team=O'Hara", "?team=O'Hara"],
    ["an apostrophe that was escaped on the way", "?team=O%27Hara", "?team=O'Hara"],
    ["an apostrophe that was signed escaped", "?team=O'Hara", "?team=O%27Hara"],
    ["a lone question mark", "?", "?"],
    ["a lone question mark that was dropped on the way", "", "?"],
    ["escapes in lower case", "?team=caf%c3%a9", "?team=caf%c3%a9"],
    ["signs that need no escape", "?t={a|b}^`~%7E!()*", "?t={a|b}^`~%7E!()*"],
    ["a plus and a percent", "?name=William+O'hara%20x", "?name=William+O'hara%20x"],
    ["dots and doubled slashes", "/../a//b?x=1", "/../a//b?x=1"],
    ["an unescaped letter", "?team=café", "?team=café"],
    ["a query that was signed as Node's querystring writes it", "?a=x+y:z&b=1&a=$2", "?a=x%20y%3Az&a=%242&b=1"],
    ["a name without a value that was signed with an equals sign", "?debug", "?debug="],
  ])("is over the address as it was written: %s", async (_title, came, signed) => {
    for (const [ours, theirs] of [
      ["https://Calls.example", "https://Calls.example"],
      ["https://calls.example:443", "https://calls.example"],
      ["https://calls.example", "https://calls.example:443"],
      ["http://calls.example:8080", "http://calls.example:8080"],
    ]) {
      const one = { url: `${ours}/in${came}`, body: "CallSid=CA1", signature: await sign(`${theirs}/in${signed}`) };
      expect(await verify(request(one), configOf())).toMatchObject({ ok: true });
    }
  });

  it("takes a configured address as it was typed", async () => {
    const public_url = "https://Calls.example:443/in/./x?b=O'Hara&a=%7e";
    const one = {
      url: "https://inside.test/in/x?a=~&b=O%27Hara",
      body: "CallSid=CA1",
      signature: await sign(public_url),
    };
    expect(twilio.settings.parse({ public_url })).toEqual({ public_url });
    expect(await verify(request(one), configOf({ public_url }))).toMatchObject({ ok: true });
  });

  it("is set without a password: settings are shown", () => {
    for (const public_url of ["https://user:pass@mycompany.com", "https://user@mycompany.com/myapp.php"]) {
      expect(twilio.settings.safeParse({ public_url }).success).toBe(false);
    }
    expect(twilio.settings.safeParse({ public_url: "http://mycompany.com:8080/myapp.php?a=1" }).success).toBe(true);
  });

  it("passes under either of two secrets", async () => {
    expect(await verify(request(), { ...configOf(), secrets: ["new", TOKEN] })).toMatchObject({ ok: true });
    expect(await verify(request(), { ...configOf(), secrets: ["new"] })).toMatchObject({ ok: false });
    expect(await verify(request(), { ...configOf(), secrets: [] })).toMatchObject({ ok: false });
  });

  it.each([
    [null, "missing_signature"],
    ["", "malformed_signature"],
    ["RSOYDt4T1cUTdK1PDd93/VVr8B", "malformed_signature"],
    ["RSOYDt4T1cUTdK1PDd93/VVr8B8A", "malformed_signature"],
    // Bits at the end that mean nothing.
    ["RSOYDt4T1cUTdK1PDd93/VVr8B9=", "malformed_signature"],
  ])("is refused from the header alone: %j", (signature, reason) => {
    const headers = new Headers(signature === null ? {} : { "X-Twilio-Signature": signature });
    expect(twilio.precheck(headers, 0)).toMatchObject({ ok: false, error: { status: 401, reason } });
  });
});

describe("Twilio's callbacks", () => {
  const parties = { From: "+15551230001", To: "+15551230002", Direction: "inbound" };

  it("tell a completed call", async () => {
    const facts = await factsOf({
      CallSid: CALL,
      AccountSid: ACCOUNT,
      ...parties,
      CallStatus: "completed",
      CallDuration: "90",
      Duration: "2",
      Timestamp: "Wed, 15 Jan 2025 10:01:30 +0000",
      ParentCallSid: "CA1",
      CallerName: "",
    });
    expect(facts).toEqual({
      externalId: CALL,
      outcome: "completed",
      providerStatus: "completed",
      direction: "inbound",
      from: "+15551230001",
      fromE164: "+15551230001",
      to: "+15551230002",
      toE164: "+15551230002",
      startedAt: null,
      endedAt: Date.parse("2025-01-15T10:01:30Z"),
      durationSeconds: 90,
      error: null,
      operatorReference: null,
      account: ACCOUNT,
      custom: { ParentCallSid: "CA1" },
      recordings: [],
    });
  });

  it.each([
    ["queued", "in_progress"],
    ["initiated", "in_progress"],
    ["ringing", "in_progress"],
    ["in-progress", "in_progress"],
    ["completed", "completed"],
    ["busy", "failed"],
    ["no-answer", "failed"],
    ["failed", "failed"],
    ["canceled", "failed"],
  ])("tell the state %s as %s", async (status, outcome) => {
    expect((await factsOf({ CallSid: CALL, ...parties, CallStatus: status })).outcome).toBe(outcome);
  });

  it("tell when the call was dialed and when it was answered", async () => {
    const at = "Wed, 15 Jan 2025 10:00:00 +0000";
    const ringing = await factsOf({ CallSid: CALL, CallStatus: "ringing", Timestamp: at });
    expect(ringing).toMatchObject({ startedAt: Date.parse("2025-01-15T10:00:00Z"), outcome: "in_progress" });
    const answered = await factsOf({ CallSid: CALL, CallStatus: "in-progress", Timestamp: at });
    expect(answered).toMatchObject({ answeredAt: Date.parse("2025-01-15T10:00:00Z") });
    expect(answered.startedAt).toBeNull();
  });

  it.each([
    ["outbound-api", "outbound"],
    ["outbound-dial", "outbound"],
    ["trunking-originating", "inbound"],
    ["trunking-terminating", "outbound"],
    ["", null],
  ])("tell the direction %j as %s", async (word, direction) => {
    expect((await factsOf({ CallSid: CALL, CallStatus: "ringing", Direction: word })).direction).toBe(direction);
  });

  // As they came from Twilio, with other numbers and a `ringing` before.
  it("tell when a call began whose end says so too, or not at all", async () => {
    const at = (second: string) => `Sat, 07 May 2022 14:30:${second} +0000`;
    const call = { CallSid: CALL, ...parties, Direction: "outbound-api", CallbackSource: "call-progress-events" };
    const rang = await allFactsOf({ ...call, CallStatus: "ringing", SequenceNumber: "1", Timestamp: at("02") });
    const busy = await allFactsOf({
      ...call,
      CallStatus: "busy",
      SipResponseCode: "486",
      SequenceNumber: "2",
      Duration: "0",
      CallDuration: "0",
      Timestamp: at("14"),
    });
    const whole = (facts: CallFacts[]) =>
      foldNotices(
        undefined,
        facts.map((one) => ({ facts: one, receivedAt: Date.parse("2022-05-07T15:00:00Z"), replay: false })),
      );
    for (const facts of [
      [...rang, ...busy],
      [...busy, ...rang],
    ]) {
      expect(whole(facts)).toMatchObject({
        state: "failed",
        error: "SIP 486",
        startedAt: Date.parse("2022-05-07T14:30:02Z"),
        endedAt: Date.parse("2022-05-07T14:30:14Z"),
      });
    }
    const alone = await allFactsOf({ ...call, CallStatus: "completed", CallDuration: "10", Timestamp: at("14") });
    expect(whole(alone).startedAt).toBe(Date.parse("2022-05-07T14:30:04Z"));
  });

  it("keep to themselves what lets whoever has it call on", async () => {
    const { custom } = await factsOf({
      CallSid: CALL,
      CallStatus: "ringing",
      CallToken: '{"parentCallInfoToken":"eyJhbGciOiJFUzI1NiJ9.e30.AA"}',
      StirVerstat: "TN-Validation-Passed-A",
      ...parties,
    });
    expect(custom).toMatchObject({ StirVerstat: "TN-Validation-Passed-A" });
    expect(custom).not.toHaveProperty("CallToken");
  });

  it("take callers who hide their number for nobody", async () => {
    const facts = await factsOf({ CallSid: CALL, CallStatus: "ringing", ...parties, From: "+266696687" });
    expect(facts).toMatchObject({ from: "+266696687", fromE164: null, toE164: "+15551230002" });
  });

  it("name the agent who took it in a browser", async () => {
    const facts = await factsOf({ CallSid: CALL, CallStatus: "ringing", From: "+15551230001", To: "client:ann" });
    expect(facts).toMatchObject({ operatorReference: "twilio:client:ann", to: "client:ann", toE164: null });
  });

  it("bring a recording without ending the call, and ask who spoke", async () => {
    const facts = await factsOf({
      CallSid: CALL,
      AccountSid: ACCOUNT,
      RecordingSid: RECORDING,
      RecordingUrl: MEDIA,
      RecordingStatus: "completed",
      RecordingStartTime: "Wed, 15 Jan 2025 10:00:05 +0000",
      RecordingTrack: "both",
    });
    expect(facts).toMatchObject({
      externalId: CALL,
      outcome: null,
      lookUp: true,
      startedAt: Date.parse("2025-01-15T10:00:05Z"),
      custom: { RecordingTrack: "both" },
      recordings: [{ externalId: RECORDING, url: `${MEDIA}.mp3` }],
    });
  });

  it("ask for the form and the channels that are set", async () => {
    const fields = { CallSid: CALL, RecordingSid: RECORDING, RecordingUrl: MEDIA, RecordingStatus: "completed" };
    const { recordings } = await factsOf(fields, { recording_format: "wav", dual_channel: true });
    expect(recordings).toEqual([{ externalId: RECORDING, url: `${MEDIA}.wav?RequestedChannels=2` }]);
  });

  it("wait for the link of a recording that goes on, and for one that failed in vain", async () => {
    const fields = { CallSid: CALL, RecordingSid: RECORDING, RecordingUrl: MEDIA };
    const going = await factsOf({ ...fields, RecordingStatus: "in-progress" });
    expect(going.recordings).toEqual([{ externalId: RECORDING, url: null }]);
    const failed = await factsOf({ ...fields, RecordingStatus: "failed", ErrorCode: "13500" });
    expect(failed).toMatchObject({ custom: { RecordingStatus: "failed", RecordingErrorCode: "13500" }, outcome: null });
    expect(failed.recordings).toEqual([{ externalId: RECORDING, url: null }]);
  });

  it("bring the recording in the call's own callback, where there is one", async () => {
    const fields = { CallSid: CALL, ...parties, CallStatus: "completed", RecordingSid: RECORDING, RecordingUrl: MEDIA };
    expect((await factsOf(fields)).recordings).toEqual([{ externalId: RECORDING, url: `${MEDIA}.mp3` }]);
  });

  const words = {
    CallSid: CALL,
    AccountSid: ACCOUNT,
    RecordingSid: RECORDING,
    RecordingUrl: MEDIA,
    TranscriptionSid: "TR0123456789abcdef0123456789abcdef",
    TranscriptionUrl: "https://api.twilio.com/2010-04-01/Accounts/AC1/Transcriptions/TR1",
  };

  it("bring what Twilio heard in a recording, and end no call with it", async () => {
    const facts = await factsOf({
      ...words,
      TranscriptionStatus: "completed",
      TranscriptionText: "Hello, I would like to cancel my policy.",
    });
    expect(facts).toMatchObject({
      externalId: CALL,
      outcome: null,
      transcript: "Hello, I would like to cancel my policy.",
      recordings: [{ externalId: RECORDING, url: `${MEDIA}.mp3` }],
    });
    expect(JSON.stringify(facts.custom ?? {})).not.toMatch(/Transcription|cancel/);
  });

  it("say that Twilio could not transcribe", async () => {
    const facts = await factsOf({ ...words, TranscriptionStatus: "failed", TranscriptionText: "" });
    expect(facts).toMatchObject({ outcome: null, custom: { TranscriptionStatus: "failed" } });
    expect(facts).not.toHaveProperty("transcript");
  });

  it("take a conference for the conversation it is, which has no call to look up", async () => {
    const fields = { ConferenceSid: "CF1", RecordingSid: RECORDING, RecordingUrl: MEDIA, RecordingStatus: "completed" };
    const facts = await factsOf(fields);
    expect(facts.externalId).toBe("CF1");
    expect(facts.lookUp).toBeUndefined();
  });

  it.each([
    ["CallSid=CA1&RecordingStatus=absent&RecordingSid=RE1", FORM, "recording_absent"],
    ["CallSid=CA1&TranscriptionText=hello", FORM, "not_a_status"],
    ["CallSid=CA1&TranscriptionText=hello&TranscriptionStatus=completed", FORM, "missing_fields"],
    ["RecordingSid=RE1&TranscriptionText=hello&TranscriptionStatus=completed", FORM, "missing_fields"],
    [
      "CallSid=CA1&TranscriptionSid=GT1&TranscriptionEvent=transcription-content&TranscriptionData=%7B%7D",
      FORM,
      "live_transcription",
    ],
    ["CallSid=CA1&CallStatus=toString", FORM, "not_a_status"],
    ["CallStatus=completed", FORM, "missing_fields"],
    ["MessageSid=SM1&MessageStatus=delivered&From=%2B15551230001", FORM, "not_a_status"],
    [
      '{"transcript_sid":"GT1","event_type":"voice_intelligence_transcript_available"}',
      "application/json",
      "transcript_elsewhere",
    ],
    ["CallSid=CA1&RecordingStatus=completed", FORM, "missing_fields"],
    ["", FORM, "empty_body"],
    ['{"CallSid":"CA1"', "application/json", "invalid_json"],
    ["CallSid=CA1", "text/plain", "unsupported_content_type"],
  ])("%s as %s: %s", async (body, type, reason) => {
    const result = await twilio.read(bytesOf(body), type, configOf());
    expect(result.ok ? result.value : result.error).toMatchObject({ reason });
  });

  it("are read from JSON too", async () => {
    const body = bytesOf(JSON.stringify({ CallSid: CALL, CallStatus: "completed", CallDuration: 5 }));
    expect(await twilio.read(body, "application/json", configOf())).toMatchObject({
      ok: true,
      value: { facts: [{ externalId: CALL, outcome: "completed", durationSeconds: 5 }] },
    });
  });
});

describe("Twilio's recordings", () => {
  const KEY = { account_sid: ACCOUNT, api_key_sid: `SK${"d".repeat(32)}`, api_key_secret: "secret-of-the-key" };

  async function headersFor(address: string, config = configOf()) {
    const means = { fetch, now: () => 0, guardPolicy: { allowPrivateAddresses: false, ownHosts: [] } };
    return twilio.recordingAccess?.(config, means, { externalId: "r" }).credentialsFor?.(new URL(address));
  }

  it("are asked for with the callbacks' own Auth Token, as the account that made them", async () => {
    expect(await headersFor(`${MEDIA}.mp3`)).toEqual({ authorization: `Basic ${btoa(`${ACCOUNT}:${TOKEN}`)}` });
  });

  it("are asked for with the credentials where there are any", async () => {
    const withToken = configOf({}, { account_sid: ACCOUNT, auth_token: "another-auth-token" });
    expect(await headersFor(`${MEDIA}.mp3`, withToken)).toEqual({
      authorization: `Basic ${btoa(`${ACCOUNT}:another-auth-token`)}`,
    });
    expect(await headersFor(`${MEDIA}.mp3`, configOf({}, KEY))).toEqual({
      authorization: `Basic ${btoa(`${KEY.api_key_sid}:secret-of-the-key`)}`,
    });
  });

  it.each([
    ["https://api.dublin.ie1.twilio.com", true],
    ["https://api.ie1.twilio.com", true],
    ["https://media.twiliocdn.com", false],
    ["https://com-twilio-us1-recordings.s3.amazonaws.com", false],
    ["https://api.twilio.com.evil.example", false],
    ["https://apixtwilio.com", false],
    ["https://evil.twilio.com", false],
    ["https://api.twilio.com:8443", false],
    ["http://api.twilio.com", false],
  ])("get credentials at %s: %s", async (origin, given) => {
    const headers = await headersFor(`${origin}/2010-04-01/Accounts/${ACCOUNT}/Recordings/RE1.mp3`);
    expect(headers !== undefined).toBe(given);
  });

  it("get none where the address names no account and there are no credentials", async () => {
    expect(await headersFor("https://api.twilio.com/elsewhere")).toBeUndefined();
  });
});

describe("Twilio's configuration", () => {
  it.each([
    [{ account_sid: ACCOUNT, auth_token: "0123456789abcdef" }, []],
    [{ account_sid: ACCOUNT, api_key_sid: `SK${"d".repeat(32)}`, api_key_secret: "0123456789abcdef" }, []],
    [{ account_sid: ACCOUNT }, ["auth_token"]],
    [{ account_sid: ACCOUNT, api_key_sid: `SK${"d".repeat(32)}` }, ["api_key_secret"]],
    [{ account_sid: ACCOUNT, api_key_secret: "0123456789abcdef" }, ["api_key_sid"]],
    [{ account_sid: "AC1", auth_token: "0123456789abcdef" }, ["account_sid"]],
  ])("takes the credentials %j: %j", (given, wrong) => {
    const parsed = credentials.safeParse(given);
    expect(parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join("."))).toEqual(wrong);
  });

  it.each([
    ["https://api.dublin.ie1.twilio.com", true],
    ["http://127.0.0.1:4010", true],
    ["http://api.twilio.com", false],
    ["https://user:word@api.twilio.com", false],
    ["ftp://api.twilio.com", false],
    ["api.twilio.com", false],
  ])("takes the API at %s: %s", (address, taken) => {
    expect(settings.safeParse({ api_url: address }).success).toBe(taken);
  });

  it("guides to the address Twilio will sign", () => {
    const guide = twilio.guide({
      webhookUrl: "https://inside.test/webhook/twilio/src_1",
      publicUrl: "https://inside.test",
      source: { id: "src_1", name: "Ours", settings: { public_url: "https://outside.test" } },
      campaign: null,
    });
    expect(guide.request[0]?.value).toBe("https://outside.test/webhook/twilio/src_1");
    // Only our own API is at the other address.
    expect(JSON.stringify(guide)).not.toContain("inside.test");
  });
});
