import type { SignedSource } from "../contract";
import { mappedReader } from "../mapping";
import { secretOfOwner } from "../proof/secret-rules";
import { guide } from "./guide";
import { hmacSettings, type HmacSettings } from "./settings";
import { precheck, verify } from "./verify";

const KIND = "hmac";

/** Any system that signs its webhooks with an HMAC, in whatever way: how is in the source's settings. */
export const hmac: SignedSource<HmacSettings> = {
  kind: KIND,
  title: "Generic HMAC",
  authentication: "signature",
  secret: secretOfOwner("signing secret"),
  bodyCap: 1_048_576,
  settings: hmacSettings,
  precheck,
  verify,
  read: mappedReader(KIND),
  guide,
};
