import type { SignedPlatform } from "../contract";
import { type MappedSettings, mappedExample, mappedReader, mappingSetting } from "../mapping";
import { commonSettings } from "../settings";
import { guide } from "./guide";
import { precheck, secret, verify } from "./verify";

const KIND = "standard";

/** Any system that signs by Standard Webhooks (Svix, and whoever sends through it, does under its own headers too). */
export const standard: SignedPlatform<MappedSettings> = {
  kind: KIND,
  title: "Standard Webhooks",
  authentication: "signature",
  secret,
  bodyCap: 1_048_576,
  settings: commonSettings.extend({ mapping: mappingSetting }),
  precheck,
  verify,
  read: mappedReader(KIND),
  guide,
  example: mappedExample,
};
