import { describe, expect, it } from "vitest";
import { foldNotices } from "../../../src/calls/fold";
import type { CallFacts } from "../../../src/calls";
import { hmac, toHex } from "../../../src/lib/hmac";
import { HOUR } from "../../../src/lib/time";
import { fetchAudio } from "../../../src/recordings";
import type { AccessConfig } from "../../../src/platforms/contract";
import { zoom } from "../../../src/platforms/zoom";
import { audio, bytesOf, peer, redirect, type Asked } from "./platform-peer";

const RAW = '{"event":"call.completed","data":{"call_id":"call_1"}}';
// provider-facts §10: key `zoom_test`, timestamp 1700000000, the raw body above; and the challenge.
const VECTOR = "v0=ae0a12293fe135f7f0c1ee8c0fc6c00f87ee315f35142a07a2a946e83a9c4f5e";
const PLAIN = "qgg8vlvZRS6UYooatFL8Aw";
const ENCRYPTED = "0ca6f39b9748cbe9fb9c4dade52d7e3b0948a95beca06ee15f7c050fee524c5a";
const NOW = 1_700_000_000_000;
const BASIC = `Basic ${btoa("cid:csecret")}`;
const CONFIG: AccessConfig = {
  id: "src_1",
  organizationId: "org_1",
  kind: "zoom",
  campaignId: null,
  settings: {},
  secrets: ["zoom_test"],
  state: "active",
  credentials: { account_id: "acc-1", client_id: "cid", client_secret: "csecret" },
};

function request(signature: string, body = RAW, timestamp = "1700000000") {
  const headers = new Headers({ "x-zm-signature": signature, "x-zm-request-timestamp": timestamp });
  return { url: "https://t.test/", headers, body: bytesOf(body) };
}

async function signed(body: string, secret = "zoom_test", timestamp = "1700000000") {
  return request(`v0=${toHex(await hmac("SHA-256", secret, bytesOf(`v0:${timestamp}:${body}`)))}`, body, timestamp);
}

async function read(event: string, object: unknown) {
  const notice = { event, event_ts: NOW, payload: { account_id: "acc-1", object } };
  return zoom.read(bytesOf(JSON.stringify(notice)), "application/json", CONFIG);
}

async function factsOf(event: string, object: unknown): Promise<CallFacts[]> {
  const result = await read(event, object);
  if (!result.ok || result.value.kind !== "calls") throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result.value.facts;
}

describe("Zoom's signature", () => {
  it("passes the vector, and covers body and timestamp", async () => {
    expect(await zoom.verify(request(VECTOR), CONFIG, NOW)).toMatchObject({ ok: true });
    expect(await zoom.verify(request(VECTOR, `${RAW} `), CONFIG, NOW)).toMatchObject({ error: { status: 401 } });
    expect(await zoom.verify(request(VECTOR, RAW, "1700000001"), CONFIG, NOW)).toMatchObject({ ok: false });
    expect(await zoom.verify(request(VECTOR.slice(3)), CONFIG, NOW)).toMatchObject({
      error: { reason: "malformed_signature" },
    });
  });

  it("is good for 300 seconds either way", async () => {
    expect((await zoom.verify(request(VECTOR), CONFIG, NOW + 300_000)).ok).toBe(true);
    expect((await zoom.verify(request(VECTOR), CONFIG, NOW + 301_000)).ok).toBe(false);
    expect((await zoom.verify(request(VECTOR), CONFIG, NOW - 301_000)).ok).toBe(false);
  });
});

