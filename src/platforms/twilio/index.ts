import type { Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal, SignedPlatform } from "../contract";
import { secretOfPlatform } from "../proof/secret-rules";
import { recordingAccess } from "./access";
import { guide } from "./guide";
import { readNotice } from "./map";
import { readPayload } from "./read";
import { pull } from "./pull";
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
};

async function read(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  config: ReadingConfig<TwilioSettings>,
): Promise<Result<Reading, Refusal>> {
  const fields = readPayload(body, contentType);
  return fields.ok ? readNotice(fields.value, config.settings) : fields;
}
