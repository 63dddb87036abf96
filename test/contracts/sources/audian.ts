import { PLATFORMS } from "../../../src/platforms";
import { hmac, toHex } from "../../../src/lib/hmac";
import type { SourceCase } from "../source-case";

// No public source: based on Audian's webhook documentation, its samples and its signing example.
const call = {
  call_id: "c-1",
  direction: "inbound",
  from: "+15551230001",
  to: "200",
  started_at: "2024-01-15T10:25:00Z",
  duration: 300,
  agent_name: "Ann Lee",
  queue: "sales",
};

const completed = {
  id: "evt_1234567890abcdef",
  event: "call.completed",
  timestamp: "2024-01-15T10:30:00Z",
  data: { ...call, recording: { id: "r", url: "https://media.audian.example/1" } },
};

export const cases: SourceCase[] = [
  {
    source: PLATFORMS.audian,
    config: {
      id: "src_1",
      organizationId: "org_1",
      kind: "audian",
      campaignId: null,
      settings: {},
      secrets: ["whsec_only_for_tests_0123456789"],
      state: "active",
    },
    contentType: "application/json",
    good: completed,
    withUnknownFields: { ...completed, account: "a", data: { ...completed.data, future: { a: [1] } } },
    unanswered: [
      [{ ...completed, data: { ...call, status: "no_answer", duration: 20 } }],
      [{ ...completed, data: { ...call, status: "completed", duration: 20, talk_seconds: 0 } }],
      [{ id: "evt_4", event: "call.failed", timestamp: "2024-01-15T10:30:01Z", data: { ...call, error: "user busy" } }],
    ],
    notices: [
      completed,
      {
        id: "evt_2",
        event: "recording.completed",
        timestamp: "2024-01-15T10:31:00Z",
        data: { call_id: "c-1", recording: { id: "r", url: "https://media.audian.example/1" }, duration: 290 },
      },
      {
        id: "evt_3",
        event: "recording.completed",
        timestamp: "2024-01-15T10:31:30Z",
        data: { call_id: "c-1", recording: { url: "https://media.audian.example/2" } },
      },
      {
        id: "evt_4",
        event: "call.failed",
        timestamp: "2024-01-15T10:30:01Z",
        data: { ...call, duration: 12, error: "user busy", agent_name: "Bea Ray" },
      },
      { id: "evt_5", event: "call.ringing", timestamp: "2024-01-15T10:24:58Z", data: call },
    ],
    signing: {
      now: 1_700_000_000_000,
      signatureHeader: "x-audian-signature",
      timestampHeader: "x-audian-timestamp",
      toleranceMs: 300_000,
      coversBody: true,
      sign: async (body, secret, at) => {
        const timestamp = String(Math.floor(at / 1000));
        const message = new Uint8Array([...new TextEncoder().encode(`${timestamp}.`), ...body]);
        const signature = toHex(await hmac("SHA-256", secret, message));
        return { headers: { "x-audian-timestamp": timestamp, "x-audian-signature": signature } };
      },
    },
  },
];
