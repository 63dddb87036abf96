import type { SignedPlatform } from "../contract";
import { secretOfPlatform } from "../proof/secret-rules";
import { recordingAccess } from "./access";
import { example } from "./example";
import { guide } from "./guide";
import { pull } from "./pull";
import { read } from "./read";
import { credentials, settings, type TwilioSettings } from "./settings";
import { precheck, verify } from "./verify";

/**
 * Twilio Programmable Voice: status callbacks of calls and of recordings at one address, signed with the account's Auth
 * Token. A recording's callback names neither party: Twilio is asked who spoke, where it may be.
 */
export const twilio: SignedPlatform<TwilioSettings> = {
  kind: "twilio",
  title: "Twilio",
  authentication: "signature",
  secret: secretOfPlatform("Auth Token"),
  bodyCap: 65_536,
  settings,
  credentials,
  precheck,
  verify,
  read,
  recordingAccess,
  pull,
  guide,
  example,
};
