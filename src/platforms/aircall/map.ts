import type { CallFacts, RecordingFacts } from "../../calls";
import { SECOND } from "../../lib/time";
import { toText } from "../reading/coerce";
import { keepCustom } from "../reading/custom";
import { directionOf } from "../reading/direction";
import { firstLink, firstText, readMoment, readSeconds } from "../reading/fields";
import type { Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import type { CommonSettings } from "../settings";

/**
 * The events about a call (Aircall's webhook reference), and the state each reports. `call.ended` comes
 * half a minute after `call.hungup`, with everything filled in: it alone ends the call. Tags, comments, assignments and
 * archiving are about work on the call, and are left out.
 */
const EVENTS = {
  "call.created": "in_progress",
  "call.ringing_on_agent": "in_progress",
  "call.agent_declined": "in_progress",
  "call.answered": "in_progress",
  "call.hold": "in_progress",
  "call.unhold": "in_progress",
  "call.transferred": "in_progress",
  "call.external_transferred": "in_progress",
  "call.unsuccessful_transfer": "in_progress",
  "call.hungup": "in_progress",
  "call.ended": "ended",
  "call.voicemail_left": null,
  "call.comm_assets_generated": null,
} as const;

export type CallEvent = keyof typeof EVENTS;

const MAX_ID = 100;
const TIME_ZONE = "UTC";

// Ends in a fact of its own, or is a link that lets whoever has it listen.
const MAPPED = new Set([
  "id",
  "direct_link",
  "direction",
  "status",
  "missed_call_reason",
  "started_at",
  "answered_at",
  "ended_at",
  "duration",
  "raw_digits",
  "user",
  "number",
  "recording",
  "recording_short_url",
  "voicemail",
  "voicemail_short_url",
  "asset",
]);

export function isCallEvent(event: string): event is CallEvent {
  return Object.hasOwn(EVENTS, event);
}

export function callIdOf(call: Fields): string | null {
  return firstText(call, ["id"], MAX_ID);
}

/** The facts of the call object in a notice or in the API's answer. Its times are seconds of the epoch. */
export function mapCall(event: CallEvent, call: Fields, { country }: CommonSettings): CallFacts {
  const externalId = callIdOf(call) ?? "";
  const answeredAt = readMoment(call.get("answered_at"), TIME_ZONE);
  const endedAt = readMoment(call.get("ended_at"), TIME_ZONE);
  const missed = firstText(call, ["missed_call_reason"]);
  const direction = directionOf(call.get("direction")) ?? null;
  // `raw_digits` is the other side whoever called, `number` our line.
  const other = firstText(call, ["raw_digits"]);
  const line = firstText(call, ["number.digits", "number.e164_digits"]);
  const lineE164 = toE164(firstText(call, ["number.e164_digits"]), country) ?? toE164(line, country);
  const isOutbound = direction === "outbound";
  const userId = firstText(call, ["user.id"], MAX_ID);
  const reported = EVENTS[event];
  const outcome = reported === "ended" ? (answeredAt === null ? "failed" : "completed") : reported;
  return {
    externalId,
    outcome,
    direction,
    from: isOutbound ? line : other,
    get fromE164() {
      return isOutbound ? lineE164 : toE164(other, country);
    },
    to: isOutbound ? other : line,
    get toE164() {
      return isOutbound ? toE164(other, country) : lineE164;
    },
    startedAt: readMoment(call.get("started_at"), TIME_ZONE),
    startedAtRaw: firstText(call, ["started_at"]),
    answeredAt,
    endedAt,
    // Includes the ringing.
    durationSeconds: outcome === "completed" || outcome === "failed" ? readSeconds(call.get("duration")) : null,
    talkSeconds:
      answeredAt !== null && endedAt !== null ? readSeconds(Math.max(0, endedAt - answeredAt) / SECOND) : null,
    providerStatus: missed ?? firstText(call, ["status"]),
    error: outcome === "failed" ? missed : null,
    operatorName: firstText(call, ["user.name"]),
    operatorReference: userId === null ? null : `aircall:user:${userId}`,
    account: firstText(call, ["number.id"], MAX_ID),
    custom: keepCustom([...call].filter(([key]) => !MAPPED.has(key))),
    recordings: recordingsOf(externalId, call, answeredAt !== null),
  };
}

/** The ids name the call too: `recordingAccess` is asked about the recording alone, and reads the call's id off it. */
function recordingsOf(callId: string, call: Fields, answered: boolean): RecordingFacts[] {
  const found: RecordingFacts[] = [];
  for (const kind of ["recording", "voicemail"] as const) {
    const url = firstLink(call, [kind]);
    if (url !== null) found.push({ externalId: `${callId}:${kind}`, url });
  }
  // `asset` leads to a page about the recording: one there is, and its link comes with a later notice. Its address ends
  // in which of the two it is (live traffic): whoever answered may have passed the caller on to a voicemail.
  const asset = firstText(call, ["asset"], 500);
  if (found.length > 0 || asset === null) return found;
  const named = /\/(recording|voicemail)\/?(?:[?#]|$)/.exec(asset)?.[1];
  return [{ externalId: `${callId}:${named ?? (answered ? "recording" : "voicemail")}`, url: null }];
}

/** The call and the kind of a recording's id, or undefined for what no notice of Aircall's made. */
export function partsOfRecordingId(id: string): { callId: string; kind: "recording" | "voicemail" } | undefined {
  const parts = /^(\d+):(recording|voicemail)$/.exec(toText(id) ?? "");
  return parts?.[1] === undefined ? undefined : { callId: parts[1], kind: parts[2] as "recording" | "voicemail" };
}
