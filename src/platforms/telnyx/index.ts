import type { SignedPlatform } from "../contract";
import { recordingAccess } from "./access";
import { example } from "./example";
import { guide } from "./guide";
import { read } from "./read";
import { credentials, settings, type TelnyxSettings } from "./settings";
import { precheck, publicKey, verify } from "./verify";

/**
 * Telnyx Call Control: events of legs and recordings, signed with Telnyx's own key. Everything of one session is one
 * call, however many legs it has.
 */
export const telnyx: SignedPlatform<TelnyxSettings> = {
  kind: "telnyx",
  title: "Telnyx",
  authentication: "signature",
  secret: publicKey,
  bodyCap: 262_144,
  settings,
  credentials,
  precheck,
  verify,
  read,
  eventAt: "$.data.event_type",
  recordingAccess,
  guide,
  example,
};
