import { hmac, toBase64 } from "../../../src/lib/hmac";
import { type SourceConfig, PLATFORMS } from "../../../src/platforms";
import type { SourceCase } from "../source-case";

// Based on: Twilio docs, "Call resource" (status callback) and "Recording status callbacks"; published callbacks, which
// name the parties twice and send what they do not know as empty fields; npm twilio 5.13, lib/webhooks/webhooks.js, for
// the signature.
const URL_OF_SOURCE = "https://trunkline.test/webhook/twilio/src_1";
const CALL = { AccountSid: `AC${"1".repeat(32)}`, CallSid: `CA${"2".repeat(32)}`, ApiVersion: "2010-04-01" };
const PARTIES = {
  Called: "+15551230002",
  CalledCity: "",
  CalledCountry: "US",
  CalledState: "",
  CalledZip: "",
  Caller: "+15551230001",
  CallerCity: "SÃO PAULO",
  CallerCountry: "BR",
  CallerState: "SP",
  CallerZip: "",
  Direction: "inbound",
  From: "+15551230001",
  FromCity: "SÃO PAULO",
  FromCountry: "BR",
  FromState: "SP",
  FromZip: "",
  To: "+15551230002",
  ToCity: "",
  ToCountry: "US",
  ToState: "",
  ToZip: "",
};
const RECORDING = {
  ...CALL,
  RecordingSid: `RE${"3".repeat(32)}`,
  RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${CALL.AccountSid}/Recordings/RE${"3".repeat(32)}`,
  RecordingStatus: "completed",
  RecordingDuration: "12",
  RecordingChannels: "2",
  RecordingSource: "DialVerb",
  RecordingTrack: "both",
  ErrorCode: "0",
  RecordingStartTime: "Wed, 15 Jan 2025 10:00:05 +0000",
};
const COMPLETED = {
  ...CALL,
  ...PARTIES,
  CallStatus: "completed",
  CallDuration: "60",
  Duration: "1",
  Timestamp: "Wed, 15 Jan 2025 10:01:00 +0000",
  SequenceNumber: "3",
  CallbackSource: "call-progress-events",
};

const config: SourceConfig = {
  id: "src_1",
  organizationId: "org_1",
  kind: "twilio",
  campaignId: null,
  settings: {},
  secrets: ["auth-token-of-nobody"],
  state: "active",
};

function encode(fields: Record<string, unknown>): string {
  const text = (value: unknown) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
  return new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, text(value)])).toString();
}

/** Written from Twilio's page, not from our code: the address, then each field by name, name and value joined. */
async function sign(body: Uint8Array, secret: string, url: string): Promise<string> {
  const fields = [...new URLSearchParams(new TextDecoder().decode(body))].toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
  const message = url + fields.map(([name, value]) => `${name}${value}`).join("");
  return toBase64(await hmac("SHA-1", secret, new TextEncoder().encode(message)));
}

export const cases: SourceCase[] = [
  {
    source: PLATFORMS.twilio,
    config,
    contentType: "application/x-www-form-urlencoded; charset=UTF-8",
    encode,
    good: COMPLETED,
    withUnknownFields: { ...COMPLETED, StirVerstat: "TN-Validation-Passed-A", Future: '{"a":[1]}' },
    unanswered: ["busy", "no-answer", "canceled", "failed"].map((status) => [
      { ...CALL, ...PARTIES, CallStatus: "initiated", Timestamp: "Wed, 15 Jan 2025 09:59:54 +0000" },
      { ...CALL, ...PARTIES, CallStatus: "ringing", Timestamp: "Wed, 15 Jan 2025 09:59:55 +0000" },
      { ...COMPLETED, CallStatus: status, CallDuration: "0" },
    ]),
    notices: [
      { ...CALL, ...PARTIES, CallStatus: "ringing", Timestamp: "Wed, 15 Jan 2025 09:59:55 +0000" },
      { ...CALL, ...PARTIES, CallStatus: "in-progress", Timestamp: "Wed, 15 Jan 2025 10:00:00 +0000" },
      { ...RECORDING, RecordingStatus: "in-progress", RecordingUrl: "" },
      COMPLETED,
      RECORDING,
    ],
    signing: {
      now: 1_736_935_260_000,
      url: URL_OF_SOURCE,
      sign: async (body, secret, _at, url) => ({
        headers: {
          "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
          "x-twilio-signature": await sign(body, secret, url),
        },
      }),
      signatureHeader: "x-twilio-signature",
      timestampHeader: null,
      toleranceMs: null,
      coversBody: true,
    },
  },
];
