import { PLATFORMS } from "../../../src/platforms";
import { hmac, toBase64 } from "../../../src/lib/hmac";
import type { SourceCase } from "../source-case";

const encoder = new TextEncoder();

function base64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The token without its signature, and an empty one in its place: reading looks at the claims alone. */
function unsigned(fields: Record<string, unknown>): string {
  const [header, payload] = [{ alg: "HS256", typ: "JWT" }, fields].map((part) =>
    base64Url(encoder.encode(JSON.stringify(part))),
  );
  return `${header}.${payload}.`;
}

// Based on: Dialpad's "Call events" reference, and events that others printed: lengths in milliseconds with a fraction,
// null and [] for what is not known, phone and type in every party.
const call = {
  call_id: 5_780_678_246_121_472,
  master_call_id: null,
  entry_point_call_id: null,
  operator_call_id: null,
  direction: "inbound",
  date_started: 1_700_000_000_000,
  date_rang: 1_700_000_001_000,
  date_connected: 1_700_000_008_000,
  external_number: "+15551230001",
  internal_number: "+15551230002",
  target: {
    phone: "+15551230002",
    type: "user",
    id: 6_000_000_000_000_001,
    name: "Ann Lee",
    email: "ann@example.com",
  },
  proxy_target: {},
  entry_point_target: { id: 6_000_000_000_000_002, name: "Sales", type: "call_center" },
  contact: { phone: "+15551230001", type: "local", id: 5_600_392_044_183_552, name: "Caller", email: "" },
  group_id: null,
  labels: [],
  routing_breadcrumbs: [],
  call_recording_ids: [],
  voicemail_link: null,
  voicemail_recording_id: null,
  transcription_text: null,
  csat_score: null,
  mos_score: 4.41,
  is_transferred: false,
  event_timestamp: 1_700_000_000_176,
  was_recorded: true,
};

const ended = { ...call, date_ended: 1_700_000_128_000, duration: 119_989.972, total_duration: 128_056.427 };
const hangup = { ...ended, state: "hangup" };

export const cases: SourceCase[] = [
  {
    source: PLATFORMS.dialpad,
    config: {
      id: "src_1",
      organizationId: "org_1",
      kind: "dialpad",
      campaignId: null,
      settings: {},
      secrets: ["dialpad_secret_only_for_tests"],
      state: "active",
    },
    contentType: "application/jwt",
    encode: unsigned,
    good: hangup,
    withUnknownFields: { ...hangup, later: 1, target: { ...hangup.target, future: { a: [1] } } },
    unanswered: [
      [
        { ...call, date_connected: null, state: "ringing", duration: 0 },
        { ...ended, date_connected: null, state: "missed", duration: 0 },
        { ...ended, date_connected: null, state: "hangup", duration: 0 },
      ],
      [
        { ...call, date_connected: null, state: "voicemail", duration: 0 },
        { ...ended, date_connected: null, state: "hangup", duration: 0 },
        { ...ended, date_connected: null, state: "voicemail_uploaded", duration: 0 },
      ],
    ],
    notices: [
      { ...call, date_connected: null, state: "ringing", duration: 0 },
      { ...call, state: "connected" },
      hangup,
      {
        ...ended,
        state: "recording",
        recording_details: [
          {
            id: "5000000000000001",
            recording_type: "admincallrecording",
            url: "https://dialpad.com/blob/adminrecording/5000000000000001.mp3",
            duration: 120_000,
            start_time: 1_700_000_008_000,
          },
        ],
      },
      { ...ended, state: "call_transcription", transcription_text: "Ann Lee: Hello.\nCaller: Hello." },
      { ...ended, state: "recap_summary", recap_summary: "They greeted each other." },
      { ...ended, state: "dispositions" },
    ],
    signing: {
      now: 1_700_000_200_000,
      signatureHeader: null,
      timestampHeader: null,
      toleranceMs: null,
      coversBody: true,
      sign: async (body, secret) => {
        const signed = new TextDecoder().decode(body).replace(/\.$/, "");
        const signature = base64Url(await hmac("SHA-256", secret, encoder.encode(signed)));
        return { headers: {}, body: new Uint8Array(encoder.encode(`${signed}.${signature}`)) };
      },
    },
  },
];
