import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { toText } from "../reading/coerce";
import { fieldsOf, readJsonObject, type Fields } from "../reading/json-object";
import { ignored, missingFields, notJson } from "../refusals";
import { callIdOf, isCallEvent, mapCall } from "./map";

/** Reads a notice: `{resource, event, timestamp, token, data}`, where `data` is the call as the API has it. */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  config: ReadingConfig,
): Promise<Result<Reading, Refusal>> {
  const json = readJsonObject(body, { longIntegers: "text" });
  if (!json.ok) return notJson(json.error);
  const event = toText(json.value.get("event"));
  if (!event) return missingFields(["event"]);
  if (!isCallEvent(event)) {
    return ignored("event_ignored", "Only what changes a call is processed.");
  }
  return readCall(fieldsOf(json.value.get("data")), "data.id", (call) => mapCall(event, call, config.settings));
}

/**
 * Reads an entry of `GET /v1/calls`, as `list` and `one` keep it: `{call}`. Its status decides which event it counts
 * as.
 */
export async function readListed(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  config: ReadingConfig,
): Promise<Result<Reading, Refusal>> {
  const json = readJsonObject(body, { longIntegers: "text" });
  if (!json.ok) return notJson(json.error);
  return readCall(fieldsOf(json.value.get("call")), "call.id", (call) =>
    mapCall(toText(call.get("status")) === "done" ? "call.ended" : "call.answered", call, config.settings),
  );
}

function readCall(
  call: Fields | undefined,
  idField: string,
  map: (call: Fields) => ReturnType<typeof mapCall>,
): Result<Reading, Refusal> {
  if (!call || callIdOf(call) === null) return missingFields([idField]);
  return ok({ kind: "calls", facts: [map(call)] });
}