describe("Zoom's challenge", () => {
  const body = JSON.stringify({ event: "endpoint.url_validation", payload: { plainToken: PLAIN }, event_ts: NOW });

  it("is answered with the HMAC of the vector", async () => {
    const answer = await zoom.handshake?.(await signed(body), CONFIG, NOW);
    if (!answer?.ok) throw new Error("not answered");
    expect(answer.value.proven).toBe(true);
    expect(JSON.parse(answer.value.reply.body)).toEqual({ plainToken: PLAIN, encryptedToken: ENCRYPTED });
  });

  it("is answered with the secret that asked, while two are good", async () => {
    const rotated = { ...CONFIG, secrets: ["another_zoom_secret", "zoom_test"] };
    const answer = await zoom.handshake?.(await signed(body), rotated, NOW);
    expect(answer?.ok && answer.value.reply.body).toContain(ENCRYPTED);
  });

  it("is not answered to anybody else, nor late, nor without a token", async () => {
    const refused = { ok: false, error: { status: 401 } };
    expect(await zoom.handshake?.(await signed(body, "guess"), CONFIG, NOW)).toMatchObject(refused);
    expect(await zoom.handshake?.(await signed(body), CONFIG, NOW + HOUR)).toMatchObject(refused);
    expect(await zoom.handshake?.(await signed(body), { ...CONFIG, secrets: [] }, NOW)).toMatchObject(refused);
    const empty = '{"event":"endpoint.url_validation","payload":{}}';
    expect(await zoom.handshake?.(await signed(empty), CONFIG, NOW)).toMatchObject({ error: { status: 400 } });
    expect(await zoom.handshake?.(await signed(RAW), CONFIG, NOW)).toBeUndefined();
  });
});

const recording = {
  id: "rec-1",
  user_id: "user-1",
  call_id: "701",
  caller_number: "+15551230001",
  callee_number: "800",
  direction: "inbound",
  duration: 120,
  download_url: "https://zoom.us/v2/phone/recording/download/rec-1",
  date_time: "2026-02-10T14:00:08Z",
  end_time: "2026-02-10T14:02:08Z",
  owner: { id: "user-1", name: "Ann Lee", type: "user" },
  site: { id: "site-1", name: "Head office" },
};

describe("a notice of Zoom about recordings", () => {
  it("completes each of its calls, with all recordings of each", async () => {
    const second = { ...recording, id: "rec-2", download_url: "https://zoom.us/2" };
    const other = { ...recording, id: "rec-3", call_id: "702", owner: { id: "q-1", name: "Sales", type: "callQueue" } };
    const [one, two, ...times] = await factsOf("phone.recording_completed", { recordings: [recording, other, second] });
    expect(times.map(({ externalId, secondary }) => [externalId, secondary])).toEqual([
      ["701", true],
      ["702", true],
    ]);
    expect(times[0]).toMatchObject({
      outcome: null,
      startedAt: Date.parse("2026-02-10T14:00:08Z"),
      endedAt: Date.parse("2026-02-10T14:02:08Z"),
      durationSeconds: 120,
      recordings: [],
    });
    expect(one).toMatchObject({
      externalId: "701",
      outcome: "completed",
      direction: "inbound",
      fromE164: "+15551230001",
      to: "800",
      toE164: null,
      operatorName: "Ann Lee",
      operatorReference: "zoom:user:user-1",
      account: "site-1",
      recordings: [
        { externalId: "rec-1", url: recording.download_url },
        { externalId: "rec-2", url: "https://zoom.us/2" },
      ],
    });
    expect(two).toMatchObject({ externalId: "702", operatorName: null, operatorReference: null });
    const taken = { ...other, accepted_by: { name: "Bea Roe", extension_number: "801" } };
    const [queued] = await factsOf("phone.recording_completed", { recordings: [taken] });
    expect(queued).toMatchObject({ operatorName: "Bea Roe", operatorReference: null });
  });

  it("says of a transcript only that there is one", async () => {
    const [facts] = await factsOf("phone.recording_transcript_completed", {
      recordings: [{ ...recording, transcript_download_url: "https://zoom.us/t" }],
    });
    expect(facts).toMatchObject({
      outcome: null,
      recordings: [{ externalId: "rec-1", url: null }],
    });
    expect(facts?.custom).toMatchObject({ transcript_download_url: "https://zoom.us/t" });
  });

  it("is refused where it names no call", async () => {
    for (const object of [undefined, {}, { recordings: [] }, { recordings: [{}, null, 1] }])
      expect(await read("phone.recording_completed", object)).toMatchObject({ error: { status: 422 } });
  });
});

