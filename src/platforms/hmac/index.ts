import type { SignedPlatform } from "../contract";
import { mappedExample, mappedReader } from "../mapping";
import { guide } from "./guide";
import { type HmacSettings, settings } from "./settings";
import { precheck, secret, verify } from "./verify";

const KIND = "hmac";

/** Any system that signs its webhooks with an HMAC, in whatever way: how is in the source's settings. */
export const hmac: SignedPlatform<HmacSettings> = {
  kind: KIND,
  title: "Generic HMAC",
  authentication: "signature",
  secret,
  bodyCap: 1_048_576,
  settings,
  precheck,
  verify,
  read: mappedReader(KIND),
  guide,
  example: mappedExample,
};
