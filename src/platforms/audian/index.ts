import type { SignedPlatform } from "../contract";
import { secretOfOwner } from "../proof/secret-rules";
import { commonSettings } from "../settings";
import { example } from "./example";
import { guide } from "./guide";
import { read } from "./read";
import { precheck, verify } from "./verify";

/** Audian's webhooks: signed, timestamped JSON; the source's secret is the `signing_secret` Audian showed once. */
export const audian: SignedPlatform = {
  kind: "audian",
  title: "Audian",
  authentication: "signature",
  secret: secretOfOwner("signing_secret"),
  bodyCap: 1_048_576,
  settings: commonSettings,
  precheck,
  verify,
  read,
  eventAt: "$.event",
  guide,
  example,
};
