import { ok, type Result } from "../../lib/result";
import { toText } from "../reading/coerce";
import type { Refusal } from "../contract";
import { firstText } from "../reading/fields";
import { fieldsOf, readJsonObject, type Fields } from "../reading/json-object";
import { missingFields, notJson } from "../refusals";

/** The seed's `WebhookPayload`, without what only tells deliveries apart (`id`, `retryCount`). */
export type Payload = {
  event: string;
  timestamp: unknown;
  resourceId: string | null;
  resourceType: string | null;
  changes: Fields;
  metadata: Fields;
};

// What an event may be about that stands for one call: a review's id says nothing of the call it is of.
const CALL_RESOURCES = new Set(["call", "analysis", "recording"]);

/** Reads the envelope. One without `data` is still named, so that an event nobody asked for is never an error. */
export function readPayload(body: Uint8Array): Result<Payload, Refusal> {
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
export function callKeyOf({ metadata, resourceType, resourceId }: Payload): string | null {
  const named = firstText(metadata, ["callId", "call_id"]);
  if (named !== null) return named;
  return resourceType !== null && CALL_RESOURCES.has(resourceType.toLowerCase()) ? resourceId : null;
}
