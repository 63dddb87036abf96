import { err, ok, type Result } from "../../lib/result";
import type { KeyedPlatform, Reading, ReadingConfig, Refusal } from "../contract";
import { missingFields } from "../refusals";
import { guide } from "./guide";
import { legOf, mapLeg } from "./map";
import { readCdr } from "./read";
import { freeswitchSettings, type FreeswitchSettings } from "./settings";

/**
 * FreeSWITCH with mod_json_cdr, which posts a record when a leg of a call ends. It knows only user and password: the API
 * key is the password, whatever the user is called.
 */
export const freeswitch: KeyedPlatform<FreeswitchSettings> = {
  kind: "freeswitch",
  title: "FreeSWITCH",
  authentication: "api_key",
  sharedPath: false,
  namesCampaign: false,
  // A record has some two hundred variables and the whole log of the dialplan, every byte of it written as three.
  bodyCap: 2_097_152,
  settings: freeswitchSettings,
  read,
  guide,
};

async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig<FreeswitchSettings>,
): Promise<Result<Reading, Refusal>> {
  const cdr = readCdr(body, settings.encoded_values ?? true);
  if (!cdr.ok) return err(cdr.error);
  const leg = legOf(cdr.value);
  if (!leg) return missingFields(["variables.uuid"]);
  return ok({ kind: "calls", facts: [mapLeg(cdr.value, leg, settings)] });
}
