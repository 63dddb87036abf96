import { CALLER, LINE, momentsOf, TALK, type ExampleContext } from "../example";
import type { TwilioSettings } from "./settings";

/** An account of nobody's: Twilio's ids are two letters and 32 hexadecimal digits. */
const ACCOUNT = `AC${"0".repeat(32)}`;

/** The status callback of a call that has ended, the form that Twilio sends. */
export function example({ now, unique }: ExampleContext<TwilioSettings>): string {
  return new URLSearchParams({
    AccountSid: ACCOUNT,
    ApiVersion: "2010-04-01",
    CallSid: `CA${unique}`,
    CallStatus: "completed",
    CallDuration: String(TALK),
    Direction: "inbound",
    From: CALLER,
    To: LINE,
    Timestamp: new Date(momentsOf(now).endedAt).toUTCString().replace("GMT", "+0000"),
    SequenceNumber: "3",
    CallbackSource: "call-progress-events",
  }).toString();
}
