import { describe, expect, it } from "vitest";
import type { CallFacts } from "../../../src/calls";
import { fetchAudio } from "../../../src/recordings";
import type { AccessConfig } from "../../../src/platforms/contract";
import { ringcentral } from "../../../src/platforms/ringcentral";
import { credentials, type RingCentralSettings } from "../../../src/platforms/ringcentral/settings";
import { audio, bytesOf, peer, redirect, type Asked } from "./platform-peer";

const SECRET = "ringcentral_token_only_for_tests";
const CONFIG: AccessConfig<RingCentralSettings> = {
  id: "src_1",
  organizationId: "org_1",
  kind: "ringcentral",
  campaignId: null,
  settings: {},
  secrets: [SECRET],
  state: "active",
  credentials: { client_id: "id", client_secret: "secret", jwt: "j.w.t" },
};

function request(headers: Record<string, string>, body = "") {
  return { url: "https://t.test/", headers: new Headers(headers), body: bytesOf(body) };
}

const party = {
  accountId: "400",
  extensionId: "500",
  id: "p-1-2",
  direction: "Inbound",
  from: { phoneNumber: "+15551230001" },
  to: { phoneNumber: "+15551230002", name: "Ann Lee", extensionId: "500" },
};
const status = (code: string, reason?: string) => ({ ...party, status: { code, reason } });

async function factsOf(parties: unknown[], settings: RingCentralSettings = {}): Promise<CallFacts> {
  const session = { telephonySessionId: "s-1", sequence: 3, eventTime: "2026-02-10T14:00:00.100Z", parties };
  const notice = {
    event: "/restapi/v1.0/account/400/telephony/sessions",
    timestamp: "2026-02-10T14:02:00Z",
    body: session,
  };
  const result = await ringcentral.read(bytesOf(JSON.stringify(notice)), "application/json", { ...CONFIG, settings });
  if (!result.ok || result.value.kind !== "calls") throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result.value.facts[0] as CallFacts;
}

describe("RingCentral's proof", () => {
  it("is the token, under either of its two names", async () => {
    for (const name of ["Verification-Token", "Validation-Token"]) {
      expect(await ringcentral.verify(request({ [name]: SECRET }, "{}"), CONFIG, 0)).toMatchObject({ ok: true });
      expect(await ringcentral.verify(request({ [name]: `${SECRET}x` }, "{}"), CONFIG, 0)).toMatchObject({
        error: { status: 401, reason: "wrong_token" },
      });
    }
    expect(ringcentral.precheck(new Headers(), 0)).toMatchObject({ error: { reason: "missing_token" } });
  });
});

describe("RingCentral's handshake", () => {
  it("gives the header back, to anybody, and proves nothing", async () => {
    for (const body of ["", "{}"]) {
      const answer = await ringcentral.handshake?.(request({ "Validation-Token": "abc-1" }, body), CONFIG, 0);
      expect(answer).toMatchObject({
        value: { proven: false, reply: { status: 200, headers: { "validation-token": "abc-1" } } },
      });
    }
  });

  it("is no notice, whatever its token", async () => {
    const notice = '{"event":"/restapi/v1.0/account/1/telephony/sessions","body":{}}';
    for (const token of ["abc-1", SECRET])
      expect(await ringcentral.handshake?.(request({ "Validation-Token": token }, notice), CONFIG, 0)).toBeUndefined();
    expect(await ringcentral.handshake?.(request({ "Verification-Token": SECRET }), CONFIG, 0)).toBeUndefined();
    const long = request({ "Validation-Token": "x".repeat(513) });
    expect(await ringcentral.handshake?.(long, CONFIG, 0)).toBeUndefined();
    expect(await ringcentral.verify(long, CONFIG, 0)).toMatchObject({ error: { status: 401 } });
  });
});

