import { PLATFORMS } from "../../../src/platforms";
import { hmac, toHex } from "../../../src/lib/hmac";
import type { SourceCase } from "../source-case";

// No public source: net2phone publishes no reference of its webhooks. Based on a published receiver of them (events,
// members, the signature over `<timestamp>:<body>`, seven digits of a second) and on a reseller's sheet of 2019.
const user = { id: 1, name: "Jane Doe", account_id: 42 };
const numbers = { direction: "inbound", originating_number: "+15551230001", dialed_number: "+15551230002" };
const call = { call_id: "a471d33e-562b-535b-9ec5-30e1c0c3a5b2", user, user_name: "Jane Doe", ...numbers };

const completed = {
  timestamp: "2026-02-10T14:02:05.66Z",
  event: "call_completed",
  ...call,
  duration: 120,
  id: "evt-3",
  call_source: "normal",
  recording_url: "https://api.n2p.io/v2/call-recordings/rec-1:generate-audio-download-link",
  voice_mail: false,
  click_to_call_info: null,
};

/** What net2phone sends to sign: its moments have seven digits after the point. */
function timestampOf(at: number): string {
  return new Date(at).toISOString().replace("Z", "0036Z");
}

export const cases: SourceCase[] = [
  {
    source: PLATFORMS.net2phone,
    config: {
      id: "src_1",
      organizationId: "org_1",
      kind: "net2phone",
      campaignId: null,
      settings: {},
      secrets: ["n2p_only_for_tests_0123456789"],
      state: "active",
    },
    contentType: "application/json",
    good: completed,
    withUnknownFields: { ...completed, tenant: "t", user: { ...user, email: "jane@example.test" }, future: { a: [1] } },
    unanswered: [
      [
        { timestamp: "2026-02-10T14:00:00.1Z", event: "call_ringing", ...call, id: "evt-1" },
        { timestamp: "2026-02-10T14:00:20Z", event: "call_missed", ...call, id: "evt-2" },
        { ...completed, duration: 0, recording_url: null },
      ],
      [
        { ...completed, voice_mail: true },
        { timestamp: "2026-02-10T14:00:20Z", event: "call_missed", ...call, id: "e" },
      ],
    ],
    notices: [
      { timestamp: "2026-02-10T14:00:00.1Z", event: "call_ringing", ...call, id: "evt-1" },
      { timestamp: "2026-02-10T14:00:05Z", event: "call_answered", ...call, id: "evt-2" },
      {
        timestamp: "2026-02-10T14:00:04Z",
        event: "call_missed",
        ...call,
        user: { id: 2, name: "Joe Roe", account_id: 42 },
        id: "evt-2b",
      },
      completed,
      {
        timestamp: "2026-02-10T14:03:00.29Z",
        event: "call_recorded",
        ...call,
        id: "evt-4",
        audio_message_id: 89007,
        audio_message_url: "https://app.net2phone.com/api/call-record/89007",
        call_source: "normal",
      },
    ],
    signing: {
      now: 1_700_000_000_000,
      signatureHeader: "x-net2phone-signature",
      timestampHeader: "x-net2phone-timestamp",
      toleranceMs: 300_000,
      coversBody: true,
      sign: async (body, secret, at) => {
        const timestamp = timestampOf(at);
        const message = new Uint8Array([...new TextEncoder().encode(`${timestamp}:`), ...body]);
        const signature = toHex(await hmac("SHA-256", secret, message));
        return { headers: { "x-net2phone-timestamp": timestamp, "x-net2phone-signature": signature } };
      },
    },
  },
];
