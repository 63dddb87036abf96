import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { profiles } from "../../../../src/delivery/profiles";
import { exampleCall } from "../../../../src/events";
import { nextAttemptAt } from "../../../../src/delivery/object/schedule";
import { attemptOf, exampleOf } from "./attempt";

const { voqo } = profiles;
const SECRET = "your_webhook_secret";

async function payloadOf(data?: Record<string, unknown>) {
  const context = attemptOf("call.processed", { secrets: [SECRET], ...(data ? { data } : {}) });
  const { body } = await voqo.request(context);
  return JSON.parse(body) as { data: Record<string, unknown> };
}

describe("the voqo profile", () => {
  it("is subscribed to as call_ended, and fires when a call has been processed", () => {
    expect(voqo.aliases).toEqual({ call_ended: ["call.processed"] });
    expect(voqo.eventTypes).toEqual(["call.processed"]);
  });

  it("sends the complete payload of the seed, in its order, every field from the call", async () => {
    const request = await voqo.request(attemptOf("call.processed", { secrets: [SECRET] }));
    const [recording] = exampleOf("call.processed").recordings as { audio_url: string; audio_url_expires_at: string }[];
    const expected = {
      _id: "evt_1",
      event_type: "call_ended",
      timestamp: 1_700_000_000,
      data: {
        id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
        agent_id: "agent_renewals_es",
        status: "completed",
        from_phone: "+541147781234",
        to_phone: "1001",
        direction: "inbound",
        call_summary: "The caller renewed the policy for another year and asked for the receipt by e-mail.",
        transcript: "bot: Hola, ¿en qué puedo ayudarle?\nhuman: Quiero renovar mi póliza.",
        duration: 192,
        error: null,
        created_at: "2026-08-20T14:00:00.000Z",
        start_time: "2026-08-20T14:00:00.000Z",
        end_time: "2026-08-20T14:03:12.000Z",
        recording_url: recording?.audio_url,
        recording_url_expires_at: recording?.audio_url_expires_at,
        post_call_action_results: [
          { action: "send_receipt", status: "done" },
          {
            id: "pca_01k3a7w8q0m4x2c9v5b6n7p8r1",
            action: "Wants to cancel?",
            type: "ask",
            status: "completed",
            result: { engine: "llm", version: "gpt-4o-mini", answer: { cancels: false } },
            error: null,
            started_at: "2026-08-20T14:03:20.000Z",
            ended_at: "2026-08-20T14:03:22.000Z",
          },
        ],
        timestamps: [
          {
            timestamp: 1_787_234_406.12,
            event_type: "message",
            message_type: "bot",
            text: "Hola, ¿en qué puedo ayudarle?",
          },
          {
            timestamp: 1_787_234_409.48,
            event_type: "message",
            message_type: "human",
            text: "Quiero renovar mi póliza.",
          },
          { timestamp: 1_787_234_411, event_type: "action_start", message_type: null, text: "renew_policy" },
          { timestamp: 1_787_234_412.35, event_type: "action_end", message_type: null, text: "renew_policy" },
          { timestamp: 1_787_234_600, event_type: "action_start", message_type: null, text: "Wants to cancel?" },
          { timestamp: 1_787_234_602, event_type: "action_end", message_type: null, text: "Wants to cancel?" },
        ],
      },
    };
    expect(request.body).toBe(JSON.stringify(expected));
  });

  it("keeps the microseconds of a timeline", async () => {
    const item = { at: "2025-04-11T07:25:37.948791Z", kind: "message", speaker: "bot", text: "hi" };
    const { data } = await payloadOf({
      ...exampleOf("call.processed"),
      conversation: { timeline: [item] },
      actions: [],
    });
    expect(data.timestamps).toMatchObject([{ timestamp: 1_744_356_337.948791 }]);
  });

  it.for([
    ["no answer", { provider_status: "NO ANSWER", error: null }, "NO ANSWER"],
    ["an error of the platform", { provider_status: "FAILED", error: "Trunk unreachable" }, "Trunk unreachable"],
    ["nothing said", { provider_status: null, error: null }, "The call failed."],
  ] as const)("calls it failed and says why: %s", async ([, how, error]) => {
    const { data } = await payloadOf({
      call: { ...exampleCall, state: "failed", ...how },
      recordings: [],
      analyses: [],
      conversation: null,
    });
    expect(data).toMatchObject({ status: "failed", error });
  });

  it("reports no error of a completed call, whatever the platform's word for it", async () => {
    const { data } = await payloadOf({ call: { ...exampleCall, error: "late warning" }, recordings: [] });
    expect(data).toMatchObject({ status: "completed", error: null });
  });

  it("has the contract's types even where a call has no values", async () => {
    const bare = {
      ...exampleCall,
      operator: null,
      from: null,
      from_e164: null,
      to: null,
      direction: null,
      ended_at: null,
    };
    const { data } = await payloadOf({
      call: { ...bare, duration_seconds: 30.4 },
      recordings: [],
      analyses: [],
      conversation: null,
    });
    const texts = [
      "id",
      "agent_id",
      "status",
      "from_phone",
      "to_phone",
      "direction",
      "call_summary",
      "transcript",
      "created_at",
      "start_time",
      "end_time",
      "recording_url",
      "recording_url_expires_at",
    ];
    for (const name of texts) expect([name, typeof data[name]]).toEqual([name, "string"]);
    expect(data).toMatchObject({
      duration: 30,
      error: null,
      post_call_action_results: [],
      timestamps: [],
      direction: "inbound",
    });
    expect(data.end_time).toBe("2026-08-20T14:00:30.400Z");
  });

  it("takes how long the call was from its longest recording where no notice said it", async () => {
    const call = { ...exampleCall, ended_at: null, duration_seconds: null };
    const measured = (seconds: number | null) => ({
      id: "anl_1",
      measures: seconds === null ? null : { duration_seconds: seconds },
    });
    const { data } = await payloadOf({ call, recordings: [], analyses: [measured(null), measured(70.8), measured(9)] });
    expect(data).toMatchObject({ duration: 71, end_time: "2026-08-20T14:01:10.800Z" });
    const unknown = await payloadOf({ call, recordings: [], analyses: [measured(null)] });
    expect(unknown.data).toMatchObject({ duration: 0, end_time: exampleCall.started_at });
  });

  it("has an operator stand in for the machine, and the timeline for the transcript", async () => {
    const timeline = [
      { at: "2026-08-20T14:00:06Z", kind: "message", speaker: "bot", text: "Hello" },
      { at: "2026-08-20T14:00:07Z", kind: "action_start", speaker: null, text: "look_up" },
      { at: "2026-08-20T14:00:08Z", kind: "message", speaker: "human", text: "Hi" },
    ];
    const { data } = await payloadOf({
      call: exampleCall,
      recordings: [],
      conversation: { agent_id: null, transcript: null, timeline },
    });
    expect(data).toMatchObject({ agent_id: "opr_7h2j9k4m1n6p3q8r5s0t2v7w4x", transcript: "bot: Hello\nhuman: Hi" });
  });

  it("links the recording that was kept", async () => {
    const recordings = [
      { id: "r1", state: "failed" },
      { id: "r2", state: "completed", audio_url: "https://a", audio_url_expires_at: "2026-08-21T14:00:00.000Z" },
    ];
    const { data } = await payloadOf({ call: exampleCall, recordings });
    expect(data).toMatchObject({ recording_url: "https://a", recording_url_expires_at: "2026-08-21T14:00:00.000Z" });
  });

  it("has whole seconds in its header, fresh at each attempt, and the second scheme signs them", async () => {
    const now = Date.now();
    const context = attemptOf("call.processed", { secrets: [SECRET], now });
    const request = await voqo.request(context);
    expect(request.headers["X-Webhook-Timestamp"]).toBe(String(Math.floor(now / 1000)));
    const retry = await voqo.request({ ...context, attempt: 2, now: now + 5_000 });
    expect(Number(retry.headers["X-Webhook-Timestamp"])).toBe(Math.floor((now + 5_000) / 1000));
    expect(retry.body).toBe(request.body);
    const library = new Webhook(SECRET, { format: "raw" });
    expect(() => library.verify(request.body, request.headers)).not.toThrow();
    const replayed = { ...request.headers, "webhook-timestamp": String(Math.floor(now / 1000) - 60) };
    expect(() => library.verify(request.body, replayed)).toThrow("No matching signature");
  });

  it("tries 1 + 3 times, 5 s apart to the millisecond, 10 s each", () => {
    const due = [1, 2, 3, 4].map((attempts) => nextAttemptAt(voqo.policy, attempts, 0, () => 0.99));
    expect(due).toEqual([5_000, 5_000, 5_000, undefined]);
    expect(voqo.policy.timeout).toBe(10_000);
  });

  it("retries no client error, but throttling where its owner wants that", () => {
    for (const status of [400, 401, 403, 404, 408, 422, 429, 499]) expect(voqo.judge(status, {})).toBe("final");
    for (const status of [408, 429]) expect(voqo.judge(status, { retryThrottled: true })).toBe("retry");
    expect(voqo.judge(404, { retryThrottled: true })).toBe("final");
  });
});
