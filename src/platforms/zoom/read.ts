import type { CallFacts } from "../../calls";
import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { firstText } from "../reading/fields";
import { fieldsOf, readJsonObject, type Fields } from "../reading/json-object";
import { ignored, missingFields, notJson } from "../refusals";
import { isCallEvent, mapCallEvent } from "./map-call";
import { mapRecordings } from "./map-recordings";
import { mapVoicemail } from "./map-voicemail";
import type { ZoomSettings } from "./settings";

/**
 * Reads a notice: `{event, event_ts, payload: {account_id, object}}`. A notice of recordings may be about several
 * calls.
 */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  config: ReadingConfig<ZoomSettings>,
): Promise<Result<Reading, Refusal>> {
  const json = readJsonObject(body, { longIntegers: "text" });
  if (!json.ok) return notJson(json.error);
  const event = firstText(json.value, ["event"]);
  if (event === null) return missingFields(["event"]);
  const object = fieldsOf(fieldsOf(json.value.get("payload"))?.get("object")) ?? new Map<string, unknown>();
  return readEvent(event, object, config.settings);
}

/** Reads what `list` keeps of a call: `{recordings: […]}`, entries as a notice has them. */
export async function readListed(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  config: ReadingConfig<ZoomSettings>,
): Promise<Result<Reading, Refusal>> {
  const json = readJsonObject(body, { longIntegers: "text" });
  if (!json.ok) return notJson(json.error);
  return accept(mapRecordings("completed", json.value, config.settings), "recordings[].call_id");
}

function readEvent(event: string, object: Fields, settings: ZoomSettings): Result<Reading, Refusal> {
  switch (event) {
    case "phone.recording_completed":
      return accept(mapRecordings("completed", object, settings), "payload.object.recordings[].call_id");
    case "phone.recording_transcript_completed":
      return accept(mapRecordings("transcribed", object, settings), "payload.object.recordings[].call_id");
    case "phone.voicemail_received":
      return accept(mapVoicemail(object, settings), "payload.object.id");
    default:
      if (isCallEvent(event)) return accept(mapCallEvent(event, object, settings), "payload.object.call_id");
      return ignored("event_ignored", "Only phone calls, their recordings and voicemails are processed.");
  }
}

function accept(facts: CallFacts[], idField: string): Result<Reading, Refusal> {
  return facts.length === 0 ? missingFields([idField]) : ok({ kind: "calls", facts });
}
