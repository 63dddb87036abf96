import type { CallFacts, RecordingFacts } from "../../calls";
import { SECOND } from "../../lib/time";
import { keepCustom } from "../reading/custom";
import { directionOf } from "../reading/direction";
import { firstLink, firstOf, firstText, readMoment, readSeconds } from "../reading/fields";
import { fieldsOf, type Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import { outcomeOf } from "../mapping/words";
import type { CommonSettings } from "../settings";

/** Audian's envelope: `{ id: "evt_…", event, timestamp, data }` (seed "Webhook Setup"; docs of the event list). */
export type Envelope = { event: string; timestamp: unknown; data: Fields };

/** The events that make or change a call, and the state each reports. */
export const OUTCOMES = {
  "call.completed": "completed",
  "call.failed": "failed",
  "recording.completed": null,
} as const;

export type AudianEvent = keyof typeof OUTCOMES;

const DEFAULT_TIME_ZONE = "UTC";
const MAX_RECORDINGS = 20;
/** What a recording without an id of its own is called: a call has one recording unless Audian gives ids. */
const ONLY_RECORDING = "audio";

// Audian prints the envelope and the event names, but not the fields of `data`. So each fact is looked for under the
// names in use among platforms of its kind, flat or inside `call` and `recording`; docs say to send the first of each.
const NAMES = {
  direction: ["direction", "call.direction"],
  from: ["from", "from_number", "caller_id_number", "from.number", "caller.number", "call.from", "call.from_number"],
  to: ["to", "to_number", "callee_id_number", "to.number", "callee.number", "call.to", "call.to_number"],
  status: ["status", "call.status", "hangup_cause"],
  error: ["error", "error.message", "failure_reason", "reason", "hangup_cause", "call.error"],
  startedAt: ["started_at", "start_time", "call.started_at", "call.start_time"],
  answeredAt: ["answered_at", "answer_time", "call.answered_at"],
  endedAt: ["ended_at", "end_time", "call.ended_at", "call.end_time"],
  duration: ["duration", "duration_seconds", "call.duration", "call.duration_seconds"],
  talk: ["talk_seconds", "billing_seconds", "billsec", "call.talk_seconds"],
  operator: [
    "agent_name",
    "user_name",
    "agent",
    "agent.name",
    "user.name",
    "user",
    "call.agent_name",
    "call.user_name",
  ],
  recordingId: ["recording_id", "recording.id", "recording.recording_id"],
  recordingUrl: [
    "recording_url",
    "recording.url",
    "recording.recording_url",
    "recording.link",
    "recording",
    "recording_link",
  ],
} as const;

const MAPPED = new Set(["id", "call_id", "call", "recordings", ...Object.values(NAMES).flat()]);

/** The call an event speaks of. In an event about a recording, `id` is the recording's. */
export function callKeyOf(event: AudianEvent, data: Fields): string | null {
  const named = firstText(data, ["call_id", "call.id", "call.call_id", "call"]);
  return named ?? (event === "recording.completed" ? null : firstText(data, ["id"]));
}

export function mapEvent(
  event: AudianEvent,
  envelope: Envelope,
  externalId: string,
  { time_zone: timeZone = DEFAULT_TIME_ZONE, country }: CommonSettings,
): CallFacts {
  const { data } = envelope;
  const from = firstText(data, NAMES.from);
  const to = firstText(data, NAMES.to);
  const startedAt = readMoment(firstOf(data, NAMES.startedAt), timeZone);
  const duration = readSeconds(firstOf(data, NAMES.duration));
  const talk = readSeconds(firstOf(data, NAMES.talk));
  const status = event === "recording.completed" ? null : firstText(data, NAMES.status);
  const outcome = event === "call.completed" ? endOf(status, talk) : OUTCOMES[event];
  return {
    externalId,
    outcome,
    direction: directionOf(firstText(data, NAMES.direction)) ?? null,
    from,
    get fromE164() {
      return toE164(from, country);
    },
    to,
    get toE164() {
      return toE164(to, country);
    },
    startedAt,
    startedAtRaw: firstText(data, NAMES.startedAt),
    answeredAt: readMoment(firstOf(data, NAMES.answeredAt), timeZone),
    endedAt: event === "recording.completed" ? null : endingOf(envelope, startedAt, duration, timeZone),
    // The duration and status in an event about a recording are the recording's.
    durationSeconds: event === "recording.completed" ? null : duration,
    talkSeconds: talk,
    providerStatus: status,
    error: outcome === "failed" ? firstText(data, NAMES.error) : null,
    operatorName: firstText(data, NAMES.operator),
    custom: keepCustom([...data].filter(([key]) => !MAPPED.has(key))),
    recordings: recordingsOf(event, data),
  };
}

// A call can be completed for the platform although it was never answered.
function endOf(status: string | null, talk: number | null): CallFacts["outcome"] {
  if (status !== null && outcomeOf(status) === "failed") return "failed";
  return talk === 0 ? "unanswered" : "completed";
}

function endingOf(
  envelope: Envelope,
  startedAt: number | null,
  duration: number | null,
  timeZone: string,
): number | null {
  const given = readMoment(firstOf(envelope.data, NAMES.endedAt), timeZone);
  if (given !== null) return given;
  if (startedAt !== null && duration !== null) return startedAt + Math.round(duration * SECOND);
  // The event is sent as the call ends.
  return readMoment(envelope.timestamp, timeZone);
}

function recordingsOf(event: AudianEvent, data: Fields): RecordingFacts[] {
  const list = data.get("recordings");
  if (Array.isArray(list) && list.length > 0) {
    return list.slice(0, MAX_RECORDINGS).flatMap((entry: unknown, index) => {
      const fields = fieldsOf(entry);
      if (!fields) return [];
      const id =
        firstText(fields, ["id", "recording_id"], 200) ??
        (index === 0 ? ONLY_RECORDING : `${ONLY_RECORDING}-${index + 1}`);
      return [{ externalId: id, url: firstLink(fields, ["url", "recording_url", "link"]) }];
    });
  }
  const url = firstLink(data, NAMES.recordingUrl);
  const ownId = event === "recording.completed" && firstText(data, ["call_id", "call.id"]) !== null ? ["id"] : [];
  const id = firstText(data, [...NAMES.recordingId, ...ownId], 200);
  // A recording that is complete but comes without a link is still one: a later notice may bring the link.
  if (url === null && id === null && event !== "recording.completed") return [];
  return [{ externalId: id ?? ONLY_RECORDING, url }];
}
