import { hmac, toHex } from "../../../src/lib/hmac";
import { type InboundRequest, PLATFORMS } from "../../../src/platforms";
import type { SourceCase } from "../source-case";

// Based on: zoom/webhook-sample, index.js (signature, validation), and Zoom's "Phone webhooks" reference for the
// events.
const encoder = new TextEncoder();
const SECRET = "zoom_secret_only_for_tests";
const NOW = 1_700_000_000_000;

const recording = {
  id: "rec-1",
  user_id: "user-1",
  call_id: "7011111111111111111",
  call_log_id: "log-1",
  caller_number: "+15551230001",
  caller_number_type: 2,
  caller_name: "Caller",
  callee_number: "+15551230002",
  callee_number_type: 2,
  callee_name: "Ann Lee",
  direction: "inbound",
  duration: 120,
  download_url: "https://zoom.us/v2/phone/recording/download/rec-1",
  date_time: "2026-02-10T14:00:08Z",
  end_time: "2026-02-10T14:02:08Z",
  recording_type: "Automatic",
  owner: { id: "user-1", name: "Ann Lee", type: "user", extension_number: 800 },
  site: { id: "site-1", name: "Head office" },
};

const object = {
  call_id: "7011111111111111111",
  caller: { phone_number: "+15551230001", extension_type: "pstn", name: "Caller" },
  callee: { phone_number: "+15551230002", extension_type: "user", user_id: "user-1", name: "Ann Lee" },
  ringing_start_time: "2026-02-10T14:00:00Z",
};

function notice(event: string, content: Record<string, unknown>) {
  return { event, event_ts: 1_770_732_000_000, payload: { account_id: "acc-1", object: content } };
}

const completed = notice("phone.recording_completed", { recordings: [recording] });

async function sign(body: Uint8Array<ArrayBuffer>, secret: string, at: number) {
  const timestamp = String(Math.floor(at / 1000));
  const message = new Uint8Array([...encoder.encode(`v0:${timestamp}:`), ...body]);
  const signature = `v0=${toHex(await hmac("SHA-256", secret, message))}`;
  return { headers: { "x-zm-request-timestamp": timestamp, "x-zm-signature": signature } };
}

async function validation(): Promise<InboundRequest> {
  const asked = { event: "endpoint.url_validation", event_ts: NOW, payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" } };
  const body = new Uint8Array(encoder.encode(JSON.stringify(asked)));
  const { headers } = await sign(body, SECRET, NOW);
  return { url: "https://trunkline.test/webhook/zoom/src_1", headers: new Headers(headers), body };
}

export const cases: SourceCase[] = [
  {
    source: PLATFORMS.zoom,
    config: {
      id: "src_1",
      organizationId: "org_1",
      kind: "zoom",
      campaignId: null,
      settings: {},
      secrets: [SECRET],
      state: "active",
    },
    contentType: "application/json",
    good: completed,
    withUnknownFields: {
      ...notice("phone.recording_completed", { recordings: [{ ...recording, future: { a: [1] } }] }),
      later: 1,
    },
    unanswered: [
      [
        notice("phone.callee_ringing", object),
        notice("phone.callee_missed", { ...object, handup_result: "No Answer" }),
        notice("phone.caller_ended", { ...object, handup_result: "Disconnected" }),
      ],
      [notice("phone.caller_ended", { ...object, handup_result: "Call Not Connected" })],
    ],
    notices: [
      notice("phone.callee_ringing", object),
      notice("phone.callee_missed", {
        ...object,
        callee: { ...object.callee, user_id: "user-2", name: "Bea Ray" },
        forwarded_by: { name: "Sales", extension_type: "callQueue" },
        call_end_time: "2026-02-10T14:00:05Z",
        handup_result: "No Answer",
      }),
      notice("phone.callee_answered", { ...object, answer_start_time: "2026-02-10T14:00:08Z" }),
      notice("phone.callee_ended", {
        ...object,
        answer_start_time: "2026-02-10T14:00:08Z",
        call_end_time: "2026-02-10T14:02:10Z",
        handup_result: "Call connected",
      }),
      completed,
      notice("phone.recording_transcript_completed", {
        recordings: [{ ...recording, transcript_download_url: "https://zoom.us/v2/phone/transcript/rec-1" }],
      }),
      notice("phone.sms_received", {}),
    ],
    signing: {
      now: NOW,
      signatureHeader: "x-zm-signature",
      timestampHeader: "x-zm-request-timestamp",
      toleranceMs: 300_000,
      coversBody: true,
      sign,
    },
    handshake: {
      request: await validation(),
      now: NOW,
      status: 200,
      body: toHex(await hmac("SHA-256", SECRET, encoder.encode("qgg8vlvZRS6UYooatFL8Aw"))),
      headers: { "content-type": "application/json" },
    },
  },
];
