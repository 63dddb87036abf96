import { PLATFORMS } from "../../../../src/platforms";
import { describe, expect, it } from "vitest";
import { AUDIAN_BODY_LIMIT, profiles } from "../../../../src/delivery/profiles";
import { EVENT_TYPES } from "../../../../src/events";
import { attemptOf, exampleOf } from "./attempt";

const { audian } = profiles;

type Body = { id: string; event: string; timestamp: string; data: Record<string, unknown> };

async function bodyOf(...given: Parameters<typeof attemptOf>): Promise<Body> {
  return JSON.parse((await audian.request(attemptOf(...given))).body) as Body;
}

describe("the audian profile", () => {
  it("writes the printed envelope with the printed headers", async () => {
    const request = await audian.request(attemptOf("call.completed"));
    expect(Object.keys(JSON.parse(request.body) as Body)).toEqual(["id", "event", "timestamp", "data"]);
    expect(JSON.parse(request.body)).toMatchObject({
      id: "evt_1",
      event: "call.completed",
      timestamp: "2023-11-14T22:13:20.123Z",
      data: { call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n", call: { state: "completed" } },
    });
    expect(request.headers).toEqual({
      "content-type": "application/json",
      "X-Audian-Signature": expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      "X-Audian-Timestamp": "1700000000",
      "X-Audian-Delivery-ID": "dlv_1",
    });
  });

  it("has the recording's link where call platforms have it", async () => {
    const { data } = await bodyOf("recording.completed");
    const { recording } = exampleOf("recording.completed") as { recording: Record<string, unknown> };
    expect(data).toMatchObject({
      recording_id: recording.id,
      recording_url: recording.audio_url,
      recording_url_expires_at: recording.audio_url_expires_at,
    });
  });

  it("has every type of the catalog, including those of the contract", () => {
    expect(audian.eventTypes).toEqual(EVENT_TYPES);
    expect(audian.eventTypes).toEqual(expect.arrayContaining(["call.completed", "call.failed", "recording.completed"]));
  });

  it("takes a fresh timestamp at each attempt, and signs it", async () => {
    const first = await audian.request(attemptOf("call.completed"));
    const later = await audian.request(attemptOf("call.completed", { attempt: 2, now: 1_700_000_030_000 }));
    expect(later.headers["X-Audian-Timestamp"]).toBe("1700000030");
    expect(later.headers["X-Audian-Signature"]).not.toBe(first.headers["X-Audian-Signature"]);
    expect(later.body).toBe(first.body);
  });

  it("flags a test inside the data", async () => {
    expect((await bodyOf("call.completed", { test: true })).data).toMatchObject({ test: true, livemode: false });
  });

  it("tries eight times, each wait longer than the one before", () => {
    const { waits, timeout } = audian.policy;
    expect(waits).toHaveLength(7);
    expect(waits.toSorted((one, other) => one - other)).toEqual(waits);
    expect(timeout).toBe(30_000);
  });

  it("is understood by our own Audian source", async () => {
    const config = {
      id: "src_1",
      organizationId: "org_1",
      campaignId: null,
      settings: {},
      state: "active" as const,
      kind: "audian" as const,
      secrets: [],
    };
    const { body } = await audian.request(attemptOf("recording.completed"));
    const read = await PLATFORMS.audian.read(
      new Uint8Array(new TextEncoder().encode(body)),
      "application/json",
      config,
    );
    const example = exampleOf("recording.completed") as { recording: Record<string, unknown> };
    expect(read).toMatchObject({
      ok: true,
      value: {
        facts: [{ externalId: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n", recordings: [{ url: example.recording.audio_url }] }],
      },
    });
  });

  it.for(["whsec_abcdef1234567890", "whsec_newarandom1234567890"])("takes a secret such as the seed's %s", (secret) => {
    expect(audian.checkSecret(secret)).toBeUndefined();
  });
});

describe("the audian profile below 100 kB", () => {
  const conversation = {
    agent_id: "a",
    summary: "short",
    transcript: "é".repeat(60_000),
    action_results: [],
    timeline: Array.from({ length: 900 }, (_, index) => ({
      at: "2026-08-20T14:00:06Z",
      kind: "message",
      speaker: "bot",
      text: `word ${index}`,
    })),
  };

  it("leaves out the largest parts and says what, how large and where it is", async () => {
    const data = { ...exampleOf("call.processed"), conversation };
    const request = await audian.request(attemptOf("call.processed", { data }));
    expect(new TextEncoder().encode(request.body).length).toBeLessThan(AUDIAN_BODY_LIMIT);
    expect((JSON.parse(request.body) as Body).data).toMatchObject({
      call: { state: "completed" },
      // The largest alone was enough.
      conversation: { summary: "short", transcript: null, timeline: conversation.timeline },
      omitted: [{ path: "conversation.transcript", bytes: 120_002 }],
      omitted_url: "https://trunkline.test/v1/calls/call_3v5g8k2m9q4t7w0y1z6x3c8b5n/events",
    });
    expect(data.conversation.transcript).toBe(conversation.transcript);
  });

  it("goes on until it fits, and keeps lists lists and objects objects", async () => {
    const call = { ...(exampleOf("call.processed").call as object), custom: { text: "z".repeat(110_000) } };
    const timeline = Array.from({ length: 9 }, () => conversation.timeline).flat();
    const data = { call, recordings: [], analyses: [], conversation: { ...conversation, timeline } };
    const body = await bodyOf("call.processed", { data });
    expect(body.data).toMatchObject({ call: { custom: {} }, conversation: { transcript: null, timeline: [] } });
    expect((body.data.omitted as { path: string }[]).map(({ path }) => path)).toEqual([
      "conversation.timeline",
      "conversation.transcript",
      "call.custom",
    ]);
  });

  it("embeds what fits", async () => {
    const data = { ...exampleOf("call.processed"), conversation: { ...conversation, transcript: "y".repeat(20_000) } };
    const body = await bodyOf("call.processed", { data });
    expect(body.data).not.toHaveProperty("omitted");
    expect(body.data).toMatchObject({ conversation: { transcript: "y".repeat(20_000) } });
  });

  it("counts bytes, not characters, at the very limit", async () => {
    const fill = (length: number) => ({ call: { id: "call_1", custom: { text: "é".repeat(length) } } });
    const overhead = (await audian.request(attemptOf("call.completed", { data: fill(0) }))).body.length;
    const room = Math.ceil((AUDIAN_BODY_LIMIT - overhead) / 2);
    const fits = await audian.request(attemptOf("call.completed", { data: fill(room - 1) }));
    expect(new TextEncoder().encode(fits.body).length).toBeGreaterThan(AUDIAN_BODY_LIMIT - 3);
    expect(fits.body).not.toContain("omitted");
    const over = await audian.request(attemptOf("call.completed", { data: fill(room) }));
    expect(over.body).toContain("omitted");
  });

  it("refuses a template that makes more", async () => {
    const template = `{"a": {{data}}, "b": "{{data}}", "c": {{data}}}`;
    const data = { call: { id: "call_1", custom: { text: "y".repeat(40_000) } } };
    await expect(audian.request(attemptOf("call.completed", { template, data }))).rejects.toThrow("100000 bytes");
  });
});
