import type { CallFacts } from "../../calls";
import { keepCustom } from "../reading/custom";
import { directionOf } from "../reading/direction";
import { firstLink, firstText, readMoment, readSeconds } from "../reading/fields";
import { fieldsOf, type Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import type { ZoomSettings } from "./settings";

const MAX_ID = 200;
const MAX_RECORDINGS = 50;
const TIME_ZONE = "UTC";

// Ends in a fact of its own, or is a link that lets whoever has it listen.
const MAPPED = new Set([
  "id",
  "call_id",
  "direction",
  "caller_number",
  "callee_number",
  "date_time",
  "end_time",
  "duration",
  "download_url",
  "file_url",
  "owner",
  "user_id",
  "site",
]);

/** The call of a recording. Without any id of the call, the recording stands for it. */
export function callIdOf(entry: Fields): string | null {
  const id = firstText(entry, ["id"], MAX_ID);
  return firstText(entry, ["call_id", "call_log_id"], MAX_ID) ?? (id === null ? null : `recording:${id}`);
}

/**
 * The calls of `recordings`, each once, with all its recordings, and after them their times. A recording is complete
 * after the call was answered and has ended, so it completes the call; where the account sends call events too, those
 * and this agree. `transcribed` says only that there is a transcript: its link may lead to that and is not taken for
 * the audio's.
 */
export function mapRecordings(event: "completed" | "transcribed", object: Fields, settings: ZoomSettings): CallFacts[] {
  const entries = object.get("recordings");
  const calls = new Map<string, CallFacts>();
  const times: CallFacts[] = [];
  for (const value of Array.isArray(entries) ? entries.slice(0, MAX_RECORDINGS) : []) {
    const entry = fieldsOf(value);
    const externalId = entry && callIdOf(entry);
    if (!entry || !externalId) continue;
    const id = firstText(entry, ["id"], MAX_ID) ?? "recording";
    const recording = { externalId: id, url: event === "completed" ? firstLink(entry, ["download_url"]) : null };
    const known = calls.get(externalId);
    if (known) known.recordings = [...known.recordings.filter((one) => one.externalId !== id), recording];
    else {
      calls.set(externalId, { ...factsOf(event, externalId, entry, settings), recordings: [recording] });
      times.push(timesOf(externalId, entry, settings));
    }
  }
  return [...calls.values(), ...times];
}

/**
 * The times of a recording. It begins when the call is answered or later and may end before it, so they are the call's
 * only where no event of the call itself has them.
 */
function timesOf(externalId: string, entry: Fields, { time_zone: timeZone = TIME_ZONE }: ZoomSettings): CallFacts {
  const seconds = readSeconds(entry.get("duration"));
  return {
    externalId,
    outcome: null,
    secondary: true,
    startedAt: readMoment(entry.get("date_time"), timeZone),
    startedAtRaw: firstText(entry, ["date_time"]),
    endedAt: readMoment(entry.get("end_time"), timeZone),
    durationSeconds: seconds,
    talkSeconds: seconds,
    recordings: [],
  };
}

function factsOf(
  event: "completed" | "transcribed",
  externalId: string,
  entry: Fields,
  { country }: ZoomSettings,
): Omit<CallFacts, "recordings"> {
  const from = firstText(entry, ["caller_number"]);
  const to = firstText(entry, ["callee_number"]);
  const ownerType = firstText(entry, ["owner.type"]);
  const isUser = ownerType === null || ownerType === "user";
  const userId = isUser ? firstText(entry, ["owner.id", "user_id"], MAX_ID) : null;
  return {
    externalId,
    outcome: event === "completed" ? "completed" : null,
    direction: directionOf(entry.get("direction")) ?? null,
    from,
    get fromE164() {
      return toE164(from, country);
    },
    to,
    get toE164() {
      return toE164(to, country);
    },
    // A queue's recording names the member who took the call or made it.
    operatorName: firstText(entry, isUser ? ["owner.name"] : ["accepted_by.name", "outgoing_by.name"]),
    operatorReference: userId === null ? null : `zoom:user:${userId}`,
    account: firstText(entry, ["site.id"], MAX_ID),
    custom: keepCustom([...entry].filter(([key]) => !MAPPED.has(key))),
  };
}
