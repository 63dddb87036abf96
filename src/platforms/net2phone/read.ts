import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { toText } from "../reading/coerce";
import { firstText } from "../reading/fields";
import { readJsonObject } from "../reading/json-object";
import { ignored, missingFields, notJson } from "../refusals";
import { mapEvent, OUTCOMES, type Net2phoneEvent } from "./map";
import type { Net2phoneSettings } from "./settings";

/** Reads an event, which is flat: `{event, call_id, …}`. */
export async function read(
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
    return ignored("event_ignored", message);
  }
  const externalId = firstText(json.value, ["call_id"]);
  if (externalId === null) return missingFields(["call_id"]);
  return ok({ kind: "calls", facts: mapEvent(event, json.value, externalId, settings) });
}

function isKnown(event: string): event is Net2phoneEvent {
  return Object.hasOwn(OUTCOMES, event);
}
