import type { KeyedPlatform } from "../contract";
import { example } from "./example";
import { guide } from "./guide";
import { read } from "./read";
import { settings, type FreeswitchSettings } from "./settings";

/**
 * FreeSWITCH with mod_json_cdr, which posts a record when a leg of a call ends. It knows only user and password: the
 * API key is the password, whatever the user is called.
 */
export const freeswitch: KeyedPlatform<FreeswitchSettings> = {
  kind: "freeswitch",
  title: "FreeSWITCH",
  authentication: "api_key",
  sharedPath: false,
  namesCampaign: false,
  keyScopes: ["notices:write"],
  // A record has some two hundred variables and the whole log of the dialplan, every byte of it written as three.
  bodyCap: 2_097_152,
  settings,
  read,
  guide,
  example,
};