describe("a notice of RingCentral", () => {
  it.each([
    ["in_progress", [status("Setup")]],
    ["in_progress", [status("Answered"), status("Disconnected", "CallFinished")]],
    ["in_progress", [status("Hold")]],
    ["in_progress", [status("Gone", "AttendedTransfer")]],
    ["in_progress", [status("Disconnected", "BlindTransfer")]],
    ["in_progress", [status("Disconnected", "AgentAnswered"), status("Disconnected", "NoAnswer")]],
    ["completed", [status("Disconnected", "CallFinished")]],
    ["completed", [status("Disconnected")]],
    ["completed", [status("Disconnected", "BlindTransfer"), status("Disconnected", "CallFinished")]],
    ["failed", [status("Disconnected", "NoAnswer")]],
    ["failed", [{ ...status("Disconnected", "CallFinished"), missedCall: true }]],
    [null, []],
  ])("is %s after %j", async (outcome, parties) => {
    expect((await factsOf(parties)).outcome).toBe(outcome);
  });

  it("says who spoke with whom", async () => {
    expect(await factsOf([status("Disconnected", "CallFinished")])).toMatchObject({
      externalId: "s-1",
      direction: "inbound",
      fromE164: "+15551230001",
      toE164: "+15551230002",
      endedAt: Date.parse("2026-02-10T14:02:00Z"),
      operatorName: "Ann Lee",
      operatorReference: "ringcentral:extension:500",
      account: "400",
      recordings: [],
    });
    const outbound = { ...party, direction: "Outbound", from: party.to, to: party.from, status: { code: "Answered" } };
    expect(await factsOf([outbound])).toMatchObject({ direction: "outbound", operatorName: "Ann Lee" });
    const internal = { ...party, from: { extensionId: "501" }, status: { code: "Answered" } };
    expect(await factsOf([internal])).toMatchObject({ direction: "internal" });
  });

  it("says when the call began only as its first parties are set up", async () => {
    expect(await factsOf([status("Setup")])).toMatchObject({ startedAt: Date.parse("2026-02-10T14:00:00.100Z") });
    expect((await factsOf([{ ...status("Setup"), id: "p-1-4" }])).startedAt).toBeNull();
    expect((await factsOf([status("Answered")])).startedAt).toBeNull();
  });

  it("has the recordings it names, or the one its owner says there is", async () => {
    const recorded = { ...status("Disconnected"), recordings: [{ id: "77", active: false }, { id: "77" }, {}] };
    expect((await factsOf([recorded])).recordings).toEqual([
      { externalId: "77", url: "https://platform.ringcentral.com/restapi/v1.0/account/~/recording/77" },
    ]);
    expect((await factsOf([recorded], { expect_recordings: true })).recordings).toEqual([
      {
        externalId: "recording",
        url: "https://platform.ringcentral.com/restapi/v1.0/account/~/call-log?telephonySessionId=s-1&view=Detailed",
      },
    ]);
    expect((await factsOf([status("Disconnected", "NoAnswer")], { expect_recordings: true })).recordings).toEqual([]);
  });

  it("about anything else is ignored", async () => {
    const presence = bytesOf('{"event":"/restapi/v1.0/account/1/presence","body":{}}');
    expect(await ringcentral.read(presence, "application/json", CONFIG)).toMatchObject({ value: { kind: "ignored" } });
  });
});

