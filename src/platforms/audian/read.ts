import { ok, type Result } from "../../lib/result";
import { toText } from "../reading/coerce";
import type { Refusal } from "../contract";
import { fieldsOf, readJsonObject, type Fields } from "../reading/json-object";
import { missingFields, notJson } from "../refusals";

/** Audian's envelope: `{ id: "evt_…", event, timestamp, data }` (seed "Webhook Setup"; docs of the event list). */
export type Envelope = { event: string; timestamp: unknown; data: Fields };

/** Reads the envelope. An event without `data` is still named, so that one nobody asked for is never an error. */
export function readEnvelope(body: Uint8Array): Result<Envelope, Refusal> {
  const read = readJsonObject(body);
  if (!read.ok) return notJson(read.error);
  const event = toText(read.value.get("event"));
  if (!event) return missingFields(["event"]);
  return ok({ event, timestamp: read.value.get("timestamp"), data: fieldsOf(read.value.get("data")) ?? new Map() });
}
