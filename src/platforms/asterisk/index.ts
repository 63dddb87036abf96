import type { KeyedPlatform } from "../contract";
import { example } from "./example";
import { guide } from "./guide";
import { read } from "./read";
import { settings, type AsteriskSettings } from "./settings";

/**
 * Asterisk and FreePBX, which send nothing of themselves: a script that runs after each recording uploads it, or posts
 * the fields of the CDR as JSON.
 */
export const asterisk: KeyedPlatform<AsteriskSettings> = {
  kind: "asterisk",
  title: "Asterisk / FreePBX",
  authentication: "api_key",
  sharedPath: false,
  namesCampaign: false,
  keyScopes: ["uploads:write", "notices:write"],
  bodyCap: 262_144,
  settings,
  read,
  guide,
  example,
};
