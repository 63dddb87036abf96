import type { SignedPlatform } from "../contract";
import { secretOfOwner } from "../proof/secret-rules";
import { recordingAccess } from "./access";
import { asToken, example } from "./example";
import { guide } from "./guide";
import { read } from "./read";
import { credentials, settings, type DialpadSettings } from "./settings";
import { precheck, verify } from "./verify";

/** Dialpad: call events whose whole body is a signed token. Each state of a call is an event of its own. */
export const dialpad: SignedPlatform<DialpadSettings> = {
  kind: "dialpad",
  title: "Dialpad",
  authentication: "signature",
  secret: secretOfOwner("webhook secret"),
  // Transcripts come inside the event.
  bodyCap: 2_097_152,
  settings,
  credentials,
  precheck,
  verify,
  read,
  recordingAccess,
  guide,
  example,
  bodyOf: asToken,
};
