import { describe, expect, it } from "vitest";
import type { CallFacts } from "../../../src/calls";
import { hmac, toHex } from "../../../src/lib/hmac";
import type { SourceConfig } from "../../../src/platforms";
import { voqo } from "../../../src/platforms/voqo";
import type { VoqoSettings } from "../../../src/platforms/voqo/settings";

// provider-facts §10: key `voqo_test`, this raw body.
const RAW = '{"event":"call.completed","data":{"call_id":"call_1"}}';
const VECTOR = "fa627b751bf701d44c28efc40c055c5dba3d7f81d764049584d3f73e2643cdb6";
const SECOND = 1_729_762_448;
const NOW = SECOND * 1000;
const HOUR = 3_600;

function configOf(settings: VoqoSettings = {}): SourceConfig<VoqoSettings> {
  return {
    id: "src_1",
    organizationId: "org_1",
    kind: "voqo",
    campaignId: null,
    settings,
    secrets: ["voqo_test"],
    state: "active",
  };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

async function verdict(body: string, changes: Record<string, string> = {}, settings?: VoqoSettings, now = NOW) {
  const signature = toHex(await hmac("SHA-256", "voqo_test", bytesOf(body)));
  const headers = { "X-Webhook-Signature": signature, "X-Webhook-Timestamp": String(now / 1000), ...changes };
  const request = { url: "https://trunkline.test/", headers: new Headers(headers), body: bytesOf(body) };
  const verified = await voqo.verify(request, configOf(settings), now);
  return verified.ok ? "ok" : verified.error.reason;
}

// The seed's payload, its placeholders filled in.
const data = {
  id: "call-1",
  agent_id: "agent-7",
  status: "completed",
  from_phone: "+61400000000",
  to_phone: "+61400000001",
  direction: "outbound",
  call_summary: "Line one.\nLine two.",
  transcript: "bot: Hello\nhuman: Hi",
  duration: 20,
  error: null as unknown,
  created_at: "2024-10-24T11:59:00.000Z",
  start_time: "2024-10-24T12:00:00.000Z" as string | null,
  end_time: "2024-10-24T12:00:20.000Z" as string | null,
  recording_url: "https://storage.voqo.example/recordings/1",
  recording_url_expires_at: "2024-10-25T12:00:00.000Z",
  post_call_action_results: [{ action: "sms", ok: true }, "done"] as unknown,
  timestamps: [
    { timestamp: 1744356337.9487917, event_type: "message", message_type: "bot", text: "Hello\tthere" },
    { timestamp: 1744356338, event_type: "action_start", message_type: "bot", text: "look up" },
  ] as unknown,
};

async function factsOf(
  changes: Partial<Record<keyof typeof data, unknown>> & Record<string, unknown> = {},
): Promise<CallFacts> {
  const body = { _id: "evt-1", event_type: "call_ended", timestamp: SECOND, data: { ...data, ...changes } };
  const result = await voqo.read(bytesOf(JSON.stringify(body)), "application/json", configOf());
  const facts = result.ok && result.value.kind === "calls" ? result.value.facts[0] : undefined;
  if (!facts) throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return facts;
}

describe("Voqo's signature", () => {
  it("passes the published vector", async () => {
    expect(await verdict(RAW, { "X-Webhook-Signature": VECTOR })).toBe("ok");
    expect(await verdict(RAW, { "X-Webhook-Signature": VECTOR.toUpperCase() })).toBe("ok");
    expect(await verdict(`${RAW} `, { "X-Webhook-Signature": VECTOR })).toBe("wrong_signature");
  });

  it.each([
    [SECOND + 300, "ok"],
    [SECOND - 300, "ok"],
    [SECOND + 301, "timestamp_out_of_window"],
    [SECOND - 301, "timestamp_out_of_window"],
    [`${SECOND}.5`, "malformed_timestamp"],
    [`${SECOND}000`, "malformed_timestamp"],
    ["", "malformed_timestamp"],
  ])("with the header %s is %s", async (timestamp, expected) => {
    expect(await verdict(RAW, { "X-Webhook-Timestamp": String(timestamp) })).toBe(expected);
  });

  it("does not help whoever sends an old request again under a new header", async () => {
    const event = (timestamp: unknown) => JSON.stringify({ event_type: "call_ended", timestamp, data });
    expect(await verdict(event(SECOND - 72 * HOUR))).toBe("ok");
    expect(await verdict(event(SECOND - 72 * HOUR - 1))).toBe("event_too_old");
    expect(await verdict(event(SECOND + 300))).toBe("ok");
    expect(await verdict(event(SECOND + 301))).toBe("event_in_future");
    const patient = { max_event_age_hours: 100 };
    expect(await verdict(event(SECOND - 100 * HOUR), {}, patient)).toBe("ok");
    expect(await verdict(event(SECOND - 100 * HOUR - 1), {}, patient)).toBe("event_too_old");
  });

  it("is all there is to judge where an event says nothing of its time", async () => {
    for (const body of [RAW, '{"timestamp":"soon"}', "not JSON", '{"timestamp":{}}']) {
      expect(await verdict(body)).toBe("ok");
    }
  });
});

describe("Voqo's call_ended", () => {
  it("becomes the facts of a call, with what was said", async () => {
    expect(await factsOf()).toEqual({
      externalId: "call-1",
      outcome: "completed",
      providerStatus: "completed",
      error: null,
      direction: "outbound",
      from: "+61400000000",
      fromE164: "+61400000000",
      to: "+61400000001",
      toE164: "+61400000001",
      startedAt: Date.UTC(2024, 9, 24, 12),
      startedAtRaw: "2024-10-24T12:00:00.000Z",
      endedAt: Date.UTC(2024, 9, 24, 12, 0, 20),
      durationSeconds: 20,
      account: "agent-7",
      agentId: "agent-7",
      summary: "Line one.\nLine two.",
      transcript: "bot: Hello\nhuman: Hi",
      timeline: [
        { at: 1_744_356_337_948, finer: "7917", kind: "message", speaker: "bot", text: "Hello\tthere" },
        { at: 1_744_356_338_000, kind: "action_start", speaker: null, text: "look up" },
      ],
      actionResults: [{ action: "sms", ok: true }, "done"],
      custom: { created_at: "2024-10-24T11:59:00.000Z" },
      recordings: [{ externalId: "audio", url: "https://storage.voqo.example/recordings/1" }],
    });
  });

  it.each([
    [{ status: "failed", error: "Line dropped" }, "failed", "Line dropped"],
    [{ status: "failed" }, "failed", null],
    [{ status: "no-answer" }, "failed", "no-answer"],
    [{ status: "BUSY", error: "" }, "failed", "BUSY"],
    [{ status: "Completed" }, "completed", null],
    [{ status: null }, "completed", null],
    [{ status: null, error: "Line dropped" }, "failed", "Line dropped"],
    [{ status: "failed", error: { message: "Line dropped" } }, "failed", "Line dropped"],
  ])("%j is %s, %j", async (changes, outcome, error) => {
    expect(await factsOf(changes)).toMatchObject({ outcome, error });
  });

  it("counts its end where it is not said", async () => {
    expect((await factsOf({ end_time: null })).endedAt).toBe(Date.UTC(2024, 9, 24, 12, 0, 20));
    const bare = { end_time: null, start_time: null, created_at: null };
    expect(await factsOf(bare)).toMatchObject({ startedAt: null, endedAt: NOW });
  });

  it("has no recording where no link is sent", async () => {
    for (const url of ["", null, undefined, `https://x.test/${"a".repeat(4_000)}`]) {
      expect((await factsOf({ recording_url: url })).recordings).toEqual([]);
    }
  });

  it("leaves out what is no entry of a timeline, and what nests too deep", async () => {
    const facts = await factsOf({
      timestamps: [
        null,
        7,
        { timestamp: "soon", event_type: "message", message_type: "bot", text: "x" },
        { timestamp: 1, event_type: "dance", text: "x" },
        { timestamp: 1, event_type: "message", message_type: "cat", text: 7 },
      ],
      post_call_action_results: [JSON.parse("[".repeat(100) + "]".repeat(100)), 1],
    });
    expect(facts.timeline).toEqual([{ at: 1_000, kind: "message", speaker: null, text: "" }]);
    expect(facts.actionResults).toEqual([1]);
    expect(await factsOf({ timestamps: "none", post_call_action_results: {}, transcript: 7 })).toMatchObject({
      timeline: null,
      actionResults: null,
      transcript: null,
    });
  });

  it.each([
    [{ event_type: "call_started", data }, "event_ignored"],
    [{ event_type: "call_ended", data: { ...data, test: true } }, "test_event"],
    [{ event_type: "call_ended", data: { ...data, id: "" } }, "missing_fields"],
    [{ event_type: "call_ended" }, "missing_fields"],
    [{ data }, "missing_fields"],
  ])("%j is no call", async (body, reason) => {
    const result = await voqo.read(bytesOf(JSON.stringify(body)), "application/json", configOf());
    expect(JSON.stringify(result)).toContain(`"reason":"${reason}"`);
  });
});
