import type { CallFacts } from "../../calls";
import { SECOND } from "../../lib/time";
import { foldWord } from "../reading/coerce";
import { keepCustom } from "../reading/custom";
import { firstOf, firstText, readMoment, readSeconds } from "../reading/fields";
import type { Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import type { ZoomSettings } from "./settings";

/**
 * The events of a call's course: the side each belongs to, and what it reports. Their names and fields (`caller`,
 * `callee`, `ringing_start_time`, `answer_start_time`, `connected_start_time`, `call_end_time`, `handup_result`, so
 * spelled) are general knowledge: public receivers agree on them, Zoom's own reference was not read.
 */
const EVENTS = {
  "phone.caller_ringing": { side: "caller", reports: "in_progress" },
  "phone.caller_connected": { side: "caller", reports: "in_progress" },
  "phone.caller_ended": { side: "caller", reports: "ended" },
  "phone.callee_ringing": { side: "callee", reports: "in_progress" },
  "phone.callee_answered": { side: "callee", reports: "in_progress" },
  "phone.callee_ended": { side: "callee", reports: "ended" },
  "phone.callee_missed": { side: "callee", reports: "missed" },
  "phone.callee_rejected": { side: "callee", reports: "missed" },
} as const;

export type CallEvent = keyof typeof EVENTS;

const MAX_ID = 200;
const TIME_ZONE = "UTC";
const QUEUES = new Set(["callqueue", "sharedlinegroup", "autoreceptionist"]);

export function isCallEvent(event: string): event is CallEvent {
  return Object.hasOwn(EVENTS, event);
}

export function mapCallEvent(
  event: CallEvent,
  object: Fields,
  { country, time_zone: timeZone = TIME_ZONE }: ZoomSettings,
): CallFacts[] {
  const externalId = firstText(object, ["call_id"], MAX_ID);
  if (externalId === null) return [];
  const { side } = EVENTS[event];
  const outcome = outcomeOf(event, object);
  const isOver = outcome === "completed" || outcome === "failed";
  const from = firstText(object, ["caller.phone_number", "caller.extension_number"]);
  const to = firstText(object, ["callee.phone_number", "callee.extension_number"]);
  const ringingAt = readMoment(object.get("ringing_start_time"), timeZone);
  const answeredAt = readMoment(firstOf(object, ["answer_start_time", "connected_start_time"]), timeZone);
  const endedAt = readMoment(object.get("call_end_time"), timeZone);
  const startedAt = ringingAt ?? answeredAt;
  const userId = firstText(object, [`${side}.user_id`], MAX_ID);
  const result = resultOf(object);
  return [
    {
      externalId,
      outcome,
      direction: isInternal(object) ? "internal" : side === "caller" ? "outbound" : "inbound",
      from,
      get fromE164() {
        return toE164(from, country);
      },
      to,
      get toE164() {
        return toE164(to, country);
      },
      startedAt,
      startedAtRaw: firstText(object, ["ringing_start_time"]),
      answeredAt,
      endedAt: isOver ? endedAt : null,
      durationSeconds: isOver ? secondsBetween(startedAt, endedAt) : null,
      talkSeconds: isOver ? secondsBetween(answeredAt, endedAt) : null,
      providerStatus: isOver ? result : null,
      error: outcome === "failed" ? (result ?? "missed call") : null,
      operatorName: userId === null ? null : firstText(object, [`${side}.name`]),
      operatorReference: userId === null ? null : `zoom:user:${userId}`,
      custom: keepCustom([["forwarded_by", firstText(object, ["forwarded_by.name"])]]),
      recordings: [],
    },
  ];
}

/**
 * A leg that was not answered is the end of a call only if no other rings: not where a queue handed it out, nor where
 * somebody else answered. Such a call goes on, and is ended by whoever took it or by the finalizer.
 */
function outcomeOf(event: CallEvent, object: Fields): CallFacts["outcome"] {
  const { reports } = EVENTS[event];
  if (reports === "in_progress") return reports;
  const result = foldWord(resultOf(object) ?? "");
  if (result.startsWith("answered by other")) return "in_progress";
  const answered = firstOf(object, ["answer_start_time", "connected_start_time"]) !== undefined;
  if (reports === "ended" && (result === "" ? answered : /^(?!.*\bnot\b).*\b(connected|recorded)\b/.test(result)))
    return "completed";
  const queue = foldWord(firstText(object, ["forwarded_by.extension_type"]) ?? "");
  return QUEUES.has(queue) ? "in_progress" : "failed";
}

function resultOf(object: Fields): string | null {
  return firstText(object, ["handup_result", "hangup_result", "result"]);
}

/** Whether both ends are of the account: those outside are `pstn`. */
function isInternal(object: Fields): boolean {
  const types = ["caller", "callee"].map((side) => firstText(object, [`${side}.extension_type`])?.toLowerCase());
  return types.every((type) => type !== undefined && type !== "pstn");
}

function secondsBetween(from: number | null, until: number | null): number | null {
  return from === null || until === null ? null : readSeconds(Math.max(0, until - from) / SECOND);
}
