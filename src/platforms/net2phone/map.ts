import type { CallFacts } from "../../calls";
import { SECOND } from "../../lib/time";
import { isTrue } from "../reading/coerce";
import { keepCustom } from "../reading/custom";
import { directionOf } from "../reading/direction";
import { firstText, readMoment, readSeconds } from "../reading/fields";
import { fieldsOf, type Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import { announcedRecordings } from "./map-recordings";
import type { Net2phoneSettings } from "./settings";

/**
 * The events, and the call state each reports. One user of a ring group misses what another answers:
 * `call_completed` outweighs `call_missed` in the merge, whichever comes first.
 */
export const OUTCOMES = {
  call_ringing: "in_progress",
  call_answered: "in_progress",
  call_missed: "failed",
  call_completed: "completed",
  call_recorded: null,
} as const;

export type Net2phoneEvent = keyof typeof OUTCOMES;

const STATUSES: Record<Net2phoneEvent, string | null> = {
  call_ringing: "ringing",
  call_answered: "answered",
  call_missed: "missed",
  call_completed: "completed",
  call_recorded: null,
};

/** Fields that end in a fact of their own; `id` names the delivery, not the call. */
const MAPPED = new Set([
  "timestamp",
  "event",
  "user",
  "user_name",
  "duration",
  "direction",
  "originating_number",
  "dialed_number",
  "id",
  "call_id",
  "recording_url",
  "audio_message_url",
]);
const MAPPED_USER = new Set(["id", "name", "account_id"]);

/** The facts of one event of net2phone, and what can be inferred from it. `timestamp` is the moment of the event. */
export function mapEvent(
  event: Net2phoneEvent,
  fields: Fields,
  externalId: string,
  settings: Net2phoneSettings,
): CallFacts[] {
  const facts = factsOf(event, fields, externalId, settings);
  const { endedAt = null, durationSeconds = null } = facts;
  if (event !== "call_completed" || endedAt === null || durationSeconds === null) return [facts];
  // Only the first event has the start of the call. Its length may leave out the ringing, so a start counted back from
  // the end can be the moment of the answer: it counts only where `call_ringing` is not subscribed to.
  const startedAt = endedAt - Math.round(durationSeconds * SECOND);
  return [facts, { externalId, outcome: null, secondary: true, startedAt, recordings: [] }];
}

function factsOf(event: Net2phoneEvent, fields: Fields, externalId: string, settings: Net2phoneSettings): CallFacts {
  const { country } = settings;
  const user = fieldsOf(fields.get("user")) ?? new Map<string, unknown>();
  const userId = firstText(user, ["id"], 100);
  const from = firstText(fields, ["originating_number"]);
  const to = firstText(fields, ["dialed_number"]);
  // Nobody took a call that ended in voice mail, as the list of calls has it too (`not_answered`).
  const isVoicemail = event === "call_completed" && isTrue(fields.get("voice_mail"));
  // The last event of a call, which need not have lasted.
  const isEmpty = event === "call_completed" && readSeconds(fields.get("duration")) === 0;
  return {
    externalId,
    outcome: isVoicemail ? "failed" : isEmpty ? "unanswered" : OUTCOMES[event],
    direction: directionOf(fields.get("direction")) ?? null,
    from,
    get fromE164() {
      return toE164(from, country);
    },
    to,
    get toE164() {
      return toE164(to, country);
    },
    ...timesOf(event, fields, settings.time_zone ?? "UTC"),
    providerStatus: isVoicemail ? "voicemail" : STATUSES[event],
    error: isVoicemail ? "the caller left a voicemail" : null,
    operatorName: firstText(user, ["name"]) ?? firstText(fields, ["user_name"]),
    operatorReference: userId === null ? null : userReference(userId),
    account: firstText(user, ["account_id"], 200),
    custom: keepCustom([
      ...[...fields].filter(([name]) => !MAPPED.has(name)),
      ...[...user].filter(([name]) => !MAPPED_USER.has(name)).map(([name, value]) => [`user_${name}`, value] as const),
    ]),
    recordings: announcedRecordings(event, fields, settings),
  };
}

/** What an operator is called besides a name: the same in notices and in the list of calls. */
export function userReference(userId: string): string {
  return `net2phone:user:${userId}`;
}

function timesOf(event: Net2phoneEvent, fields: Fields, timeZone: string): Partial<CallFacts> {
  const at = readMoment(fields.get("timestamp"), timeZone);
  const raw = firstText(fields, ["timestamp"]);
  switch (event) {
    case "call_ringing":
      return { startedAt: at, startedAtRaw: raw };
    case "call_answered":
      return { answeredAt: at };
    case "call_missed":
    case "call_completed":
      return { endedAt: at, durationSeconds: readSeconds(fields.get("duration")) };
    case "call_recorded":
      return {};
  }
}