describe("a notice of Zoom about a call", () => {
  const object = {
    call_id: "701",
    caller: { phone_number: "+15551230001", extension_type: "pstn" },
    callee: { phone_number: "+15551230002", extension_type: "user", user_id: "user-1", name: "Ann Lee" },
    ringing_start_time: "2026-02-10T14:00:00Z",
    call_end_time: "2026-02-10T14:02:10Z",
  };
  const answered = { ...object, answer_start_time: "2026-02-10T14:00:10Z" };
  const queued = { forwarded_by: { extension_type: "callQueue", name: "Sales" } };

  it("says when it began, was answered and ended", async () => {
    const [facts] = await factsOf("phone.callee_ended", { ...answered, handup_result: "Call connected" });
    expect(facts).toMatchObject({
      externalId: "701",
      outcome: "completed",
      direction: "inbound",
      durationSeconds: 130,
      talkSeconds: 120,
      operatorReference: "zoom:user:user-1",
    });
  });

  it("tells the call's times, which its recording's do not change", async () => {
    const ended = await factsOf("phone.callee_ended", { ...answered, handup_result: "Call connected" });
    // Switched on in the middle of the call.
    const recorded = await factsOf("phone.recording_completed", {
      recordings: [{ ...recording, date_time: "2026-02-10T14:01:00Z", duration: 60 }],
    });
    for (const order of [
      [...ended, ...recorded],
      [...recorded, ...ended],
    ]) {
      const notices = order.map((facts) => ({ facts, receivedAt: NOW, replay: false }));
      expect(foldNotices(undefined, notices)).toMatchObject({
        startedAt: Date.parse("2026-02-10T14:00:00Z"),
        endedAt: Date.parse("2026-02-10T14:02:10Z"),
        durationSeconds: 130,
        talkSeconds: 120,
      });
    }
    const alone = recorded.map((facts) => ({ facts, receivedAt: NOW, replay: false }));
    expect(foldNotices(undefined, alone)).toMatchObject({
      state: "completed",
      startedAt: Date.parse("2026-02-10T14:01:00Z"),
      durationSeconds: 60,
    });
  });

  it.each([
    ["phone.callee_ringing", object, "in_progress"],
    ["phone.callee_ended", answered, "completed"],
    ["phone.caller_ended", { ...object, handup_result: "Call Cancel" }, "failed"],
    ["phone.callee_missed", { ...object, handup_result: "No Answer" }, "failed"],
    ["phone.callee_missed", { ...object, ...queued, handup_result: "No Answer" }, "in_progress"],
    ["phone.callee_ended", { ...object, handup_result: "Answered by Other Member" }, "in_progress"],
  ])("%s %j is %s", async (event, content, outcome) => {
    expect((await factsOf(event, content))[0]?.outcome).toBe(outcome);
  });

  it("knows outbound and internal calls by whose event it is and who is outside", async () => {
    const user = object.callee;
    const outbound = { ...answered, caller: user, callee: object.caller };
    expect((await factsOf("phone.caller_ended", outbound))[0]).toMatchObject({
      direction: "outbound",
      operatorName: "Ann Lee",
    });
    expect((await factsOf("phone.caller_ended", { ...answered, caller: user }))[0]?.direction).toBe("internal");
  });

  it("is of a voicemail: a call nobody took, with the message as its recording", async () => {
    const voicemail = {
      id: "vm-1",
      call_id: "703",
      caller_number: "+15551230001",
      date_time: "2026-02-10T14:00:00Z",
      duration: 12,
      download_url: "https://zoom.us/vm",
    };
    expect((await factsOf("phone.voicemail_received", voicemail))[0]).toMatchObject({
      externalId: "703",
      outcome: "failed",
      recordings: [{ externalId: "vm-1", url: "https://zoom.us/vm" }],
    });
    const { call_id: _, ...nameless } = voicemail;
    expect((await factsOf("phone.voicemail_received", nameless))[0]?.externalId).toBe("voicemail:vm-1");
  });

  it("about anything else is ignored", async () => {
    expect(await read("phone.sms_received", {})).toMatchObject({ value: { kind: "ignored" } });
  });
});

