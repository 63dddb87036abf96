import type { CallFacts } from "../../calls";
import { keepCustom } from "../reading/custom";
import { firstLink, firstText, readMoment, readSeconds } from "../reading/fields";
import type { Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import type { ZoomSettings } from "./settings";

const MAX_ID = 200;
const TIME_ZONE = "UTC";
const MAPPED = new Set([
  "id",
  "call_id",
  "caller_number",
  "callee_number",
  "callee_name",
  "callee_user_id",
  "date_time",
  "duration",
  "download_url",
]);

/**
 * A voicemail: the call was not answered, so it has failed, and the message is its recording. The fields are those of
 * Zoom's event reference as it is commonly cited (general knowledge); `call_id` is newer than the event.
 */
export function mapVoicemail(object: Fields, { country, time_zone: timeZone = TIME_ZONE }: ZoomSettings): CallFacts[] {
  const id = firstText(object, ["id"], MAX_ID);
  if (id === null) return [];
  const from = firstText(object, ["caller_number"]);
  const to = firstText(object, ["callee_number"]);
  const userId = firstText(object, ["callee_user_id"], MAX_ID);
  const startedAt = readMoment(object.get("date_time"), timeZone);
  const seconds = readSeconds(object.get("duration"));
  return [
    {
      externalId: firstText(object, ["call_id", "call_log_id"], MAX_ID) ?? `voicemail:${id}`,
      outcome: "failed",
      direction: "inbound",
      from,
      get fromE164() {
        return toE164(from, country);
      },
      to,
      get toE164() {
        return toE164(to, country);
      },
      startedAt,
      startedAtRaw: firstText(object, ["date_time"]),
      endedAt: startedAt === null || seconds === null ? null : startedAt + Math.round(seconds * 1_000),
      durationSeconds: seconds,
      providerStatus: "Voicemail",
      error: "the caller left a voicemail",
      operatorName: firstText(object, ["callee_name"]),
      operatorReference: userId === null ? null : `zoom:user:${userId}`,
      custom: keepCustom([...object].filter(([key]) => !MAPPED.has(key))),
      recordings: [{ externalId: id, url: firstLink(object, ["download_url"]) }],
    },
  ];
}
