import { err, ok, type Result } from "../../lib/result";
import { toText } from "../coerce";
import type { FieldError, Refusal } from "../contract";
import { fieldsOf, readJsonObject, type Fields } from "../json-object";

/** Audian's envelope: `{ id: "evt_…", event, timestamp, data }` (seed "Webhook Setup"; docs of the event list). */
export type Envelope = { event: string; timestamp: unknown; data: Fields };

/** Reads the envelope. An event without `data` is still named, so that one nobody asked for is never an error. */
export function readEnvelope(body: Uint8Array): Result<Envelope, Refusal> {
  const read = readJsonObject(body);
  if (!read.ok)
    return err({ status: 400, reason: "invalid_json", message: "The body must be one JSON object in UTF-8." });
  const event = toText(read.value.get("event"));
  if (!event) return err(missing([{ field: "event", message: "is missing" }]));
  return ok({ event, timestamp: read.value.get("timestamp"), data: fieldsOf(read.value.get("data")) ?? new Map() });
}

/** 422 with every field that is not there. */
export function missing(errors: FieldError[]): Refusal {
  const names = errors.map(({ field }) => field).join(", ");
  return { status: 422, reason: "missing_fields", message: `Fields are missing: ${names}.`, errors };
}
