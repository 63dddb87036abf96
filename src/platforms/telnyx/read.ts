import { z } from "zod";
import { readContentType, URL_ENCODED } from "../../lib/http/content-type";
import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { toText } from "../reading/coerce";
import { fieldsOf, readJsonObject } from "../reading/json-object";
import { decodeForm } from "../reading/text";
import { ignored, missingFields, notJson, unreadable } from "../refusals";
import { callKeyOf, EVENTS, mapEvent, type TelnyxEvent } from "./map";
import { readTexml } from "./map-texml";
import type { TelnyxSettings } from "./settings";

/** Reads what Telnyx sends: an event of Call Control in its envelope, or a callback of a TeXML application, a form. */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  config: ReadingConfig<TelnyxSettings>,
): Promise<Result<Reading, Refusal>> {
  if (readContentType(contentType).type === URL_ENCODED) {
    const entries = decodeForm(body);
    if (entries.length === 0) return unreadable("empty_body", "The body is empty.");
    return readTexml(new Map(entries), config.settings);
  }
  const event = readEnvelope(body);
  if (!event.ok) return event;
  if (!event.value) {
    return ignored(
      "event_ignored",
      "Only call.initiated, call.answered, call.hangup, saved recordings and their transcriptions are processed.",
    );
  }
  const externalId = callKeyOf(event.value);
  if (externalId === null) return missingFields(["data.payload.call_session_id"]);
  return ok({ kind: "calls", facts: mapEvent(event.value, externalId, config.settings) });
}

const envelope = z.object({ data: z.looseObject({ event_type: z.string().min(1) }) });

/**
 * The envelope `{data: {event_type, id, occurred_at, payload}}`; undefined for an event that is not about a call's
 * course.
 */
function readEnvelope(body: Uint8Array): Result<TelnyxEvent | undefined, Refusal> {
  const json = readJsonObject(body);
  if (!json.ok) return notJson(json.error);
  const parsed = envelope.safeParse(Object.fromEntries(json.value));
  if (!parsed.success) return missingFields(["data.event_type"]);
  const { data } = parsed.data;
  const type = EVENTS.find((event) => event === toText(data.event_type));
  if (!type) return ok(undefined);
  const payload = fieldsOf(data["payload"]);
  return payload ? ok({ type, occurredAt: data["occurred_at"], payload }) : missingFields(["data.payload"]);
}
