import { describe, expect, it } from "vitest";
import { foldNotices } from "../../../src/calls/fold";
import type { CallFacts } from "../../../src/calls";
import { fromBase64, toBase64 } from "../../../src/lib/hmac";
import type { AccessConfig } from "../../../src/platforms/contract";
import { decodeJwt } from "../../../src/platforms/proof/jwt";
import { vonage } from "../../../src/platforms/vonage";
import { credentials, settings, type VonageSettings } from "../../../src/platforms/vonage/settings";
import { verify } from "../../../src/platforms/vonage/verify";

// provider-facts §10: secret `vonage_test_secret`, iat 1700000000, payload_hash of RAW.
const RAW = '{"event":"call.completed","data":{"call_id":"call_1"}}';
const TOKEN =
  "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE3MDAwMDAwMDAsImp0aSI6ImM1YmE4ZjI0LTFhMTQtNGMxMC1iZmRmLTNmYmU4Y2U1MTFiNSIsImlzcyI6IlZvbmFnZSIsInBheWxvYWRfaGFzaCI6ImIyZjRiZmU0NzUyZWFkMDRjYzJkOTQwYzA2NzBkY2E5MDc5MTNhODQzOTA0NDI5MTE2YTg1MTY1ZDU0MjM4YjMiLCJhcGlfa2V5IjoiYTFiMmMzZCIsImFwcGxpY2F0aW9uX2lkIjoiYWFhYWFhYWEtYmJiYi1jY2NjLWRkZGQtMDEyMzQ1Njc4OWFiIn0.oskFIMO6bj1s6L7IumuCs2KDAVqtz_mzQkf8NCQ3yrs";
const NOW = 1_700_000_000_000;
const APPLICATION = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab";
const CONVERSATION = "CON-aaaaaaaa-bbbb-cccc-dddd-0123456789ab";

