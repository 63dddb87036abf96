import { ok, type Result } from "../../lib/result";
import { toText } from "../reading/coerce";
import type { Reading, ReadingConfig, Refusal, SignedPlatform } from "../contract";
import { firstText } from "../reading/fields";
import { readJsonObject } from "../reading/json-object";
import { missingFields, notJson } from "../refusals";
import { mintSecret, secretOfPlatform } from "../proof/secret-rules";
import { recordingAccess } from "./access";
import { guide } from "./guide";
import { list } from "./pull";
import { readListed } from "./map-listed";
import { mapEvent, OUTCOMES, type Net2phoneEvent } from "./map";
import { net2phoneCredentials, net2phoneSettings, type Net2phoneSettings } from "./settings";
import { precheck, verify } from "./verify";

/** net2phone's UCaaS webhooks: signed events of a call, merged by `call_id`; recordings by an exchange of links. */
export const net2phone: SignedPlatform<Net2phoneSettings> = {
  kind: "net2phone",
  title: "net2phone",
  authentication: "signature",
  // The platform makes it once it has the source's address: one of ours holds its place until then.
  secret: { ...secretOfPlatform("webhook secret", 8), origin: "either", mint: mintSecret },
  bodyCap: 262_144,
  settings: net2phoneSettings,
  credentials: net2phoneCredentials,
  precheck,
  verify,
  read,
  recordingAccess,
  pull: { needs: "list_call_id_field", list, readListed },
  guide,
};

async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig<Net2phoneSettings>,
): Promise<Result<Reading, Refusal>> {
  const json = readJsonObject(body, { longIntegers: "text" });
  if (!json.ok) return notJson(json.error);
  const event = toText(json.value.get("event"));
  if (!event) return missingFields(["event"]);
  if (!isKnown(event)) {
    const message = `Only ${Object.keys(OUTCOMES).join(", ")} are processed.`;
    return ok({ kind: "ignored", reason: "event_ignored", message });
  }
  const externalId = firstText(json.value, ["call_id"]);
  if (externalId === null) return missingFields(["call_id"]);
  return ok({ kind: "calls", facts: mapEvent(event, json.value, externalId, settings) });
}

function isKnown(event: string): event is Net2phoneEvent {
  return Object.hasOwn(OUTCOMES, event);
}
