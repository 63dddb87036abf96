import type { SignedPlatform } from "../contract";
import { secretOfOwner } from "../proof/secret-rules";
import { recordingAccess } from "./access";
import { example } from "./example";
import { guide } from "./guide";
import { read } from "./read";
import { credentials, settings, type RingCentralSettings } from "./settings";
import { handshake, precheck, verify } from "./verify";

/** RingCentral: telephony session notices with a static token in a header. Recordings come through its call log. */
export const ringcentral: SignedPlatform<RingCentralSettings> = {
  kind: "ringcentral",
  title: "RingCentral",
  authentication: "signature",
  secret: secretOfOwner("verification token"),
  bodyCap: 1_048_576,
  settings,
  credentials,
  precheck,
  verify,
  handshake,
  read,
  recordingAccess,
  guide,
  example,
};
