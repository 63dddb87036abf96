import type { SignedPlatform } from "../contract";
import { secretOfPlatform } from "../proof/secret-rules";
import { recordingAccess } from "./access";
import { example } from "./example";
import { guide } from "./guide";
import { read } from "./read";
import { credentials, settings, type VonageSettings } from "./settings";
import { precheck, verify } from "./verify";

/**
 * Vonage's Voice API: the event webhook and the events of `record`, both signed as JSON Web Tokens. Everything of one
 * conversation is one call, however many legs it has.
 */
export const vonage: SignedPlatform<VonageSettings> = {
  kind: "vonage",
  title: "Vonage",
  authentication: "signature",
  // Some accounts have secrets of ten characters.
  secret: secretOfPlatform("Signature secret", 10),
  bodyCap: 65_536,
  settings,
  credentials,
  precheck,
  verify,
  read,
  eventAt: "$.status",
  recordingAccess,
  guide,
  example,
};
