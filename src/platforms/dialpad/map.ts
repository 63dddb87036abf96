import type { CallFacts } from "../../calls";
import { keepCustom } from "../reading/custom";
import { directionOf } from "../reading/direction";
import { firstText, readMoment, readSeconds } from "../reading/fields";
import { fieldsOf, type Fields } from "../reading/json-object";
import { readLongText } from "../reading/long-text";
import { toE164 } from "../reading/phone-number";
import { recordingsOf } from "./map-recordings";
import type { DialpadSettings } from "./settings";

/**
 * The states of a call, and the end each reports. Which states there are beyond those a subscription
 * commonly names (hangup, recording, call_transcription, recap_summary) is general knowledge.
 */
const STATES = {
  calling: "in_progress",
  ringing: "in_progress",
  preanswer: "in_progress",
  queued: "in_progress",
  connected: "in_progress",
  hold: "in_progress",
  parked: "in_progress",
  merged: "in_progress",
  // The caller is talking to the machine; `hangup` follows.
  voicemail: "in_progress",
  hangup: "ended",
  missed: "failed",
  recording: null,
  admin_recording: null,
  voicemail_uploaded: null,
  call_transcription: null,
  transcription: null,
  recap_summary: null,
} as const;

export type State = keyof typeof STATES;

const MAX_ID = 200;
const TIME_ZONE = "UTC";
const PER_SECOND = 1_000;
const GROUPS = new Set(["office", "department", "callcenter", "call_center", "mainline"]);

// Ends in a fact of its own, lets whoever has it listen, or is a paragraph already kept as transcript or summary.
const MAPPED = new Set([
  "call_id",
  "state",
  "direction",
  "date_started",
  "date_connected",
  "date_ended",
  "duration",
  "total_duration",
  "external_number",
  "internal_number",
  "target",
  "was_recorded",
  "recording_details",
  "recording_url",
  "admin_recording_urls",
  "admin_call_recording_share_links",
  "call_recording_share_links",
  "voicemail_link",
  "voicemail_share_link",
  "public_call_review_share_link",
  "company_call_review_share_link",
  "transcription_text",
  "recap_summary",
  "event_timestamp",
]);

export function isKnownState(state: string): state is State {
  return Object.hasOwn(STATES, state);
}

/** Ids of calls have 64 bits and come as digits. Each leg of a call is a call of its own to Dialpad. */
export function callIdOf(event: Fields): string | null {
  return firstText(event, ["call_id"], MAX_ID);
}

/** The facts of an event. Dialpad's times and durations are milliseconds. */
export function mapEvent(state: State, event: Fields, { country }: DialpadSettings): CallFacts {
  const direction = directionOf(event.get("direction")) ?? null;
  const external = firstText(event, ["external_number"]);
  const internal = firstText(event, ["internal_number"]);
  const [from, to] = direction === "outbound" ? [internal, external] : [external, internal];
  const answeredAt = readMoment(event.get("date_connected"), TIME_ZONE);
  const reported = STATES[state];
  const outcome = reported === "ended" ? (answeredAt === null ? "failed" : "completed") : reported;
  const isOver = outcome === "completed" || outcome === "failed";
  const talk = readSeconds(event.get("duration"), PER_SECOND);
  const isUser = firstText(event, ["target.type"]) === "user";
  const userId = isUser ? firstText(event, ["target.id"], MAX_ID) : null;
  return {
    externalId: callIdOf(event) ?? "",
    outcome,
    direction,
    from,
    get fromE164() {
      return toE164(from, country);
    },
    to,
    get toE164() {
      return toE164(to, country);
    },
    startedAt: readMoment(event.get("date_started"), TIME_ZONE),
    startedAtRaw: firstText(event, ["date_started"]),
    answeredAt,
    endedAt: readMoment(event.get("date_ended"), TIME_ZONE),
    durationSeconds: isOver ? (readSeconds(event.get("total_duration"), PER_SECOND) ?? talk) : null,
    talkSeconds: isOver && answeredAt !== null ? talk : null,
    providerStatus: isOver ? state : null,
    error: outcome === "failed" ? "the call was not answered" : null,
    operatorName: isUser ? firstText(event, ["target.name"]) : null,
    operatorReference: userId === null ? null : `dialpad:user:${userId}`,
    account: accountOf(event),
    custom: keepCustom([...event].filter(([key]) => !MAPPED.has(key))),
    recordings: recordingsOf(event),
    transcript: readLongText(event.get("transcription_text")),
    summary: summaryOf(event),
  };
}

/** The office, department or call center the call came through: its target, else where it entered, else its group. */
function accountOf(event: Fields): string | null {
  for (const name of ["target", "entry_point_target"]) {
    const type = firstText(event, [`${name}.type`]);
    if (type !== null && GROUPS.has(type)) return firstText(event, [`${name}.id`], MAX_ID);
  }
  // `Office:5527348325810176`, which the other fields name by the number alone.
  return firstText(event, ["group_id"], MAX_ID)?.replace(/^[A-Za-z]+:/, "") ?? null;
}

/** Where the summary stands in the event is general knowledge: a text, or an object with one. */
function summaryOf(event: Fields): string | null {
  const recap = event.get("recap_summary");
  const inner = fieldsOf(recap);
  return readLongText(recap) ?? readLongText(inner?.get("content")) ?? readLongText(inner?.get("summary"));
}
