import type { CallFacts } from "../../calls";
import { SECOND } from "../../lib/time";
import { foldWord } from "../reading/coerce";
import { keepCustom } from "../reading/custom";
import { directionOf } from "../reading/direction";
import { firstLink, firstText, readMoment, readSeconds } from "../reading/fields";
import type { Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import { conversationOf } from "./map-conversation";
import type { VoqoSettings } from "./settings";

/** An event has one call, and a call one recording. */
const RECORDING_ID = "audio";

const MAPPED_ENVELOPE = new Set(["_id", "event_type", "timestamp", "data"]);
/** Fields of `data` that become a fact of their own. A link's expiry comes with each link. */
const MAPPED = new Set([
  "id",
  "agent_id",
  "status",
  "from_phone",
  "to_phone",
  "direction",
  "call_summary",
  "transcript",
  "duration",
  "error",
  "start_time",
  "end_time",
  "recording_url",
  "recording_url_expires_at",
  "post_call_action_results",
  "timestamps",
]);

/** The facts of `call_ended` (seed "Complete Webhook Payload Schema"). */
export function mapCallEnded(envelope: Fields, data: Fields, externalId: string, settings: VoqoSettings): CallFacts {
  const { time_zone: timeZone = "UTC", country } = settings;
  const from = firstText(data, ["from_phone"]);
  const to = firstText(data, ["to_phone"]);
  const url = firstLink(data, ["recording_url"]);
  return {
    externalId,
    ...outcomeOf(data),
    direction: directionOf(data.get("direction")) ?? null,
    from,
    get fromE164() {
      return toE164(from, country);
    },
    to,
    get toE164() {
      return toE164(to, country);
    },
    ...timesOf(envelope, data, timeZone),
    account: firstText(data, ["agent_id"], 200),
    ...conversationOf(data, timeZone),
    custom: keepCustom([
      ...[...data].filter(([name]) => !MAPPED.has(name)),
      ...[...envelope].filter(([name]) => !MAPPED_ENVELOPE.has(name)),
    ]),
    recordings: url === null ? [] : [{ externalId: RECORDING_ID, url }],
  };
}

// The status is `completed` or `failed`; another word is how a call failed, and is the error where there is no other.
function outcomeOf(data: Fields): Pick<CallFacts, "outcome" | "providerStatus" | "error"> {
  const providerStatus = firstText(data, ["status"]);
  const given = firstText(data, ["error", "error.message"], 1_000);
  const word = providerStatus === null ? null : foldWord(providerStatus);
  const failed = word === null ? given !== null : word !== "completed";
  const error = failed && given === null && word !== "failed" ? providerStatus : given;
  return { outcome: failed ? "failed" : "completed", providerStatus, error };
}

function timesOf(envelope: Fields, data: Fields, timeZone: string): Partial<CallFacts> {
  const startedAtRaw = firstText(data, ["start_time", "created_at"]);
  const startedAt = readMoment(startedAtRaw, timeZone);
  const durationSeconds = readSeconds(data.get("duration"));
  const counted =
    startedAt !== null && durationSeconds !== null ? startedAt + Math.round(durationSeconds * SECOND) : null;
  const endedAt =
    readMoment(data.get("end_time"), timeZone) ?? counted ?? readMoment(envelope.get("timestamp"), timeZone);
  return { startedAt, startedAtRaw, endedAt, durationSeconds };
}
