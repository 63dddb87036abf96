import { toIso } from "../../lib/time";
import { CALLER, exampleId, LINE, momentsOf, OPERATOR, written, type ExampleContext } from "../example";
import type { RingCentralSettings } from "./settings";

/** The end of an answered session, as the notice about the party that took it has it. */
export function example({ now, unique }: ExampleContext<RingCentralSettings>): string {
  const { endedAt } = momentsOf(now);
  return written({
    uuid: unique,
    event: "/restapi/v1.0/account/sample-account/telephony/sessions",
    timestamp: toIso(endedAt),
    body: {
      sequence: 5,
      telephonySessionId: `s-${exampleId(unique)}`,
      eventTime: toIso(endedAt),
      origin: { type: "Call" },
      parties: [
        {
          extensionId: "sample-extension",
          direction: "Inbound",
          to: { phoneNumber: LINE, name: OPERATOR, extensionId: "sample-extension" },
          from: { phoneNumber: CALLER, name: "Sample caller" },
          status: { code: "Disconnected", reason: "CallFinished", rcc: false },
          missedCall: false,
        },
      ],
    },
  });
}
