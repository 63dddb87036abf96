import { describe, expect, it } from "vitest";
import type { CallFacts } from "../../../src/calls";
import { audian } from "../../../src/platforms/audian";
import { verify } from "../../../src/platforms/audian/verify";
import type { SourceConfig } from "../../../src/platforms/contract";

const RAW = '{"event":"call.completed","data":{"call_id":"call_1"}}';
// provider-facts §10: key `whsec_test`, timestamp 1700000000, the raw body above.
const VECTOR = "8d6adf98949f8eca96df6de82b05871bcf68e15d7df630e0fc03d66297f8230c";
const NOW = 1_700_000_000_000;
const CONFIG: SourceConfig = {
  id: "src_1",
  organizationId: "org_1",
  kind: "audian",
  campaignId: null,
  settings: {},
  secrets: ["whsec_test"],
  state: "active",
};

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

function signed(headers: Record<string, string> = {}, body = RAW) {
  const given = { "X-Audian-Timestamp": "1700000000", "X-Audian-Signature": VECTOR, ...headers };
  return { url: "https://trunkline.test/", headers: new Headers(given), body: bytesOf(body) };
}

async function factsOf(event: string, data: unknown, timestamp: unknown = "2024-01-15T10:30:00Z"): Promise<CallFacts> {
  const result = await audian.read(
    bytesOf(JSON.stringify({ id: "evt_1", event, timestamp, data })),
    "application/json",
    CONFIG,
  );
  const facts = result.ok && result.value.kind === "calls" ? result.value.facts[0] : undefined;
  if (!facts) throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return facts;
}

describe("Audian's signature", () => {
  it("passes the published vector, in either case of letters", async () => {
    expect(await verify(signed(), CONFIG, NOW)).toEqual({ ok: true, value: undefined });
    expect(await verify(signed({ "X-Audian-Signature": VECTOR.toUpperCase() }), CONFIG, NOW)).toMatchObject({
      ok: true,
    });
  });

  it("passes under either of two secrets", async () => {
    expect(await verify(signed(), { ...CONFIG, secrets: ["whsec_new_one", "whsec_test"] }, NOW)).toMatchObject({
      ok: true,
    });
    expect(await verify(signed(), { ...CONFIG, secrets: ["whsec_new_one"] }, NOW)).toMatchObject({ ok: false });
    expect(await verify(signed(), { ...CONFIG, secrets: [] }, NOW)).toMatchObject({
      ok: false,
      error: { status: 401 },
    });
  });

  it("covers the timestamp", async () => {
    expect(await verify(signed({ "X-Audian-Timestamp": "1700000001" }), CONFIG, NOW)).toMatchObject({
      ok: false,
      error: { reason: "wrong_signature" },
    });
  });

  it.each([
    [0, true],
    [300_000, true],
    [-300_000, true],
    [301_000, false],
    [-301_000, false],
  ])("is taken when our clock is %d ms ahead: %s", async (ahead, taken) => {
    expect((await verify(signed(), CONFIG, NOW + ahead)).ok).toBe(taken);
    expect(audian.precheck(signed().headers, NOW + ahead).ok).toBe(taken);
  });

  it.each([
    ["X-Audian-Signature", "", "malformed_signature"],
    ["X-Audian-Signature", VECTOR.slice(1), "malformed_signature"],
    ["X-Audian-Signature", `${VECTOR}, ${VECTOR}`, "malformed_signature"],
    ["X-Audian-Signature", "z".repeat(64), "malformed_signature"],
    ["X-Audian-Timestamp", "now", "malformed_timestamp"],
    ["X-Audian-Timestamp", "1700000000.5", "malformed_timestamp"],
    ["X-Audian-Timestamp", "-1", "malformed_timestamp"],
    ["X-Audian-Timestamp", "1700000000000", "malformed_timestamp"],
  ])("is refused from the headers alone: %s %j", (header, value, reason) => {
    expect(audian.precheck(signed({ [header]: value }).headers, NOW)).toMatchObject({
      ok: false,
      error: { status: 401, reason },
    });
  });
});