describe("RingCentral's recordings", () => {
  const BASIC = `Basic ${btoa("id:secret")}`;
  const CONTENT = "https://media.ringcentral.com/restapi/v1.0/account/400/recording/77/content";

  function platform({ url, method, authorization, body }: Asked): Response {
    const { hostname, pathname } = new URL(url);
    if (pathname === "/restapi/oauth/token") {
      const form = new URLSearchParams(body);
      const good =
        method === "POST" &&
        authorization === BASIC &&
        form.get("grant_type") === "urn:ietf:params:oauth:grant-type:jwt-bearer" &&
        form.get("assertion") === "j.w.t";
      return good ? Response.json({ access_token: "at", expires_in: 3600 }) : new Response("", { status: 400 });
    }
    if (hostname === "cdn.example.com") return audio();
    if (authorization !== "Bearer at") return new Response("", { status: 401 });
    if (url === CONTENT) return redirect("https://cdn.example.com/77.wav");
    if (pathname.endsWith("/call-log")) return Response.json({ records: [{}, { recording: { contentUri: CONTENT } }] });
    return Response.json({ id: "77", contentUri: CONTENT });
  }

  async function get(config: AccessConfig<RingCentralSettings>, url: string) {
    const { asked, means } = peer(platform);
    const access = ringcentral.recordingAccess?.(config, means, { externalId: "77" }) ?? {};
    const result = await fetchAudio({ ...access, ...means, url, maxBytes: 9_999 });
    if (result.ok) await result.value.body.cancel();
    return { result, asked };
  }

  it.each(["recording/77", "call-log?telephonySessionId=s-1&view=Detailed"])(
    "are found through %s, and no other host gets the token",
    async (path) => {
      const url = `https://platform.ringcentral.com/restapi/v1.0/account/~/${path}`;
      const { result, asked } = await get({ ...CONFIG, id: `src_${path.length}` }, url);
      expect(result.ok).toBe(true);
      expect(asked.map((one) => [new URL(one.url).hostname, one.authorization])).toEqual([
        ["platform.ringcentral.com", BASIC],
        ["platform.ringcentral.com", "Bearer at"],
        ["media.ringcentral.com", "Bearer at"],
        ["cdn.example.com", null],
      ]);
    },
  );

  it("give nothing to a foreign link, nor to a host that only looks like RingCentral's", async () => {
    for (const url of ["https://ringcentral.com.example.org/1", "https://notringcentral.com/1", "https://10.0.0.1/"]) {
      const { asked } = await get(CONFIG, url);
      expect(asked.filter(({ authorization }) => authorization !== null)).toEqual([]);
    }
  });

  it("use a token given as it is, at another address of RingCentral's", async () => {
    const config = {
      ...CONFIG,
      settings: { api_url: "https://platform.devtest.example" },
      credentials: { access_token: "at" },
    };
    const { asked } = await get(config, "https://platform.devtest.example/restapi/v1.0/account/~/recording/77");
    expect(asked[0]?.authorization).toBe("Bearer at");
    expect(asked.map(({ method }) => method)).not.toContain("POST");
  });

  it("wait where the call log has none yet, and where the credentials are wrong", async () => {
    const { means } = peer(() => Response.json({ records: [] }));
    const config = { ...CONFIG, credentials: { access_token: "at" } };
    const access = ringcentral.recordingAccess?.(config, means, { externalId: "recording" }) ?? {};
    const url = "https://platform.ringcentral.com/restapi/v1.0/account/~/call-log";
    expect(await fetchAudio({ ...access, ...means, url, maxBytes: 9 })).toMatchObject({
      error: { kind: "not_ready", reason: expect.stringMatching(/^not_there/) },
    });
    const wrong = { ...CONFIG, id: "src_wrong", credentials: { client_id: "id", client_secret: "no", jwt: "j.w.t" } };
    expect((await get(wrong, url)).result).toMatchObject({ error: { reason: expect.stringMatching(/^not_allowed/) } });
  });
});

it("takes an app's grant or a token for credentials, and nothing in between", () => {
  expect(credentials.safeParse({ access_token: "a" }).success).toBe(true);
  expect(credentials.safeParse({ client_id: "a", client_secret: "b", jwt: "c" }).success).toBe(true);
  // The runtime writes a header that is not ASCII to its log, whole.
  for (const bad of [
    { access_token: "a\u00e9" },
    { access_token: "a\nb" },
    {},
    { client_id: "a" },
    { client_id: "a", jwt: "c" },
    { access_token: "a", x: "y" },
  ])
    expect(credentials.safeParse(bad).success).toBe(false);
});
