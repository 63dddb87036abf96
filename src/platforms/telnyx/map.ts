import type { CallFacts, RecordingFacts } from "../../calls";
import { SECOND } from "../../lib/time";
import { keepCustom } from "../reading/custom";
import { directionOf } from "../reading/direction";
import { firstLink, firstText, readMoment, readSeconds } from "../reading/fields";
import { fieldsOf, type Fields } from "../reading/json-object";
import { readLongText } from "../reading/long-text";
import { toE164 } from "../reading/phone-number";
import { linkOf, recordingAddress } from "./access";
import { isUnanswered, outcomeOfHangup } from "./map-hangup";
import type { TelnyxSettings } from "./settings";

/** The events that are about a call's course. */
export const EVENTS = [
  "call.initiated",
  "call.answered",
  "call.hangup",
  "call.recording.saved",
  "conference.recording.saved",
  "call.recording.transcription.saved",
] as const;

export type TelnyxEvent = {
  type: (typeof EVENTS)[number];
  /** When it happened, as Telnyx wrote it. */
  occurredAt: unknown;
  payload: Fields;
};

const MAX_ID = 200;

const MAPPED = new Set([
  "call_session_id",
  "call_control_id",
  "call_leg_id",
  "connection_id",
  "direction",
  "from",
  "to",
  "state",
  "start_time",
  "end_time",
  "hangup_cause",
  "recording_id",
  "recording_started_at",
  "recording_ended_at",
  "recording_urls",
  "public_recording_urls",
  "call_quality_stats",
  "recording_transcription_id",
  "transcription_text",
  "status",
]);

/** The call an event is of: its session, which its legs and their recordings share. */
export function callKeyOf({ payload }: TelnyxEvent): string | null {
  return firstText(payload, ["call_session_id", "conference_id"], MAX_ID);
}

/**
 * The facts of an event. Only `call.initiated` has the direction of a leg for certain. So of an answer or an end
 * without a direction, its state counts, and its parties count only where no other event has them.
 */
export function mapEvent(event: TelnyxEvent, externalId: string, settings: TelnyxSettings): CallFacts[] {
  const { payload } = event;
  const direction = directionOf(payload.get("direction")) ?? null;
  const parties = { externalId, ...partiesOf(payload, settings), direction, recordings: [] };
  const state = stateOf(event, settings);
  if (direction !== null) return [{ ...parties, ...state, ...(direction !== "inbound" && { secondary: true }) }];
  const aside: CallFacts = { ...parties, outcome: null, secondary: true };
  if (state.outcome === null) return [{ ...aside, ...state }];
  return [{ externalId, ...state }, aside];
}

type State = Pick<CallFacts, "outcome" | "recordings"> & Partial<CallFacts>;

function stateOf(event: TelnyxEvent, settings: TelnyxSettings): State {
  const { payload, type } = event;
  const custom = keepCustom([...payload].filter(([name]) => !MAPPED.has(name)));
  const at = readMoment(event.occurredAt, "UTC");
  switch (type) {
    case "call.initiated":
      return { outcome: "in_progress", custom, recordings: [] };
    case "call.answered":
      return { outcome: "in_progress", answeredAt: at, custom, recordings: [] };
    case "call.hangup":
      return { ...endOf(payload, at), custom, recordings: [] };
    case "call.recording.saved":
    case "conference.recording.saved":
      return { outcome: null, custom, recordings: [recordingOf(payload, settings)] };
    case "call.recording.transcription.saved":
      return { outcome: null, custom, recordings: [], transcript: readLongText(payload.get("transcription_text")) };
  }
}

function partiesOf(payload: Fields, settings: TelnyxSettings): Partial<CallFacts> {
  const from = firstText(payload, ["from"]);
  const to = firstText(payload, ["to"]);
  return {
    from,
    get fromE164() {
      return toE164(from, settings.country);
    },
    to,
    get toE164() {
      return toE164(to, settings.country);
    },
    startedAt: readMoment(payload.get("start_time"), "UTC") ?? readMoment(payload.get("recording_started_at"), "UTC"),
    account: firstText(payload, ["connection_id"], MAX_ID),
  };
}

function endOf(payload: Fields, at: number | null): Pick<CallFacts, "outcome"> & Partial<CallFacts> {
  const cause = firstText(payload, ["hangup_cause"]);
  const outcome = outcomeOfHangup(cause, firstText(payload, ["sip_hangup_cause"]));
  const startedAt = readMoment(payload.get("start_time"), "UTC");
  const endedAt = readMoment(payload.get("end_time"), "UTC") ?? at;
  const length = startedAt === null || endedAt === null || endedAt < startedAt ? null : endedAt - startedAt;
  return {
    outcome,
    endedAt,
    durationSeconds: readSeconds(length === null ? null : Math.round(length / SECOND)),
    providerStatus: cause,
    error: isUnanswered(cause) ? cause : null,
  };
}

/** Public links do not die, so they go first; the others are signed for ten minutes. */
function recordingOf(payload: Fields, settings: TelnyxSettings): RecordingFacts {
  const id = firstText(payload, ["recording_id"], MAX_ID);
  const own = firstText(payload, ["call_leg_id"], 100) ?? "audio";
  const begun = firstText(payload, ["recording_started_at"], 50);
  const externalId = id ?? (begun === null ? own : `${own}@${begun}`);
  if (settings.recording_links === "api" && id !== null) return { externalId, url: recordingAddress(id) };
  const link = linkIn(payload, "public_recording_urls", settings) ?? linkIn(payload, "recording_urls", settings);
  return { externalId, url: link ?? null };
}

function linkIn(payload: Fields, name: string, settings: TelnyxSettings): string | undefined {
  const links = fieldsOf(payload.get(name));
  return links && linkOf({ mp3: firstLink(links, ["mp3"]), wav: firstLink(links, ["wav"]) }, settings);
}
