import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { toText } from "../reading/coerce";
import { fieldsOf, readJsonObject } from "../reading/json-object";
import { ignored, missingFields, notJson } from "../refusals";
import { callKeyOf, mapEvent, OUTCOMES, type AudianEvent, type Envelope } from "./map";

/** Reads an event in its envelope. */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  config: ReadingConfig,
): Promise<Result<Reading, Refusal>> {
  const envelope = readEnvelope(body);
  if (!envelope.ok) return envelope;
  const { event, data } = envelope.value;
  if (!isKnown(event)) {
    return ignored("event_ignored", `Only ${Object.keys(OUTCOMES).join(", ")} are processed.`);
  }
  const externalId = callKeyOf(event, data);
  if (externalId === null) return missingFields(["data.call_id"]);
  return ok({ kind: "calls", facts: [mapEvent(event, envelope.value, externalId, config.settings)] });
}

function isKnown(event: string): event is AudianEvent {
  return Object.hasOwn(OUTCOMES, event);
}

/** Reads the envelope. An event without `data` is still named, so that one we do not need is never an error. */
function readEnvelope(body: Uint8Array): Result<Envelope, Refusal> {
  const json = readJsonObject(body);
  if (!json.ok) return notJson(json.error);
  const event = toText(json.value.get("event"));
  if (!event) return missingFields(["event"]);
  return ok({ event, timestamp: json.value.get("timestamp"), data: fieldsOf(json.value.get("data")) ?? new Map() });
}