describe("Audian's events", () => {
  it("become the facts of a completed call", async () => {
    const data = {
      call_id: "c-1",
      direction: "inbound",
      from: "+15551230001",
      to: "200",
      status: "answered",
      started_at: "2024-01-15T10:25:00Z",
      answered_at: 1_705_314_310,
      ended_at: "2024-01-15T10:30:00Z",
      duration: 300,
      user: { name: "Ann Lee" },
      queue: "sales",
      recording_url: "https://media.audian.example/1.mp3",
    };
    expect(await factsOf("call.completed", data)).toEqual({
      externalId: "c-1",
      outcome: "completed",
      direction: "inbound",
      from: "+15551230001",
      fromE164: "+15551230001",
      to: "200",
      toE164: null,
      startedAt: Date.parse("2024-01-15T10:25:00Z"),
      startedAtRaw: "2024-01-15T10:25:00Z",
      answeredAt: Date.parse("2024-01-15T10:25:10Z"),
      endedAt: Date.parse("2024-01-15T10:30:00Z"),
      durationSeconds: 300,
      talkSeconds: null,
      providerStatus: "answered",
      error: null,
      operatorName: "Ann Lee",
      custom: { queue: "sales" },
      recordings: [{ externalId: "audio", url: "https://media.audian.example/1.mp3" }],
    });
  });

  it("tell a failed call with its error", async () => {
    expect(await factsOf("call.failed", { id: "c-2", error: "no route" })).toMatchObject({
      externalId: "c-2",
      outcome: "failed",
      error: "no route",
      recordings: [],
    });
  });

  it("end a call when they say so, when its duration says so, or when they were made", async () => {
    expect((await factsOf("call.completed", { id: "c", started_at: 1_705_314_300, duration: "60" })).endedAt).toBe(
      1_705_314_360_000,
    );
    expect((await factsOf("call.completed", { id: "c" })).endedAt).toBe(Date.parse("2024-01-15T10:30:00Z"));
    expect((await factsOf("call.completed", { id: "c" }, "soon")).endedAt).toBeNull();
  });

  it("bring a recording without ending the call", async () => {
    const facts = await factsOf("recording.completed", {
      call_id: "c-1",
      recording: { id: "r-1", url: "https://media.audian.example/1.mp3" },
      duration: 12,
    });
    expect(facts).toMatchObject({ externalId: "c-1", outcome: null, endedAt: null, durationSeconds: null });
    expect(facts.recordings).toEqual([{ externalId: "r-1", url: "https://media.audian.example/1.mp3" }]);
  });

  it("take `id` for the recording's in an event about a recording", async () => {
    expect((await factsOf("recording.completed", { id: "r-9", call_id: "c-1" })).recordings).toEqual([
      { externalId: "r-9", url: null },
    ]);
  });

  it("bring several recordings of one call", async () => {
    const facts = await factsOf("call.completed", {
      id: "c",
      recordings: [{ id: "a", url: "https://m.example/a" }, { url: "https://m.example/b" }, 7],
    });
    expect(facts.recordings).toEqual([
      { externalId: "a", url: "https://m.example/a" },
      { externalId: "audio-2", url: "https://m.example/b" },
    ]);
  });

  it.each([
    [{ event: "call.ringing", data: {} }, "ignored"],
    [{ event: "toString", data: {} }, "ignored"],
    [{ event: "call.completed", data: {} }, "422"],
    [{ event: "call.completed" }, "422"],
    [{ event: "recording.completed", data: { id: "r-1" } }, "422"],
    [{ data: { call_id: "c" } }, "422"],
    [{}, "422"],
    [[], "400"],
  ])("%j: %s", async (body, expected) => {
    const result = await audian.read(bytesOf(JSON.stringify(body)), "application/json", CONFIG);
    expect(result.ok ? result.value.kind : String(result.error.status)).toBe(expected);
  });
});
