import type { SignedPlatform } from "../contract";
import { secretOfPlatform } from "../proof/secret-rules";
import { recordingAccess } from "./access";
import { example } from "./example";
import { guide } from "./guide";
import { list } from "./pull";
import { read, readListed } from "./read";
import { credentials, settings, type ZoomSettings } from "./settings";
import { handshake, precheck, verify } from "./verify";

/** Zoom Phone: signed webhooks; recordings, several to a notice, are fetched with the token of an app. */
export const zoom: SignedPlatform<ZoomSettings> = {
  kind: "zoom",
  title: "Zoom Phone",
  authentication: "signature",
  secret: secretOfPlatform("Secret Token"),
  bodyCap: 1_048_576,
  settings,
  credentials,
  precheck,
  verify,
  handshake,
  read,
  eventAt: "$.event",
  recordingAccess,
  pull: { list, readListed },
  guide,
  example,
};
