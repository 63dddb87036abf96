import type { SignedPlatform } from "../contract";
import { secretOfOwner } from "../proof/secret-rules";
import { recordingAccess } from "./access";
import { example } from "./example";
import { guide } from "./guide";
import { list, one } from "./pull";
import { read, readListed } from "./read";
import { credentials, settings, type AircallSettings } from "./settings";
import { precheck, verify } from "./verify";

/**
 * Aircall: JSON with a token in it, nothing signed. Its links to recordings live for minutes; its API gives fresh ones.
 */
export const aircall: SignedPlatform<AircallSettings> = {
  kind: "aircall",
  title: "Aircall",
  authentication: "signature",
  // Aircall makes the token when the address is entered there, and the address contains the source: until then one of
  // ours takes its place.
  secret: secretOfOwner("webhook token"),
  bodyCap: 1_048_576,
  settings,
  credentials,
  precheck,
  verify,
  read,
  eventAt: "$.event",
  recordingAccess,
  pull: { list, one, readListed },
  guide,
  example,
};
