import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { isTrue, toText } from "../reading/coerce";
import { firstText } from "../reading/fields";
import { fieldsOf, readJsonObject, type Fields } from "../reading/json-object";
import { ignored, missingFields, notJson } from "../refusals";
import { isKnownEvent, mapEvent, OUTCOMES, type Payload } from "./map";

/** Reads an event in its envelope. */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig,
): Promise<Result<Reading, Refusal>> {
  const payload = readPayload(body);
  if (!payload.ok) return payload;
  const { event, metadata, resourceId, resourceType } = payload.value;
  if (!isKnownEvent(event)) return ignored("event_ignored", `Only ${Object.keys(OUTCOMES).join(", ")} are processed.`);
  if (isTrue(metadata.get("test"))) return ignored("test_event", "A test event: no call is made of it.");
  const externalId = callKeyOf(payload.value);
  if (externalId !== null) return ok({ kind: "calls", facts: [mapEvent(event, payload.value, externalId, settings)] });
  if (resourceId === null || resourceType === null) return missingFields(["data.resourceId", "data.resourceType"]);
  return ignored("no_call", "The event names no call in data.metadata.callId, and what it is about stands for none.");
}

// What an event may be about that stands for one call: a review's id does not name its call.
const CALL_RESOURCES = new Set(["call", "analysis", "recording"]);

/** Reads the envelope. One without `data` is still named, so that an event we do not need is never an error. */
function readPayload(body: Uint8Array): Result<Payload, Refusal> {
  const json = readJsonObject(body, { longIntegers: "text" });
  if (!json.ok) return notJson(json.error);
  const event = toText(json.value.get("event"));
  if (!event) return missingFields(["event"]);
  const data: Fields = fieldsOf(json.value.get("data")) ?? new Map();
  return ok({
    event,
    timestamp: json.value.get("timestamp"),
    resourceId: firstText(data, ["resourceId"]),
    resourceType: firstText(data, ["resourceType"]),
    changes: fieldsOf(data.get("changes")) ?? new Map(),
    metadata: fieldsOf(data.get("metadata")) ?? new Map(),
  });
}

/** The call an event speaks of: the one its metadata names, else what it is about where that stands for a call. */
function callKeyOf({ metadata, resourceType, resourceId }: Payload): string | null {
  const named = firstText(metadata, ["callId", "call_id"]);
  if (named !== null) return named;
  return resourceType !== null && CALL_RESOURCES.has(resourceType.toLowerCase()) ? resourceId : null;
}
