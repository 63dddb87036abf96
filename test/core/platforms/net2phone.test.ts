import { describe, expect, it } from "vitest";
import { foldNotices } from "../../../src/calls/fold";
import type { CallFacts } from "../../../src/calls";
import { hmac, toHex } from "../../../src/lib/hmac";
import type { AccessConfig, AccessDeps, SourceConfig } from "../../../src/platforms";
import { net2phone } from "../../../src/platforms/net2phone";
import type { Net2phoneSettings } from "../../../src/platforms/net2phone/settings";

const RAW = '{"event":"call.completed","data":{"call_id":"call_1"}}';
// provider-facts §10: key `n2p_test`, this timestamp, the raw body above.
const TIMESTAMP = "2026-03-12T20:31:36.3502036Z";
const VECTOR = "58183d2f4b8a6594fa5da3e3acfefc99dba3bd5ae935d79a1ef78354af9a99ac";
const NOW = Date.UTC(2026, 2, 12, 20, 31, 36, 350);
const API = "https://api.n2p.io/v2";
const EXCHANGE = `${API}/call-recordings/rec-1:generate-audio-download-link`;

function configOf(settings: Net2phoneSettings = {}): SourceConfig<Net2phoneSettings> {
  return {
    id: "src_1",
    organizationId: "org_1",
    kind: "net2phone",
    campaignId: null,
    settings,
    secrets: ["n2p_test"],
    state: "active",
  };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

function signed(headers: Record<string, string> = {}, body = RAW) {
  const given = { "x-net2phone-timestamp": TIMESTAMP, "x-net2phone-signature": VECTOR, ...headers };
  return { url: "https://trunkline.test/", headers: new Headers(given), body: bytesOf(body) };
}

async function allFactsOf(fields: object, settings: Net2phoneSettings = {}, listed = false): Promise<CallFacts[]> {
  const read = listed ? net2phone.pull!.readListed : net2phone.read;
  const result = await read(bytesOf(JSON.stringify(fields)), "application/json", configOf(settings));
  if (!result.ok || result.value.kind !== "calls") throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result.value.facts;
}

async function factsOf(fields: object, settings: Net2phoneSettings = {}, listed = false): Promise<CallFacts> {
  return (await allFactsOf(fields, settings, listed))[0]!;
}

const user = { id: 1, name: "Jane Doe", account_id: 42, email: "jane@example.test" };
// The reference's samples, with other numbers.
const completed = {
  timestamp: "2026-02-10T14:02:00.66Z",
  event: "call_completed",
  user,
  duration: 120,
  direction: "inbound",
  originating_number: "+15551230001",
  user_name: "Jane Doe",
  id: "evt-guid",
  dialed_number: 201,
  call_source: "normal",
  call_id: "call-guid",
  recording_url: EXCHANGE,
  voice_mail: false,
  click_to_call_info: null,
};
const recorded = {
  timestamp: "2026-02-10T14:03:04.29Z",
  event: "call_recorded",
  user,
  id: "evt-guid-2",
  audio_message_id: 89007,
  user_name: "Jane Doe",
  audio_message_url: "https://app.net2phone.com/api/call-record/89007",
  direction: "inbound",
  dialed_number: "201",
  originating_number: "+15551230001",
  call_source: "normal",
  call_id: "call-guid",
};

describe("net2phone's signature", () => {
  it("passes the published vector, over the timestamp as it was written", async () => {
    expect(net2phone.precheck(signed().headers, NOW)).toMatchObject({ ok: true });
    expect(await net2phone.verify(signed(), configOf(), NOW)).toMatchObject({ ok: true });
    // The same moment in other words.
    for (const written of ["2026-03-12T20:31:36.350Z", "2026-03-12T20:31:36.3502036+00:00"]) {
      const other = signed({ "x-net2phone-timestamp": written });
      expect(await net2phone.verify(other, configOf(), NOW)).toMatchObject({
        ok: false,
        error: { status: 401, reason: "wrong_signature" },
      });
    }
  });

  it.each([
    [300_000, true],
    [-300_000, true],
    [301_000, false],
    [-301_000, false],
  ])("is taken when our clock is %d ms ahead: %s", async (ahead, taken) => {
    expect((await net2phone.verify(signed(), configOf(), NOW + ahead)).ok).toBe(taken);
    expect(net2phone.precheck(signed().headers, NOW + ahead).ok).toBe(taken);
  });

  it.each(["", "yesterday", "1700000000", "2026-03-12", "2026-13-12T20:31:36Z", "9".repeat(200)])(
    "refuses the timestamp %j from the headers alone",
    (written) => {
      expect(net2phone.precheck(signed({ "x-net2phone-timestamp": written }).headers, NOW)).toMatchObject({
        ok: false,
        error: { status: 401, reason: "malformed_timestamp" },
      });
    },
  );

  it("over the body alone is taken where the source allows it, within the same time", async () => {
    const signature = toHex(await hmac("SHA-256", "n2p_test", bytesOf(RAW)));
    const bodyOnly = signed({ "x-net2phone-signature": signature });
    expect(await net2phone.verify(bodyOnly, configOf(), NOW)).toMatchObject({ ok: false });
    const lenient = configOf({ body_only_signature: true });
    expect(await net2phone.verify(bodyOnly, lenient, NOW)).toMatchObject({ ok: true });
    expect(await net2phone.verify(signed(), lenient, NOW)).toMatchObject({ ok: true });
    expect(await net2phone.verify(bodyOnly, lenient, NOW + 301_000)).toMatchObject({ ok: false });
    expect(await net2phone.verify({ ...bodyOnly, body: bytesOf(`${RAW} `) }, lenient, NOW)).toMatchObject({
      ok: false,
    });
  });
});

describe("net2phone's events", () => {
  it("become the facts of a call", async () => {
    expect(await factsOf(completed)).toEqual({
      externalId: "call-guid",
      outcome: "completed",
      direction: "inbound",
      from: "+15551230001",
      fromE164: "+15551230001",
      to: "201",
      toE164: null,
      endedAt: Date.UTC(2026, 1, 10, 14, 2, 0, 660),
      durationSeconds: 120,
      providerStatus: "completed",
      operatorName: "Jane Doe",
      operatorReference: "net2phone:user:1",
      account: "42",
      custom: { call_source: "normal", voice_mail: false, user_email: "jane@example.test" },
      error: null,
      recordings: [{ externalId: "audio", url: EXCHANGE }],
    });
  });

  it("know the number of a country, written as one", async () => {
    const facts = await factsOf({ ...completed, dialed_number: 1126888209 }, { country: "AR" });
    expect(facts).toMatchObject({ to: "1126888209", toE164: "+541126888209" });
  });

  it("keep every digit of an id", async () => {
    const text = JSON.stringify({ ...completed, call_id: "ID" }).replace('"ID"', "9007199254740993");
    const result = await net2phone.read(bytesOf(text), "application/json", configOf());
    expect(result).toMatchObject({
      value: { facts: [{ externalId: "9007199254740993" }, { externalId: "9007199254740993" }] },
    });
  });

  it("say one after the other how the call goes", async () => {
    const at = Date.UTC(2026, 1, 10, 14, 2, 0, 660);
    const event = (name: string) => factsOf({ ...completed, event: name, recording_url: undefined });
    expect(await event("call_ringing")).toMatchObject({ outcome: "in_progress", startedAt: at });
    expect(await event("call_answered")).toMatchObject({ outcome: "in_progress", answeredAt: at });
    expect(await event("call_missed")).toMatchObject({ outcome: "failed", endedAt: at, providerStatus: "missed" });
    expect(await event("call_recorded")).toMatchObject({ outcome: null, providerStatus: null });
  });

  it("say when the call began, or let it be counted back from its end", async () => {
    const rang = await allFactsOf({ ...completed, event: "call_ringing", timestamp: "2026-02-10T13:59:50.66Z" });
    const done = await allFactsOf(completed);
    const start = (facts: CallFacts[]) =>
      foldNotices(
        undefined,
        facts.map((one) => ({ facts: one, receivedAt: NOW, replay: false })),
      ).startedAt;
    expect(start(done)).toBe(Date.UTC(2026, 1, 10, 14, 0, 0, 660));
    expect(start([...rang, ...done])).toBe(Date.UTC(2026, 1, 10, 13, 59, 50, 660));
    expect(start([...done, ...rang])).toBe(Date.UTC(2026, 1, 10, 13, 59, 50, 660));
  });

  it("of one whom a colleague's answer spared the call do not make it a failed one", async () => {
    const missed = await factsOf({ ...completed, event: "call_missed", user: { id: 2, name: "Joe Roe" } });
    const done = await factsOf(completed);
    for (const order of [
      [missed, done],
      [done, missed],
    ]) {
      const call = foldNotices(
        undefined,
        order.map((facts) => ({ facts, receivedAt: NOW, replay: false })),
      );
      expect(call).toMatchObject({ state: "completed", operatorName: "Jane Doe", providerStatus: "completed" });
    }
  });

  it("are ignored when nobody asked for them, and refused when they name no call", async () => {
    const read = (fields: object) => net2phone.read(bytesOf(JSON.stringify(fields)), "application/json", configOf());
    expect(await read({ event: "sms_received" })).toMatchObject({ value: { reason: "event_ignored" } });
    expect(await read({ event: "toString" })).toMatchObject({ value: { kind: "ignored" } });
    expect(await read({ ...completed, call_id: "" })).toMatchObject({
      error: { status: 422, errors: [{ field: "call_id" }] },
    });
    expect(await read({})).toMatchObject({ error: { status: 422, errors: [{ field: "event" }] } });
  });
});

describe("net2phone's recordings", () => {
  const recordings = async (fields: object, settings?: Net2phoneSettings) =>
    (await factsOf(fields, settings)).recordings;

  it("are one recording, whichever event announces it", async () => {
    expect(await recordings(completed)).toEqual([{ externalId: "audio", url: EXCHANGE }]);
    expect(await recordings(recorded)).toEqual([{ externalId: "audio", url: recorded.audio_message_url }]);
    expect(await recordings({ ...completed, recording_url: null })).toEqual([]);
    // Announced without an address: one that may come yet.
    expect(await recordings({ ...recorded, audio_message_url: "" })).toEqual([{ externalId: "audio", url: null }]);
  });

  it("are told apart from voice mail", async () => {
    const message = { ...completed, voice_mail: true };
    expect(await factsOf(message)).toMatchObject({
      outcome: "failed",
      providerStatus: "voicemail",
      error: "the caller left a voicemail",
      recordings: [{ externalId: "voicemail", url: EXCHANGE }],
    });
  });

  it("are one for each message where the source says so", async () => {
    const settings = { several_recordings: true };
    expect(await recordings(completed, settings)).toEqual([]);
    expect(await recordings(recorded, settings)).toEqual([
      { externalId: "message-89007", url: recorded.audio_message_url },
    ]);
    expect(await recordings({ ...completed, voice_mail: true }, settings)).toHaveLength(1);
  });
});

describe("net2phone's credentials", () => {
  const means: AccessDeps = { fetch, now: () => NOW, guardPolicy: { allowPrivateAddresses: false, ownHosts: [] } };
  function accessOf(settings: Net2phoneSettings = {}, credentials: AccessConfig["credentials"] = { api_key: "k-1" }) {
    return net2phone.recordingAccess!({ ...configOf(settings), credentials }, means, { externalId: "audio" });
  }

  it.each([
    [EXCHANGE, true],
    [EXCHANGE.replace(":generate", "%3Agenerate"), true],
    ["https://app.net2phone.com/api/call-record/89007", true],
    ["https://net2phone.com/x", true],
    ["http://app.net2phone.com/api/call-record/89007", false],
    ["https://app.net2phone.com:8443/x", false],
    ["https://mediastorage.n2p.io/1?token=t", false],
    ["https://evilnet2phone.com/x", false],
    ["https://api.n2p.io.evil.test/x", false],
    ["https://net2phone.com.evil.test/:generate-audio-download-link", false],
  ])("go to net2phone alone: %s %s", async (url, taken) => {
    const headers = await accessOf().credentialsFor?.(new URL(url));
    expect(headers?.["x-api-key"]).toBe(taken ? "k-1" : undefined);
  });

  it("are exchanged for a link, which is asked without them, wherever it leads", async () => {
    const access = accessOf();
    expect(await access.credentialsFor?.(new URL(EXCHANGE))).toEqual({
      "x-api-key": "k-1",
      accept: "application/json",
    });
    const link = "https://media.net2phone.com/a?token=t";
    expect(access.linkIn?.(new URL(EXCHANGE), { url: link, expires_at_time: "2026-02-10T15:00:00Z" })).toBe(link);
    expect(await access.credentialsFor?.(new URL(link))).toEqual({});
    for (const reply of [null, {}, { url: 7 }, { url: "" }, []]) {
      expect(access.linkIn?.(new URL(EXCHANGE), reply)).toBeUndefined();
    }
  });

  it("go to the API the source names, and are not there where none are set", async () => {
    const own = accessOf({ api_url: "https://n2p.example.test/v2/" });
    expect(await own.credentialsFor?.(new URL("https://n2p.example.test/v2/call-recordings/1"))).toMatchObject({
      "x-api-key": "k-1",
    });
    expect(await accessOf({}, null).credentialsFor?.(new URL(EXCHANGE))).toEqual({ accept: "application/json" });
  });
});

describe("net2phone's settings", () => {
  it("are checked", () => {
    const { settings } = net2phone;
    expect(settings.safeParse({ body_only_signature: true, list_call_id_field: "call.id" }).success).toBe(true);
    for (const wrong of [{ api_url: "ftp://x.test" }, { list_call_id_field: "a..b" }, { other: 1 }]) {
      expect(settings.safeParse(wrong).success).toBe(false);
    }
    expect(net2phone.credentials?.safeParse({ api_key: "a b" }).success).toBe(false);
  });
});
