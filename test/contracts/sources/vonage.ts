import { hmac, sha256Hex, toBase64 } from "../../../src/lib/hmac";
import { type SourceConfig, PLATFORMS } from "../../../src/platforms";
import type { SourceCase } from "../source-case";

// Based on: Vonage docs, "Voice API webhook reference" (events of a call and of its recording) and "Signed webhooks"
// (claims), their samples with names and types as printed; the requests that Vonage's PHP SDK keeps for its tests
// (test/Voice/requests: null for what is not known yet, `headers` in every event, `detail` of a failure); npm
// @vonage/jwt 1.14, verifySignature, for the algorithm.
const CONVERSATION = "CON-aaaaaaaa-bbbb-cccc-dddd-0123456789ab";
const LEG = { conversation_uuid: CONVERSATION, uuid: "aaaaaaaa-bbbb-cccc-dddd-0123456789ab" };
const PARTIES = { from: "15551230001", to: "15551230002", direction: "inbound" };
const COMPLETED = {
  ...LEG,
  ...PARTIES,
  status: "completed",
  start_time: "2025-01-15T10:00:00.000Z",
  end_time: "2025-01-15T10:01:00.000Z",
  duration: "60",
  rate: "0.01",
  price: "0.01",
  network: "23410",
  headers: {},
  timestamp: "2025-01-15T10:01:00.500Z",
};

const config: SourceConfig = {
  id: "src_1",
  organizationId: "org_1",
  kind: "vonage",
  campaignId: null,
  settings: {},
  secrets: ["vonage_test_secret"],
  state: "active",
};

function base64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** A callback's token as Vonage makes it, issued at that moment (milliseconds). */
async function tokenOf(body: Uint8Array<ArrayBuffer>, secret: string, at: number): Promise<string> {
  const part = (value: unknown) => base64Url(new TextEncoder().encode(JSON.stringify(value)));
  const claims = {
    iat: Math.floor(at / 1000),
    jti: "c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5",
    iss: "Vonage",
    payload_hash: await sha256Hex(body),
    api_key: "a1b2c3d",
    application_id: "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
  };
  const message = `${part({ typ: "JWT", alg: "HS256" })}.${part(claims)}`;
  return `${message}.${base64Url(await hmac("SHA-256", secret, new TextEncoder().encode(message)))}`;
}

export const cases: SourceCase[] = [
  {
    source: PLATFORMS.vonage,
    config,
    contentType: "application/json",
    good: COMPLETED,
    withUnknownFields: { ...COMPLETED, disconnected_by: "platform", future: { a: [1] } },
    unanswered: ["busy", "timeout", "unanswered", "cancelled", "failed", "rejected"].flatMap((status) =>
      ["inbound", "outbound"].map((direction) => [
        { ...LEG, ...PARTIES, direction, status: "started", timestamp: "2025-01-15T09:59:50.000Z" },
        { ...LEG, ...PARTIES, direction, status: "ringing", timestamp: "2025-01-15T09:59:50.100Z" },
        {
          ...LEG,
          ...PARTIES,
          headers: {},
          direction,
          status,
          ...(status === "failed" && { detail: "cannot_route" }),
          timestamp: "2025-01-15T10:00:00.000Z",
        },
        { ...COMPLETED, direction, start_time: null, end_time: null, duration: "0" },
      ]),
    ),
    notices: [
      { ...LEG, ...PARTIES, status: "started", timestamp: "2025-01-15T09:59:50.000Z" },
      { ...LEG, ...PARTIES, status: "ringing", timestamp: "2025-01-15T09:59:50.100Z" },
      {
        ...LEG,
        ...PARTIES,
        headers: {},
        status: "answered",
        start_time: null,
        rate: null,
        network: null,
        timestamp: "2025-01-15T10:00:00.000Z",
      },
      // Named `call_uuid` here, and without a direction.
      {
        call_uuid: LEG.uuid,
        conversation_uuid: CONVERSATION,
        from: PARTIES.from,
        to: PARTIES.to,
        status: "human",
        timestamp: "2025-01-15T10:00:02.000Z",
      },
      COMPLETED,
      {
        conversation_uuid: CONVERSATION,
        recording_uuid: "bbbbbbbb-bbbb-cccc-dddd-0123456789ab",
        recording_url: "https://api.nexmo.com/v1/files/bbbbbbbb-bbbb-cccc-dddd-0123456789ab",
        start_time: "2025-01-15T10:00:05Z",
        end_time: "2025-01-15T10:00:59Z",
        size: 12_345,
        timestamp: "2025-01-15T10:01:03.000Z",
      },
    ],
    signing: {
      now: 1_700_000_000_000,
      sign: async (body, secret, at) => ({ headers: { authorization: `Bearer ${await tokenOf(body, secret, at)}` } }),
      signatureHeader: "authorization",
      timestampHeader: null,
      toleranceMs: 300_000,
      coversBody: true,
    },
  },
];
