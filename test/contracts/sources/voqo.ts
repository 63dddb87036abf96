import { PLATFORMS } from "../../../src/platforms";
import { hmac, toHex } from "../../../src/lib/hmac";
import type { SourceCase } from "../source-case";

// No public source: based on Voqo's webhook documentation, its "Complete Webhook Payload Schema" with each type filled
// in.
const ended = {
  _id: "evt_1",
  event_type: "call_ended",
  timestamp: 1_729_762_448,
  data: {
    id: "call-1",
    agent_id: "agent-7",
    status: "completed",
    from_phone: "+61400000000",
    to_phone: "+61400000001",
    direction: "inbound",
    call_summary: "The caller asked for an inspection.",
    transcript: "bot: Hello\nhuman: Hi",
    duration: 20,
    error: null,
    created_at: "2024-10-24T12:00:00.000Z",
    start_time: "2024-10-24T12:00:00.000Z",
    end_time: "2024-10-24T12:00:20.000Z",
    recording_url: "https://storage.voqo.example/recordings/1?signature=x",
    recording_url_expires_at: "2024-10-25T12:00:00.000Z",
    post_call_action_results: [{ action: "sms", ok: true }],
    timestamps: [
      { timestamp: 1_729_771_200.9487917, event_type: "message", message_type: "bot", text: "Hello" },
      { timestamp: 1_729_771_203.5, event_type: "action_start", message_type: null, text: "look up" },
      { timestamp: 1_729_771_204, event_type: "action_end", message_type: null, text: "look up" },
      { timestamp: 1_729_771_206.25, event_type: "message", message_type: "human", text: "Hi" },
    ],
  },
};

export const cases: SourceCase[] = [
  {
    source: PLATFORMS.voqo,
    config: {
      id: "src_1",
      organizationId: "org_1",
      kind: "voqo",
      campaignId: null,
      settings: {},
      secrets: ["voqo_only_for_tests_0123456789"],
      state: "active",
    },
    contentType: "application/json",
    good: ended,
    withUnknownFields: { ...ended, workspace: "w", data: { ...ended.data, sentiment: "good", future: { a: [1] } } },
    unanswered: [[{ ...ended, data: { ...ended.data, status: "no-answer", duration: 0 } }]],
    notices: [
      ended,
      // Sent again: the link and its expiry are new.
      {
        ...ended,
        data: { ...ended.data, recording_url: "https://storage.voqo.example/recordings/1?signature=y" },
      },
      { ...ended, _id: "evt_2", data: { ...ended.data, status: "failed", error: "line dropped", duration: 3 } },
    ],
    signing: {
      now: 1_729_762_450_000,
      signatureHeader: "x-webhook-signature",
      timestampHeader: "x-webhook-timestamp",
      toleranceMs: 300_000,
      coversBody: true,
      sign: async (body, secret, at) => ({
        headers: {
          "x-webhook-timestamp": String(Math.floor(at / 1000)),
          "x-webhook-signature": toHex(await hmac("SHA-256", secret, body)),
        },
      }),
    },
  },
];
