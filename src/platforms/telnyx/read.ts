import { z } from "zod";
import { toText } from "../reading/coerce";
import type { Refusal } from "../contract";
import { ok, type Result } from "../../lib/result";
import { fieldsOf, readJsonObject, type Fields } from "../reading/json-object";
import { missingFields, notJson } from "../refusals";

const EVENTS = [
  "call.initiated",
  "call.answered",
  "call.hangup",
  "call.recording.saved",
  "conference.recording.saved",
] as const;

export type TelnyxEvent = {
  type: (typeof EVENTS)[number];
  /** When it happened, as Telnyx wrote it. */
  occurredAt: unknown;
  payload: Fields;
};

const envelope = z.object({ data: z.looseObject({ event_type: z.string().min(1) }) });

/** The envelope `{data: {event_type, id, occurred_at, payload}}`; undefined for an event that is not about a call's course. */
export function readEnvelope(body: Uint8Array): Result<TelnyxEvent | undefined, Refusal> {
  const read = readJsonObject(body);
  if (!read.ok) return notJson(read.error);
  const parsed = envelope.safeParse(Object.fromEntries(read.value));
  if (!parsed.success) return missingFields(["data.event_type"]);
  const { data } = parsed.data;
  const type = EVENTS.find((event) => event === toText(data.event_type));
  if (!type) return ok(undefined);
  const payload = fieldsOf(data["payload"]);
  return payload ? ok({ type, occurredAt: data["occurred_at"], payload }) : missingFields(["data.payload"]);
}