function configOf(own: VonageSettings = {}, given: Record<string, string> | null = null): AccessConfig<VonageSettings> {
  return {
    id: "src_1",
    organizationId: "org_1",
    kind: "vonage",
    campaignId: null,
    settings: own,
    secrets: ["vonage_test_secret"],
    state: "active",
    credentials: given,
  };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

function requestOf(authorization: string | null = `Bearer ${TOKEN}`, body = RAW) {
  const headers = new Headers(authorization === null ? {} : { authorization });
  return { url: "https://trunkline.test/webhook/vonage/src_1", headers, body: bytesOf(body) };
}

describe("Vonage's token", () => {
  it("passes the published vector, and under either of two secrets", async () => {
    expect(await verify(requestOf(), configOf(), NOW)).toMatchObject({ ok: true });
    const rotating = { ...configOf(), secrets: ["new-one", "vonage_test_secret"] };
    expect(await verify(requestOf(), rotating, NOW)).toMatchObject({ ok: true });
    expect(await verify(requestOf(), { ...configOf(), secrets: ["new-one"] }, NOW)).toMatchObject({
      ok: false,
      error: { status: 401, reason: "wrong_signature" },
    });
  });

  it("covers the body by its hash", async () => {
    expect(await verify(requestOf(undefined, `${RAW} `), configOf(), NOW)).toMatchObject({
      ok: false,
      error: { reason: "wrong_body_hash" },
    });
  });

  it.each([
    [{ application_id: APPLICATION, api_key: "a1b2c3d" }, undefined],
    [{ application_id: "bbbbbbbb-bbbb-4ccc-8ddd-0123456789ab" }, "other_application"],
    [{ api_key: "other" }, "other_account"],
  ])("is taken with the settings %j: %s", async (own, reason) => {
    const result = await verify(requestOf(), configOf(own), NOW);
    expect(result.ok ? undefined : result.error.reason).toBe(reason);
  });

  it.each([
    [0, true],
    [300_000, true],
    [-300_000, true],
    [301_000, false],
    [-301_000, false],
  ])("is taken when our clock is %d ms ahead: %s", async (ahead, taken) => {
    expect((await verify(requestOf(), configOf(), NOW + ahead)).ok).toBe(taken);
    expect(vonage.precheck(requestOf().headers, NOW + ahead).ok).toBe(taken);
  });

  it.each([
    [null, "missing_signature"],
    [TOKEN, "malformed_signature"],
    [`Basic ${TOKEN}`, "malformed_signature"],
    ["Bearer a.b", "malformed_signature"],
    ["Bearer a.b.c", "malformed_signature"],
    [`Bearer ${TOKEN.split(".")[0]}.eyJpYXQiOiJub3cifQ.AAAA`, "malformed_timestamp"],
    [`Bearer ${TOKEN.split(".")[0]}.e30.AAAA`, "malformed_timestamp"],
  ])("is refused from the header alone: %j", (authorization, reason) => {
    expect(vonage.precheck(requestOf(authorization).headers, NOW)).toMatchObject({
      ok: false,
      error: { status: 401, reason },
    });
  });

  it("is refused when it chooses an algorithm of its own", async () => {
    const [, claims, signature] = TOKEN.split(".");
    const none = `Bearer ${btoa('{"alg":"none"}').replaceAll("=", "")}.${claims}.${signature}`;
    expect(await verify(requestOf(none), configOf(), NOW)).toMatchObject({
      ok: false,
      error: { reason: "wrong_algorithm" },
    });
  });
});

async function readingOf(event: unknown) {
  return vonage.read(bytesOf(JSON.stringify(event)), "application/json", configOf());
}

async function factsOf(event: Record<string, unknown>): Promise<CallFacts> {
  const result = await readingOf(event);
  const facts = result.ok && result.value.kind === "calls" ? result.value.facts[0] : undefined;
  if (!facts) throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return facts;
}

describe("Vonage's events", () => {
  const leg = { conversation_uuid: CONVERSATION, uuid: "u1", from: "15551230001", to: "15551230002" };

  it("tell a completed call that came in", async () => {
    const facts = await factsOf({
      ...leg,
      direction: "inbound",
      status: "completed",
      start_time: "2025-01-15T10:00:00.000Z",
      end_time: "2025-01-15T10:01:30.000Z",
      duration: "90",
      price: "0.1",
      timestamp: "2025-01-15T10:01:31.000Z",
    });
    expect(facts).toEqual({
      externalId: CONVERSATION,
      outcome: "completed",
      direction: "inbound",
      from: "15551230001",
      fromE164: "+15551230001",
      to: "15551230002",
      toE164: "+15551230002",
      startedAt: Date.parse("2025-01-15T10:00:00Z"),
      answeredAt: null,
      endedAt: Date.parse("2025-01-15T10:01:30Z"),
      durationSeconds: 90,
      providerStatus: "completed",
      error: null,
      operatorReference: null,
      account: "15551230002",
      custom: { uuid: "u1" },
      recordings: [],
    });
  });

  it.each([
    ["started", "in_progress"],
    ["ringing", "in_progress"],
    ["answered", "in_progress"],
    ["completed", "ended"],
    ["failed", "failed"],
    ["busy", "failed"],
    ["timeout", "failed"],
    ["unanswered", "failed"],
    ["rejected", "failed"],
    ["cancelled", "failed"],
  ])("tell the state %s as %s", async (status, outcome) => {
    expect((await factsOf({ ...leg, direction: "outbound", status })).outcome).toBe(outcome);
  });

  it("tell the clock times of older applications as UTC", async () => {
    const facts = await factsOf({ ...leg, status: "completed", start_time: "2025-01-15 10:00:00" });
    expect(facts.startedAt).toBe(Date.parse("2025-01-15T10:00:00Z"));
  });

  it("make one call of a caller and the agent dialed for him, ended by the caller", async () => {
    const agent = { conversation_uuid: CONVERSATION, uuid: "u2", from: "15551230002", to: "15559990003" };
    const events = [
      { ...leg, direction: "inbound", status: "answered", timestamp: "2025-01-15T10:00:00.000Z" },
      { ...agent, direction: "outbound", status: "started", timestamp: "2025-01-15T10:00:05.000Z" },
      { ...agent, direction: "outbound", status: "busy", timestamp: "2025-01-15T10:00:06.000Z" },
      { ...leg, direction: "inbound", status: "completed", end_time: "2025-01-15T10:01:00.000Z", duration: "60" },
    ];
    const notices = await Promise.all(
      events.map(async (event) => ({ facts: await factsOf(event), receivedAt: 0, replay: false })),
    );
    expect(foldNotices(undefined, notices.slice(0, 3)).state).toBe("in_progress");
    for (const order of [notices, notices.toReversed()]) {
      expect(foldNotices(undefined, order)).toMatchObject({
        state: "completed",
        direction: "inbound",
        fromE164: "+15551230001",
        toE164: "+15551230002",
      });
    }
  });

  it("end a call that was made when its one leg does", async () => {
    const facts = await factsOf({ ...leg, direction: "outbound", status: "unanswered", detail: "declined" });
    const call = foldNotices(undefined, [{ facts, receivedAt: 0, replay: false }]);
    expect(call).toMatchObject({ state: "failed", error: "declined", toE164: "+15551230002", account: "15551230001" });
  });

  it("bring a recording without ending the call", async () => {
    const facts = await factsOf({
      conversation_uuid: CONVERSATION,
      recording_uuid: "r1",
      recording_url: "https://api.nexmo.com/v1/files/r1",
      start_time: "2025-01-15T10:00:05Z",
      size: 12_345,
    });
    expect(facts).toMatchObject({ externalId: CONVERSATION, outcome: null });
    expect(facts.recordings).toEqual([{ externalId: "r1", url: "https://api.nexmo.com/v1/files/r1" }]);
    const unnamed = await factsOf({
      conversation_uuid: CONVERSATION,
      recording_url: "https://api.nexmo.com/v1/files/r2",
    });
    expect(unnamed.recordings[0]?.externalId).toBe("r2");
  });

  it.each([
    [{ conversation_uuid: CONVERSATION, status: "input", dtmf: "1" }, "event_ignored"],
    [
      { conversation_uuid_from: "CON-1", conversation_uuid_to: "CON-2", uuid: "u1", status: "transfer" },
      "event_ignored",
    ],
    [{ conversation_uuid: CONVERSATION, status: "toString" }, "event_ignored"],
    [{ status: "completed" }, "missing_fields"],
    [{ type: "transfer", conversation_uuid_from: CONVERSATION, conversation_uuid_to: "CON-2" }, "event_ignored"],
    [{ type: "audio:record:done", conversation_id: CONVERSATION, body: {} }, "event_ignored"],
    [{ recording_url: "https://api.nexmo.com/v1/files/1" }, "missing_fields"],
    [[], "not_an_object"],
  ])("%j: %s", async (event, reason) => {
    const result = await readingOf(event);
    expect(result.ok ? result.value : result.error).toMatchObject({ reason });
  });
});

describe("Vonage's recordings", () => {
  const means = { fetch, now: () => NOW, guardPolicy: { allowPrivateAddresses: false, ownHosts: [] } };

  let made: ReturnType<typeof makeKey> | undefined;
  // One for all: making it takes longer than everything else here.
  const theKey = () => (made ??= makeKey());

  async function makeKey(): Promise<{ pem: string; publicKey: CryptoKey }> {
    const algorithm = {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    };
    const pair = (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
    const bytes = new Uint8Array((await crypto.subtle.exportKey("pkcs8", pair.privateKey)) as ArrayBuffer);
    const lines = toBase64(bytes).replaceAll(/.{64}/g, "$&\n");
    return { pem: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`, publicKey: pair.publicKey };
  }

  async function headersFor(address: string, given: Record<string, string> | null) {
    return vonage.recordingAccess?.(configOf({}, given), means, { externalId: "r" }).credentialsFor?.(new URL(address));
  }

  it("are asked for with a token that the application's key signed, good for a quarter of an hour", async () => {
    const { pem, publicKey } = await theKey();
    for (const written of [pem, pem.replaceAll("\n", "\\n"), pem.replaceAll("\n", "\r\n")]) {
      const headers = await headersFor("https://api.nexmo.com/v1/files/1", {
        application_id: APPLICATION,
        private_key: written,
      });
      const token = headers?.["authorization"]?.replace("Bearer ", "") ?? "";
      const [header = "", claims = "", signature = ""] = token.split(".");
      expect(JSON.parse(atob(header))).toEqual({ alg: "RS256", typ: "JWT" });
      expect(decodeJwt(token)).toEqual({
        application_id: APPLICATION,
        iat: NOW / 1000,
        exp: NOW / 1000 + 900,
        jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      const signed = fromBase64(signature) ?? new Uint8Array();
      const message = bytesOf(`${header}.${claims}`);
      expect(await crypto.subtle.verify("RSASSA-PKCS1-v1_5", publicKey, signed, message)).toBe(true);
    }
  });

  it.each([
    ["https://api.nexmo.com/v1/files/1", true],
    ["https://api-us-3.vonage.com/v1/files/1", true],
    ["http://api.nexmo.com/v1/files/1", false],
    ["https://api.nexmo.com:8443/v1/files/1", false],
    ["https://nexmo.com.evil.example/1", false],
    ["https://evilnexmo.com/1", false],
    ["https://s3.amazonaws.com/1", false],
  ])("get a token at %s: %s", async (address, given) => {
    const { pem } = await theKey();
    const headers = await headersFor(address, { application_id: APPLICATION, private_key: pem });
    expect(headers !== undefined).toBe(given);
  });

  it("get none without credentials, or with a key that is none", async () => {
    const address = "https://api.nexmo.com/v1/files/1";
    expect(await headersFor(address, null)).toBeUndefined();
    const broken = "-----BEGIN PRIVATE KEY-----\nMAAA\n-----END PRIVATE KEY-----";
    expect(await headersFor(address, { application_id: APPLICATION, private_key: broken })).toBeUndefined();
  });
});

describe("Vonage's configuration", () => {
  it("takes an application's id and its key in PEM, and nothing else for it", () => {
    const key = "-----BEGIN PRIVATE KEY-----\nMAAA\n-----END PRIVATE KEY-----";
    expect(credentials.safeParse({ application_id: APPLICATION, private_key: key }).success).toBe(true);
    for (const wrong of [
      "",
      "MAAA",
      key.replaceAll("PRIVATE", "PUBLIC"),
      key.replace("MAAA", "AAAA"),
      key.replace("MAAA", "é"),
    ]) {
      expect(credentials.safeParse({ application_id: APPLICATION, private_key: wrong }).success).toBe(false);
    }
    expect(credentials.safeParse({ application_id: "1", private_key: key }).success).toBe(false);
    expect(settings.safeParse({ application_id: APPLICATION, api_key: "a1b2c3d4" }).success).toBe(true);
    expect(settings.safeParse({ api_key: "a b" }).success).toBe(false);
  });
});
