import type { SignedPlatform } from "../contract";
import { secretOfOwner } from "../proof/secret-rules";
import { commonSettings } from "../settings";
import { example } from "./example";
import { guide } from "./guide";
import { read } from "./read";
import { precheck, verify } from "./verify";

/** AuthentiVoice, which analyses and reviews audio: what it finds and what its people decide, gathered by call. */
export const authentivoice: SignedPlatform = {
  kind: "authentivoice",
  title: "AuthentiVoice",
  authentication: "signature",
  secret: secretOfOwner("secret"),
  bodyCap: 262_144,
  settings: commonSettings,
  precheck,
  verify,
  read,
  eventAt: "$.event",
  guide,
  example,
};
