import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { toText } from "../reading/coerce";
import { firstText } from "../reading/fields";
import { fieldsOf, readJsonObject, type Fields } from "../reading/json-object";
import { ignored, missingFields, notJson } from "../refusals";
import { mapCallEnded } from "./map";
import type { VoqoSettings } from "./settings";

/** Reads an event: `{event_type, timestamp, data}`. */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig<VoqoSettings>,
): Promise<Result<Reading, Refusal>> {
  const json = readJsonObject(body);
  if (!json.ok) return notJson(json.error);
  const event = toText(json.value.get("event_type"));
  if (!event) return missingFields(["event_type"]);
  if (event !== "call_ended") return ignored("event_ignored", "Only call_ended is processed.");
  const data: Fields = fieldsOf(json.value.get("data")) ?? new Map();
  // Trunkline's own deliveries in this form are marked when they are tests.
  if (data.get("test") === true) return ignored("test_event", "A test event: no call is made of it.");
  const externalId = firstText(data, ["id"]);
  if (externalId === null) return missingFields(["data.id"]);
  return ok({ kind: "calls", facts: [mapCallEnded(json.value, data, externalId, settings)] });
}
