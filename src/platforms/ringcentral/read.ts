import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { firstText } from "../reading/fields";
import { fieldsOf, readJsonObject } from "../reading/json-object";
import { ignored, missingFields, notJson } from "../refusals";
import { mapSession, sessionIdOf } from "./map";
import type { RingCentralSettings } from "./settings";

/** Reads a notice: `{uuid, event, timestamp, subscriptionId, body}`, where `event` is the filter that it matched. */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  config: ReadingConfig<RingCentralSettings>,
): Promise<Result<Reading, Refusal>> {
  const json = readJsonObject(body, { longIntegers: "text" });
  if (!json.ok) return notJson(json.error);
  const event = firstText(json.value, ["event"]);
  if (event === null) return missingFields(["event"]);
  if (!/\/telephony\/sessions\b/.test(event)) {
    return ignored("event_ignored", "Only telephony sessions are processed.");
  }
  const session = fieldsOf(json.value.get("body"));
  if (!session || sessionIdOf(session) === null) return missingFields(["body.telephonySessionId"]);
  return ok({ kind: "calls", facts: [mapSession(session, firstText(json.value, ["timestamp"]), config.settings)] });
}
