import type { SignedPlatform } from "../contract";
import { secretOfPlatform } from "../proof/secret-rules";
import { example } from "./example";
import { guide } from "./guide";
import { read } from "./read";
import { settings, type VoicesenseSettings } from "./settings";
import { precheck, verify } from "./verify";

/**
 * Voicesense, which scores voices: one notice when an audio file has been analysed, whose body its user may rewrite.
 */
export const voicesense: SignedPlatform<VoicesenseSettings> = {
  kind: "voicesense",
  title: "Voicesense",
  authentication: "signature",
  secret: secretOfPlatform("signing secret"),
  bodyCap: 262_144,
  // Its users choose one of the two (seed, step 4).
  methods: ["POST", "PUT"],
  settings,
  precheck,
  verify,
  read,
  guide,
  example,
};