describe("Zoom's API", () => {
  let tokens = 0;
  function platform({ url, method, authorization }: Asked): Response {
    const { hostname, pathname, searchParams } = new URL(url);
    if (pathname === "/oauth/token") {
      const grant =
        searchParams.get("grant_type") === "account_credentials" && searchParams.get("account_id") === "acc-1";
      if (method !== "POST" || authorization !== BASIC || !grant) return new Response("", { status: 401 });
      tokens += 1;
      return Response.json({ access_token: `at-${tokens}`, expires_in: 3600 });
    }
    if (hostname === "files.example.com") return audio();
    if (authorization !== `Bearer at-${tokens}`) return new Response("", { status: 401 });
    if (pathname.startsWith("/v2/phone/recording/download/")) return redirect("https://files.example.com/1.wav");
    const late = { ...recording, id: "rec-9", call_id: "709", date_time: "2026-02-11T00:00:00Z" };
    return searchParams.has("next_page_token")
      ? Response.json({ next_page_token: "", recordings: [{ ...recording, id: "rec-4", call_id: "704" }, late] })
      : Response.json({ next_page_token: "p2", recordings: [recording, { ...recording, id: "rec-2" }, {}] });
  }

  it("gives recordings for a token that is asked for once an hour, and other hosts none", async () => {
    const { asked, means, clock } = peer(platform);
    const get = async (url: string) => {
      asked.length = 0;
      const access = zoom.recordingAccess?.({ ...CONFIG, id: "src_access" }, means, { externalId: "1" }) ?? {};
      const result = await fetchAudio({ ...access, ...means, url, maxBytes: 9_999 });
      if (result.ok) await result.value.body.cancel();
      return [result.ok, ...asked.map(({ authorization }) => authorization)];
    };
    expect(await get(recording.download_url)).toEqual([true, BASIC, "Bearer at-1", null]);
    expect(await get(recording.download_url)).toEqual([true, "Bearer at-1", null]);
    clock.now += HOUR;
    expect(await get(recording.download_url)).toEqual([true, BASIC, "Bearer at-2", null]);
    expect(await get("https://zoom.us.example.org/v2/phone/recording/download/1")).toEqual([false, null]);
    expect(await get("https://evilzoom.us/v2/phone/recording/download/1")).toEqual([false, null]);
  });

  it("asks anew once the credentials are others, and says so when they are wrong", async () => {
    const { asked, means } = peer(platform);
    const span = { from: Date.parse("2026-02-10T00:00:00Z"), until: Date.parse("2026-02-11T00:00:00Z") };
    const config = { ...CONFIG, id: "src_changed" };
    expect((await zoom.pull?.list(span, null, config, means))?.ok).toBe(true);
    const wrong = { ...config, credentials: { account_id: "acc-1", client_id: "cid", client_secret: "old" } };
    expect(await zoom.pull?.list(span, null, wrong, means)).toMatchObject({ error: { kind: "refused" } });
    const before = asked.length;
    expect(await zoom.pull?.list(span, null, { ...config, credentials: null }, means)).toMatchObject({ ok: false });
    expect(asked).toHaveLength(before);
  });

  it("lists recorded calls by day, a page at a time, and keeps those of the span", async () => {
    const { asked, means } = peer(platform);
    const span = { from: Date.parse("2026-02-10T00:00:00Z"), until: Date.parse("2026-02-11T00:00:00Z") };
    const config = { ...CONFIG, id: "src_list" };
    const first = await zoom.pull?.list(span, null, config, means);
    if (!first?.ok) throw new Error("no list");
    expect(first.value.calls.map(({ externalId }) => externalId)).toEqual(["701"]);
    const second = await zoom.pull?.list(span, first.value.cursor, config, means);
    if (!second?.ok) throw new Error("no list");
    expect(second.value).toMatchObject({ cursor: null, calls: [{ externalId: "704" }] });
    expect(asked.at(-1)?.url).toBe(
      "https://api.zoom.us/v2/phone/recordings?from=2026-02-09&to=2026-02-12&page_size=300&next_page_token=p2",
    );
    const listed = await zoom.pull?.readListed(bytesOf(first.value.calls[0]?.body ?? ""), "application/json", config);
    const notified = await read("phone.recording_completed", {
      recordings: [recording, { ...recording, id: "rec-2" }],
    });
    expect(listed).toEqual(notified);
  });

  it("is asked at the addresses set in its place", async () => {
    const { asked, means } = peer(platform);
    const settings = { api_url: "https://api.peer.example", oauth_url: "https://auth.peer.example" };
    const span = { from: 0, until: HOUR };
    await zoom.pull?.list(span, null, { ...CONFIG, id: "src_peer", settings }, means);
    expect(asked.map(({ url }) => new URL(url).hostname)).toEqual(["auth.peer.example", "api.peer.example"]);
  });
});
