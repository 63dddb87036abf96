import type { SignedPlatform } from "../contract";
import { mintSecret, secretOfPlatform } from "../proof/secret-rules";
import { example } from "./example";
import { guide } from "./guide";
import { read } from "./read";
import { settings, type VoqoSettings } from "./settings";
import { precheck, verify } from "./verify";

/** Voqo, whose agents are machines: one event when a call has ended, with all that was said. Its links are signed. */
export const voqo: SignedPlatform<VoqoSettings> = {
  kind: "voqo",
  title: "Voqo",
  authentication: "signature",
  // The platform makes it once it has the source's address: one of ours holds its place until then.
  secret: { ...secretOfPlatform("webhook secret", 8), origin: "either", mint: mintSecret },
  // Transcript and timeline have the same text twice; an hour of talk comes to some 150 kB.
  bodyCap: 2_097_152,
  settings,
  precheck,
  verify,
  read,
  eventAt: "$.event_type",
  guide,
  example,
};
