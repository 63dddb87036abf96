import type { ActionResultSnapshot, CallSnapshot, ConversationSnapshot } from "../../../events";
import type { AttemptContext } from "../contract";
import { factsOf, type Facts } from "../facts";

/** Every path of the payload, as a template may use it. */
export const PAYLOAD_PATHS = [
  "_id",
  "event_type",
  "timestamp",
  "data",
  "data.id",
  "data.agent_id",
  "data.status",
  "data.from_phone",
  "data.to_phone",
  "data.direction",
  "data.call_summary",
  "data.transcript",
  "data.duration",
  "data.error",
  "data.created_at",
  "data.start_time",
  "data.end_time",
  "data.recording_url",
  "data.recording_url_expires_at",
  "data.test",
  "data.post_call_action_results",
  "data.post_call_action_results.{index}",
  "data.post_call_action_results.{path}",
  "data.timestamps",
  "data.timestamps.{index}",
  "data.timestamps.{index}.timestamp",
  "data.timestamps.{index}.event_type",
  "data.timestamps.{index}.message_type",
  "data.timestamps.{index}.text",
];

/**
 * The complete `call_ended` payload of the contract. Fields it declares as strings are strings even when empty; only
 * `error` and an action's `message_type` may be null. `timestamp` is when the event was recorded, in seconds.
 */
export function callEnded(context: AttemptContext): Record<string, unknown> {
  const facts = factsOf(context.data);
  const { call, conversation } = facts;
  const failed = call.state !== "completed";
  const recording = facts.recordings.find((one) => typeof one.audio_url === "string");
  return {
    _id: context.eventId,
    event_type: "call_ended",
    timestamp: Math.floor(context.recordedAt / 1000),
    data: {
      id: call.id ?? "",
      agent_id: conversation.agent_id ?? call.operator?.id ?? "",
      status: failed ? "failed" : "completed",
      from_phone: call.from_e164 ?? call.from ?? "",
      to_phone: call.to_e164 ?? call.to ?? "",
      direction: directionOf(call),
      call_summary: conversation.summary ?? summaryOf(facts),
      transcript: conversation.transcript ?? spokenWords(conversation),
      duration: Math.round(durationOf(facts)),
      error: failed ? errorOf(call) : null,
      created_at: call.started_at ?? "",
      start_time: call.started_at ?? "",
      end_time: endOf(facts),
      recording_url: recording?.audio_url ?? "",
      recording_url_expires_at: recording?.audio_url_expires_at ?? "",
      post_call_action_results: [...(conversation.action_results ?? []), ...facts.actions.map(actionResult)],
      timestamps: timelineOf(facts).map(timelineItem),
      ...(context.test ? { test: true } : {}),
    },
  };
}

// The contract has two directions. A call between extensions counts as outbound; a call of unknown direction counts as
// inbound, as most are.
function directionOf(call: Facts["call"]): "inbound" | "outbound" {
  return call.direction === "outbound" || call.direction === "internal" ? "outbound" : "inbound";
}

/** Busy, no answer and the like are all "failed" here; the platform's own word gives the reason. */
function errorOf(call: Partial<CallSnapshot>): string {
  return call.error ?? call.provider_status ?? "The call failed.";
}

/** Seconds: as the call's notices say, or as its longest recording was measured; 0 where nobody knows. */
function durationOf({ call, analyses }: Facts): number {
  if (typeof call.duration_seconds === "number") return call.duration_seconds;
  const length = Date.parse(call.ended_at ?? "") - Date.parse(call.started_at ?? "");
  if (length > 0) return length / 1000;
  return Math.max(0, ...analyses.map(({ measures }) => measures?.duration_seconds ?? 0));
}

function endOf(facts: Facts): string {
  const { call } = facts;
  if (call.ended_at) return call.ended_at;
  const start = Date.parse(call.started_at ?? "");
  return Number.isNaN(start) ? "" : new Date(start + durationOf(facts) * 1000).toISOString();
}

/** A transcript built from the timeline, for platforms that send who spoke when but no transcript. */
function spokenWords(conversation: Partial<ConversationSnapshot>): string {
  const messages = (conversation.timeline ?? []).filter((item) => item.kind === "message");
  return messages.map((item) => (item.speaker === null ? item.text : `${item.speaker}: ${item.text}`)).join("\n");
}

/** The newest summary that an engine made of the call, where its platform sent none. */
function summaryOf({ analyses }: Facts): string {
  const sets = analyses.flatMap(({ score_sets: own = [] }) => own);
  const newest = sets.toSorted((one, other) => (one.completed_at < other.completed_at ? 1 : -1));
  return newest.find(({ about }) => about?.summary)?.about?.summary ?? "";
}

/** A result of an action of ours; the platform's own are passed on as they came. */
function actionResult(one: Partial<ActionResultSnapshot>): Record<string, unknown> {
  return {
    id: one.id ?? "",
    action: one.name ?? "",
    type: one.kind ?? "",
    status: one.state ?? "pending",
    result: one.result ?? null,
    error: one.reason ?? null,
    started_at: one.started_at ?? null,
    ended_at: one.ended_at ?? null,
  };
}

/** The platform's timeline, and behind it when each action of ours began and ended. */
function timelineOf({ conversation, actions }: Facts): ConversationSnapshot["timeline"] {
  const moments = actions.flatMap(({ name = "", started_at: began, ended_at: ended }) => {
    if (!began) return [];
    const start = { at: began, kind: "action_start" as const, speaker: null, text: name };
    return ended ? [start, { ...start, at: ended, kind: "action_end" as const }] : [start];
  });
  const inOrder = moments.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return [...(conversation.timeline ?? []), ...inOrder];
}

function timelineItem(item: ConversationSnapshot["timeline"][number]): Record<string, unknown> {
  return {
    timestamp: epochSeconds(item.at),
    event_type: item.kind,
    message_type: item.kind === "message" ? item.speaker : null,
    text: item.text,
  };
}

/** Seconds since the epoch with all fractional digits: Date has milliseconds, timelines have microseconds. */
function epochSeconds(iso: string): number {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? "";
  const whole = Math.floor(Date.parse(iso) / 1000);
  return fraction === "" ? whole : Number(`${whole}.${fraction}`);
}
