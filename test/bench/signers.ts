import { createHash, createHmac, generateKeyPairSync, sign as signWith } from "node:crypto";

/** A platform's way of proving itself, with a notice of its own that carries the mark as the call's id. */
export type Signer = {
  name: string;
  kind: string;
  secret: string;
  settings?: Record<string, unknown>;
  sign(mark: string, url: string): { headers: Record<string, string>; body: string };
};

const SECRET = "a-secret-of-thirty-two-characters";
const JSON_TYPE = { "content-type": "application/json" };
const ed25519 = generateKeyPairSync("ed25519");
const standardKey = Buffer.from("thirty-two bytes of a secret key");

/**
 * One platform for each way; the others sign as one of these does (docs/understand/performance.md). Based on what the
 * stand-ins of test/contracts/sources are based on, each with the members that a call needs.
 */
export const SIGNERS: readonly Signer[] = [
  {
    name: "HMAC-SHA256 base64, id and timestamp (Standard Webhooks)",
    kind: "standard",
    secret: `whsec_${standardKey.toString("base64")}`,
    sign: (mark) => {
      const body = ownNotice(mark);
      const timestamp = seconds();
      const signature = createHmac("sha256", standardKey).update(`${mark}.${timestamp}.${body}`).digest("base64");
      const headers = { "webhook-id": mark, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
      return { headers: { ...JSON_TYPE, ...headers }, body };
    },
  },
  {
    name: "HMAC configured by its owner (Generic HMAC)",
    kind: "hmac",
    secret: SECRET,
    settings: {
      algorithm: "sha256",
      encoding: "hex",
      signature_header: "x-signature",
      timestamp_header: "x-timestamp",
      signed: "{timestamp}.{body}",
    },
    sign: (mark) => {
      const body = ownNotice(mark);
      const timestamp = seconds();
      const signature = createHmac("sha256", SECRET).update(`${timestamp}.${body}`).digest("hex");
      return { headers: { ...JSON_TYPE, "x-timestamp": timestamp, "x-signature": signature }, body };
    },
  },
  {
    name: "HMAC-SHA1 base64 of address and form (Twilio)",
    kind: "twilio",
    secret: SECRET,
    sign: (mark, url) => {
      const fields = {
        AccountSid: `AC${"0".repeat(32)}`,
        CallSid: mark,
        CallStatus: "completed",
        Direction: "inbound",
        From: "+5491167950079",
        To: "+5491126888209",
        CallDuration: "125",
        Timestamp: "Tue, 10 Feb 2026 13:32:50 +0000",
      };
      const sorted = Object.entries(fields).toSorted(([one], [other]) => (one < other ? -1 : 1));
      const base = url + sorted.map(([name, value]) => name + value).join("");
      const signature = createHmac("sha1", SECRET).update(base).digest("base64");
      const type = { "content-type": "application/x-www-form-urlencoded" };
      return { headers: { ...type, "x-twilio-signature": signature }, body: String(new URLSearchParams(fields)) };
    },
  },
  {
    name: "HS256 token in a header over the body's hash (Vonage)",
    kind: "vonage",
    secret: SECRET,
    sign: (mark) => {
      const body = JSON.stringify({
        uuid: mark,
        conversation_uuid: mark,
        status: "completed",
        direction: "inbound",
        from: "5491167950079",
        to: "5491126888209",
        start_time: "2026-02-10T13:30:45.000Z",
        end_time: "2026-02-10T13:32:50.000Z",
        duration: "125",
        timestamp: "2026-02-10T13:32:50.000Z",
      });
      const hash = createHash("sha256").update(body).digest("hex");
      const claims = { iat: Number(seconds()), jti: mark, iss: "Vonage", payload_hash: hash, api_key: "a1b2c3d" };
      return { headers: { ...JSON_TYPE, authorization: `Bearer ${hs256(claims)}` }, body };
    },
  },
  {
    name: "HS256 token as the body (Dialpad)",
    kind: "dialpad",
    secret: SECRET,
    sign: (mark) => {
      const call = {
        call_id: mark,
        state: "hangup",
        direction: "inbound",
        external_number: "+5491167950079",
        internal_number: "+5491126888209",
        date_started: 1_770_730_245_000,
        date_connected: 1_770_730_250_000,
        date_ended: 1_770_730_370_000,
        duration: 125_000,
        target: { id: 42, type: "user", name: "Agente 300" },
      };
      return { headers: { "content-type": "application/jwt" }, body: hs256(call) };
    },
  },
  {
    name: "Ed25519 (Telnyx)",
    kind: "telnyx",
    secret: ed25519.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64"),
    sign: (mark) => {
      const body = JSON.stringify({
        data: {
          event_type: "call.hangup",
          id: mark,
          occurred_at: "2026-02-10T13:32:50.000000Z",
          record_type: "event",
          payload: {
            call_session_id: mark,
            call_leg_id: mark,
            from: "+5491167950079",
            to: "+5491126888209",
            direction: "incoming",
            start_time: "2026-02-10T13:30:45.000000Z",
            end_time: "2026-02-10T13:32:50.000000Z",
            hangup_cause: "normal_clearing",
          },
        },
      });
      const timestamp = seconds();
      const signature = signWith(null, Buffer.from(`${timestamp}|${body}`), ed25519.privateKey).toString("base64");
      const headers = { "telnyx-timestamp": timestamp, "telnyx-signature-ed25519": signature };
      return { headers: { ...JSON_TYPE, ...headers }, body };
    },
  },
  {
    name: "Token in the body (Aircall)",
    kind: "aircall",
    secret: SECRET,
    sign: (mark) => ({
      headers: JSON_TYPE,
      body: JSON.stringify({
        resource: "call",
        event: "call.ended",
        timestamp: 1_770_730_370,
        token: SECRET,
        data: {
          id: mark,
          direction: "inbound",
          status: "done",
          started_at: 1_770_730_245,
          answered_at: 1_770_730_250,
          ended_at: 1_770_730_370,
          duration: 125,
          raw_digits: "+54 9 11 6795 0079",
          user: { id: 300, name: "Agente 300", email: "agent@example.com" },
          number: { id: 7, name: "Ventas", e164_digits: "+5491126888209" },
        },
      }),
    }),
  },
];

/** A notice in our own format: what a source without a mapping takes. */
function ownNotice(mark: string): string {
  return JSON.stringify({
    external_id: mark,
    outcome: "completed",
    direction: "inbound",
    from: "+5491167950079",
    to: "+5491126888209",
    started_at: "2026-02-10T13:30:45Z",
    ended_at: "2026-02-10T13:32:50Z",
    duration_seconds: 125,
    operator: "Agente 300",
  });
}

function hs256(claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ typ: "JWT", alg: "HS256" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

function seconds(): string {
  return String(Math.floor(Date.now() / 1000));
}
