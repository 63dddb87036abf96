import { ok, type Result } from "../../lib/result";
import type { KeyedPlatform, Reading, ReadingConfig, Refusal } from "../contract";
import { readJsonObject } from "../reading/json-object";
import { missingFields, notJson } from "../refusals";
import { guide } from "./guide";
import { callKeyOf, mapRecord } from "./map";
import { asteriskSettings, type AsteriskSettings } from "./settings";

/**
 * Asterisk and FreePBX, which send nothing of themselves: a script that runs after each recording uploads it, or posts the
 * fields of the CDR as JSON.
 */
export const asterisk: KeyedPlatform<AsteriskSettings> = {
  kind: "asterisk",
  title: "Asterisk / FreePBX",
  authentication: "api_key",
  sharedPath: false,
  namesCampaign: false,
  bodyCap: 262_144,
  settings: asteriskSettings,
  read,
  guide,
};

async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig<AsteriskSettings>,
): Promise<Result<Reading, Refusal>> {
  const fields = readJsonObject(body, { longIntegers: "text" });
  if (!fields.ok) return notJson(fields.error);
  const externalId = callKeyOf(fields.value);
  if (externalId === null) return missingFields(["uniqueid"]);
  return ok({ kind: "calls", facts: [mapRecord(fields.value, externalId, settings)] });
}
