import { fromHex, toBase64 } from "../../../src/lib/hmac";
import { type SourceConfig, PLATFORMS } from "../../../src/platforms";
import type { SourceCase } from "../source-case";
import { ANSWERED_CALL, COMPLETED, encodeForm, UNANSWERED_CALLS } from "./texml";

/** The key pairs of RFC 8032 §7.1, tests 1 and 2: public knowledge, and nobody's. */
const PAIRS = [
  {
    private: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    public: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  },
  {
    private: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    public: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
  },
].map((pair) => ({ private: bytesOf(pair.private), public: toBase64(bytesOf(pair.public)) }));

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return fromHex(hex) ?? new Uint8Array();
}

// Based on: Telnyx docs, "Voice API webhooks", and events that others logged (README files of published receivers):
// names, nesting, microseconds; the signature as "Verify an Ed25519 signature" has it. TeXML: texml.ts.
const LEG = {
  call_control_id: "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg",
  call_leg_id: "428c31b6-7af4-4bcb-b7f5-5013ef9657c1",
  call_session_id: "428c31b6-abf4-4bc1-b7f5-5013ef9657c1",
  connection_id: "7267000000000000000",
  client_state: "aGF2ZSBhIG5pY2UgZGF5ID1d",
};
const PARTIES = { from: "+15551230001", to: "+15551230002", start_time: "2025-01-15T10:00:00.076316Z" };

function eventOf(type: string, at: string, payload: Record<string, unknown>) {
  const data = {
    event_type: type,
    id: "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0",
    occurred_at: at,
    payload,
    record_type: "event",
  };
  return { data, meta: { attempt: 1, delivered_to: "https://trunkline.test/webhook/telnyx/src_1" } };
}

const HANGUP = eventOf("call.hangup", "2025-01-15T10:01:00.076316Z", {
  ...LEG,
  ...PARTIES,
  end_time: "2025-01-15T10:01:00.076316Z",
  hangup_cause: "normal_clearing",
  hangup_source: "caller",
  sip_hangup_cause: "200",
  state: "hangup",
});

function hangupOf(cause: string, sip: string) {
  const { payload } = HANGUP.data;
  return eventOf("call.hangup", "2025-01-15T10:01:00.076316Z", {
    ...payload,
    hangup_cause: cause,
    sip_hangup_cause: sip,
  });
}

/** A leg of the session that rings an agent: its end names no direction. */
function ofAgent(leg: string, type: string, at: string, more: Record<string, unknown> = {}) {
  return eventOf(type, at, {
    ...LEG,
    call_leg_id: leg,
    call_control_id: `v3:${leg}`,
    from: "+15551230001",
    to: "+15559990003",
    start_time: "2025-01-15T10:00:01.076316Z",
    ...more,
  });
}

function hangupOfAgent(leg: string, cause: string, more: Record<string, unknown> = {}) {
  const at = "2025-01-15T10:00:20.076316Z";
  return ofAgent(leg, "call.hangup", at, { end_time: at, hangup_cause: cause, ...more });
}

const ANSWERED_BY_AGENT = ofAgent("l3", "call.answered", "2025-01-15T10:00:19.076316Z");

const config: SourceConfig = {
  id: "src_1",
  organizationId: "org_1",
  kind: "telnyx",
  campaignId: null,
  settings: {},
  secrets: [PAIRS[0]?.public ?? ""],
  state: "active",
};

/** The signature as Telnyx makes it, by the private half of the public key that is our secret. */
async function sign(body: Uint8Array, publicKey: string, at: number): Promise<Record<string, string>> {
  const pair = PAIRS.find((one) => one.public === publicKey);
  if (!pair) throw new Error("no such key");
  // PKCS #8 of an Ed25519 key: a fixed head and the 32 bytes (RFC 8410).
  const pkcs8 = new Uint8Array([...bytesOf("302e020100300506032b657004220420"), ...pair.private]);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, { name: "Ed25519" }, false, ["sign"]);
  const timestamp = String(Math.floor(at / 1000));
  const message = new Uint8Array([...new TextEncoder().encode(`${timestamp}|`), ...body]);
  const signature = await crypto.subtle.sign({ name: "Ed25519" }, key, message);
  return { "telnyx-timestamp": timestamp, "telnyx-signature-ed25519": toBase64(new Uint8Array(signature)) };
}

const signing: SourceCase["signing"] = {
  now: 1_700_000_000_000,
  sign: async (body, secret, at) => ({ headers: await sign(body, secret, at) }),
  signatureHeader: "telnyx-signature-ed25519",
  timestampHeader: "telnyx-timestamp",
  toleranceMs: 300_000,
  coversBody: true,
  wrongSecret: PAIRS[1]?.public ?? "",
};

export const cases: SourceCase[] = [
  {
    source: PLATFORMS.telnyx,
    config,
    contentType: "application/json",
    good: HANGUP,
    withUnknownFields: {
      ...HANGUP,
      future: { a: [1] },
      data: { ...HANGUP.data, future: 1, payload: { ...HANGUP.data.payload, future: { a: [1] } } },
    },
    unanswered: [
      [
        eventOf("call.initiated", "2025-01-15T10:00:00.076316Z", { ...LEG, ...PARTIES, direction: "outgoing" }),
        hangupOf("user_busy", "486"),
        hangupOf("normal_clearing", "unspecified"),
      ],
      [
        eventOf("call.initiated", "2025-01-15T10:00:00.076316Z", { ...LEG, ...PARTIES, direction: "incoming" }),
        hangupOf("normal_clearing", "487"),
      ],
      [hangupOf("originator_cancel", "487")],
    ],
    partlyAnswered: [
      [
        hangupOfAgent("l1", "user_busy", { sip_hangup_cause: "486" }),
        hangupOfAgent("l2", "originator_cancel", { sip_hangup_cause: "487" }),
        ANSWERED_BY_AGENT,
        hangupOfAgent("l3", "normal_clearing"),
      ],
      // The end of the leg that was answered does not come.
      [hangupOfAgent("l1", "timeout"), ANSWERED_BY_AGENT, hangupOfAgent("l2", "normal_clearing")],
      // Nor does the answer.
      [hangupOfAgent("l1", "no_answer"), hangupOfAgent("l3", "normal_clearing", { sip_hangup_cause: "200" })],
    ],
    notices: [
      eventOf("call.initiated", "2025-01-15T10:00:00.076316Z", {
        ...LEG,
        ...PARTIES,
        direction: "incoming",
        state: "parked",
      }),
      eventOf("call.answered", "2025-01-15T10:00:02.996306Z", { ...LEG, ...PARTIES }),
      HANGUP,
      eventOf("call.recording.saved", "2025-01-15T10:01:05.000000Z", {
        ...LEG,
        channels: "dual",
        recording_id: "10cd86ac-fef8-4765-b203-0f7511f9fc75",
        recording_started_at: "2025-01-15T10:00:03.000000Z",
        recording_ended_at: "2025-01-15T10:01:00.000000Z",
        recording_urls: { mp3: "https://s3.amazonaws.com/recordings/1.mp3?X-Amz-Expires=600" },
        public_recording_urls: {},
      }),
    ],
    signing,
  },
  {
    name: "telnyx (TeXML)",
    source: PLATFORMS.telnyx,
    config,
    contentType: "application/x-www-form-urlencoded",
    encode: encodeForm,
    good: COMPLETED,
    withUnknownFields: { ...COMPLETED, Future: '{"a":[1]}', DialCallStatus: "completed" },
    unanswered: UNANSWERED_CALLS,
    notices: ANSWERED_CALL,
    signing,
  },
];
