import { PLATFORMS } from "../../../src/platforms";
import type { SourceCase } from "../source-case";

// Based on: RingCentral's event reference, "Account Telephony Sessions", and notifications that RingCentral's
// developers printed: the members of a party, in their order.
const SESSION = "s-a0d17bf1a2b3c4d5e6f7";

type Party = {
  id?: string;
  code: string;
  reason?: string;
  missedCall?: boolean;
  recordings?: unknown[];
  name?: string;
  direction?: string;
};

function notice(sequence: number, at: string, ...parties: Party[]) {
  return {
    uuid: `uuid-${sequence}`,
    event: "/restapi/v1.0/account/400144452008/telephony/sessions",
    timestamp: `2026-02-10T14:${at}.180Z`,
    subscriptionId: "5c37f936-0000-0000-0000-1e94b51a748d",
    ownerId: "400144455008",
    body: {
      sequence,
      sessionId: "402936341008",
      telephonySessionId: SESSION,
      serverId: "10.62.25.111.TAM",
      eventTime: `2026-02-10T14:${at}.147Z`,
      origin: { type: "Call" },
      parties: parties.map(
        ({ id = "2", code, reason, missedCall = false, recordings, name = "Ann Lee", direction = "Inbound" }) => ({
          accountId: "400144452008",
          extensionId: `40014445500${id}`,
          id: `p-a0d17bf1a2b3c4d5e6f7-${id}`,
          direction,
          to: { phoneNumber: "+15551230002", name, extensionId: `40014445500${id}` },
          from: { phoneNumber: "+15551230001", name: "WIRELESS CALLER" },
          status: { code, ...(reason && { reason }), rcc: false },
          park: {},
          missedCall,
          standAlone: false,
          muted: false,
          ...(recordings && { recordings }),
        }),
      ),
    },
  };
}

const ended = notice(9, "32:00", { id: "3", name: "Bea Ray", code: "Disconnected", reason: "CallFinished" });

export const cases: SourceCase[] = [
  {
    source: PLATFORMS.ringcentral,
    config: {
      id: "src_1",
      organizationId: "org_1",
      kind: "ringcentral",
      campaignId: null,
      settings: {},
      secrets: ["ringcentral_token_only_for_tests"],
      state: "active",
    },
    contentType: "application/json; charset=UTF-8",
    good: ended,
    withUnknownFields: { ...ended, later: 1, body: { ...ended.body, future: { a: [1] } } },
    unanswered: [
      [
        notice(1, "30:00", { code: "Setup" }),
        notice(2, "30:01", { code: "Proceeding" }),
        notice(3, "30:05", { id: "4", code: "Disconnected", reason: "NoAnswer", missedCall: true }),
        notice(4, "30:09", { code: "Disconnected", missedCall: true }),
      ],
      // A caller of ours who gives up: no reason, and no missed call.
      [
        notice(1, "30:00", { code: "Setup", direction: "Outbound" }),
        notice(2, "30:01", { code: "Proceeding", direction: "Outbound" }),
        notice(3, "30:20", { code: "Disconnected", direction: "Outbound" }),
      ],
    ],
    // A ring group: three ring, one answers; the notices name one party each, and the caller's never.
    partlyAnswered: [
      [
        notice(3, "30:05", { id: "4", code: "Disconnected", reason: "NoAnswer", missedCall: true }),
        notice(4, "30:06", { id: "5", code: "Disconnected", reason: "Rejected" }),
        notice(5, "30:09", { id: "3", code: "Answered" }),
        notice(6, "30:09", { id: "6", code: "Disconnected", reason: "AgentAnswered" }),
        notice(7, "31:00", { id: "3", code: "Disconnected" }),
      ],
      [
        notice(3, "30:05", { id: "4", code: "Disconnected", missedCall: true }),
        notice(5, "30:09", { id: "3", code: "Answered", direction: "Outbound" }),
        notice(7, "31:00", { id: "3", code: "Disconnected", direction: "Outbound" }),
      ],
    ],
    // Two agents ring, one answers and hands over to the other.
    notices: [
      notice(1, "30:00", { code: "Setup" }),
      notice(2, "30:01", { code: "Proceeding" }),
      notice(3, "30:05", { id: "4", name: "Cy Oak", code: "Disconnected", reason: "NoAnswer", missedCall: true }),
      notice(4, "30:09", { code: "Answered", recordings: [{ id: "401547458008", active: true }] }),
      notice(6, "31:00", { code: "Disconnected", reason: "BlindTransfer" }),
      notice(8, "31:02", { id: "3", name: "Bea Ray", code: "Answered" }),
      ended,
    ],
    signing: {
      now: 1_770_733_920_000,
      signatureHeader: "verification-token",
      timestampHeader: null,
      toleranceMs: null,
      coversBody: false,
      sign: async (_body, secret) => ({ headers: { "verification-token": secret } }),
    },
    handshake: {
      request: {
        url: "https://trunkline.test/webhook/ringcentral/src_1",
        headers: new Headers({ "validation-token": "0f8e1b7c-1111-4222-8333-944455566677" }),
        body: new Uint8Array(0),
      },
      now: 1_770_733_920_000,
      status: 200,
      body: "{}",
      headers: {
        "validation-token": "0f8e1b7c-1111-4222-8333-944455566677",
        "content-type": "application/json",
      },
    },
  },
];
