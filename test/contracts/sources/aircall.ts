import { PLATFORMS } from "../../../src/platforms";
import type { SourceCase } from "../source-case";

// Based on: Aircall's API reference, "Call events", its printed `call.created`: `call_uuid` where the API has `sid`,
// `participants`, and `{}` where nobody is known yet.
const call = {
  id: 812,
  direct_link: "https://api.aircall.io/v1/calls/812",
  call_uuid: "CAed058bba60a84d62c77cee898a852b05",
  direction: "inbound",
  status: "done",
  missed_call_reason: null,
  started_at: 1_700_000_000,
  answered_at: 1_700_000_008,
  ended_at: 1_700_000_128,
  duration: 128,
  cost: "0",
  hangup_cause: null,
  raw_digits: "+1 555-123-0001",
  recording: null,
  voicemail: null,
  asset: null,
  user: { id: 456, name: "Ann Lee", email: "ann@example.com" },
  number: { id: 123, name: "Sales", digits: "+1 555-123-0002", e164_digits: "+15551230002" },
  contact: {},
  participants: [
    { phone_number: "+1 555-123-0001", type: "external" },
    { id: 456, name: "Ann Lee", type: "user" },
  ],
  comments: [],
  tags: [],
};

function notice(event: string, timestamp: number, changes: Record<string, unknown> = {}) {
  return { resource: "call", event, timestamp, token: "left for sign to fill", data: { ...call, ...changes } };
}

const ongoing = { status: "answered", ended_at: null, duration: 0 };
const ended = notice("call.ended", 1_700_000_158, {
  recording: "https://media.aircall.example/812/recording?signature=s",
  asset: "https://assets.aircall.io/calls/812/recording",
});

export const cases: SourceCase[] = [
  {
    source: PLATFORMS.aircall,
    config: {
      id: "src_1",
      organizationId: "org_1",
      kind: "aircall",
      campaignId: null,
      settings: {},
      secrets: ["aircall_token_only_for_tests"],
      state: "active",
    },
    contentType: "application/json",
    good: ended,
    withUnknownFields: { ...ended, later: 1, data: { ...ended.data, future: { a: [1] } } },
    unanswered: [
      [
        notice("call.created", 1_700_000_000, { ...ongoing, status: "initial", answered_at: null, user: {} }),
        notice("call.ringing_on_agent", 1_700_000_001, { ...ongoing, status: "initial", answered_at: null }),
        notice("call.hungup", 1_700_000_020, { answered_at: null, missed_call_reason: "agents_did_not_answer" }),
        notice("call.ended", 1_700_000_050, { answered_at: null, missed_call_reason: "agents_did_not_answer" }),
      ],
    ],
    notices: [
      notice("call.created", 1_700_000_000, { ...ongoing, status: "initial", answered_at: null, user: {} }),
      notice("call.ringing_on_agent", 1_700_000_001, { ...ongoing, status: "initial", answered_at: null }),
      notice("call.answered", 1_700_000_008, ongoing),
      notice("call.hungup", 1_700_000_128),
      ended,
      notice("call.comm_assets_generated", 1_700_000_160, {
        recording: "https://media.aircall.example/812/recording?signature=s2",
        asset: "https://assets.aircall.io/calls/812/recording",
      }),
      notice("call.tagged", 1_700_000_200),
    ],
    signing: {
      now: 1_700_000_200_000,
      signatureHeader: null,
      timestampHeader: null,
      toleranceMs: null,
      coversBody: false,
      sign: async (body, token) => {
        const fields: unknown = JSON.parse(new TextDecoder().decode(body));
        if (typeof fields !== "object" || fields === null || Array.isArray(fields)) throw new Error("no notice");
        return { headers: {}, body: new Uint8Array(new TextEncoder().encode(JSON.stringify({ ...fields, token }))) };
      },
    },
  },
];
