import type { CallFacts, RecordingFacts } from "../../calls";
import { ok, type Result } from "../../lib/result";
import type { Reading, Refusal } from "../contract";
import { directionOfCall, isAnswer, outcomeOf } from "../reading/call-status";
import { keepCustom } from "../reading/custom";
import { firstLink, firstText, readSeconds } from "../reading/fields";
import type { Fields } from "../reading/json-object";
import { readLongText } from "../reading/long-text";
import { readMailDate } from "../reading/mail-date";
import { toE164 } from "../reading/phone-number";
import { ignored, missingFields } from "../refusals";
import { recordingAddress } from "./access";
import { isUnanswered, outcomeOfHangup } from "./map-hangup";
import type { TelnyxSettings } from "./settings";

const MAX_ID = 200;

/** Fields that end in a fact of their own, repeat one, or are links that die; the others are kept. */
const MAPPED = new Set([
  "AccountSid",
  "CallSid",
  "CallSidLegacy",
  "CallControlId",
  "CallStatus",
  "CallbackSource",
  "CallDuration",
  "CallInitiatedAt",
  "StartTime",
  "AnsweredTime",
  "EndTime",
  "OccurredAt",
  "Timestamp",
  "SequenceNumber",
  "ConnectionId",
  "Direction",
  "From",
  "To",
  "CallQualityStats",
  "RecordingSid",
  "RecordingUrl",
  "RecordingStatus",
  "RecordingDuration",
  "RecordingStartTime",
  "TranscriptionSid",
  "TranscriptionText",
  "TranscriptionStatus",
]);

/**
 * What a callback of a TeXML application reports (Telnyx docs, "TeXML call completed", "TeXML recording completed",
 * "TeXML transcription", "TeXML call amd"): a form with Twilio's names. Only the last one of a call names its session, so the
 * key is what all of them have: `CallSid`, which is Call Control's `call_control_id`.
 */
export function readTexml(fields: Fields, settings: TelnyxSettings): Result<Reading, Refusal> {
  const externalId = firstText(fields, ["CallSid", "CallSidLegacy", "ConferenceSid"], MAX_ID);
  const status = firstText(fields, ["CallStatus"]);
  const outcome = outcomeOf(status) ?? null;
  const recordingStatus = firstText(fields, ["RecordingStatus"]);
  const isAbout = firstText(fields, ["AnsweredBy", "TranscriptionStatus"]) !== null;
  if (outcome === null && recordingStatus === null && !isAbout) {
    return ignored(
      "event_ignored",
      "Of TeXML, only the callbacks of a call's status, of recordings, of transcriptions and of answering machine detection are processed.",
    );
  }
  if (externalId === null) return missingFields(["CallSid"]);
  if (recordingStatus === "absent" && outcome === null) {
    return ignored("recording_absent", "Telnyx made no recording: there was nothing to record.");
  }
  const from = firstText(fields, ["From"]);
  const to = firstText(fields, ["To"]);
  const facts: CallFacts = {
    externalId,
    direction: directionOfCall(fields.get("Direction")),
    from,
    get fromE164() {
      return toE164(from, settings.country);
    },
    to,
    get toE164() {
      return toE164(to, settings.country);
    },
    startedAt: firstMoment(fields, ["CallInitiatedAt", "StartTime", "RecordingStartTime"]),
    account: firstText(fields, ["ConnectionId"], MAX_ID),
    ...(outcome === null ? { outcome, secondary: true } : stateOf(fields, outcome, status)),
    custom: keepCustom([...fields].filter(([name]) => !MAPPED.has(name))),
    recordings: recordingsOf(fields, recordingStatus, settings),
    transcript: readLongText(fields.get("TranscriptionText")),
  };
  return ok({ kind: "calls", facts: [facts] });
}

function stateOf(
  fields: Fields,
  outcome: NonNullable<CallFacts["outcome"]>,
  status: string | null,
): Pick<CallFacts, "outcome"> & Partial<CallFacts> {
  const answeredAt = firstMoment(fields, ["AnsweredTime"]);
  const at = firstMoment(fields, ["Timestamp"]);
  if (outcome === "in_progress") {
    return { outcome, providerStatus: status, answeredAt: answeredAt ?? (isAnswer(status) ? at : null) };
  }
  const cause = firstText(fields, ["HangupCause"]);
  // A call that was answered has its `AnsweredTime`.
  const unproven = outcome === "completed" && answeredAt === null;
  const end = unproven ? outcomeOfHangup(cause, firstText(fields, ["SipHangupCause"])) : outcome;
  return {
    outcome: end,
    providerStatus: status,
    answeredAt,
    endedAt: firstMoment(fields, ["EndTime", "OccurredAt"]) ?? at,
    durationSeconds: readSeconds(fields.get("CallDuration")),
    error:
      outcome === "failed" || isUnanswered(cause) ? (firstText(fields, ["ErrorMessage"]) ?? cause ?? status) : null,
  };
}

/** Telnyx writes ISO 8601 there; its older pages have the form of mail headers. */
function firstMoment(fields: Fields, names: readonly string[]): number | null {
  for (const name of names) {
    const at = readMailDate(fields.get(name));
    if (at !== null) return at;
  }
  return null;
}

/**
 * A recording by its callback. A call's last callback may name a recording's link too, without its id: taken as well,
 * the same recording would be there twice.
 */
function recordingsOf(fields: Fields, status: string | null, settings: TelnyxSettings): RecordingFacts[] {
  if (status === null || status === "absent") return [];
  const id = firstText(fields, ["RecordingSid"], MAX_ID);
  const externalId = id ?? firstText(fields, ["RecordingStartTime"], 50) ?? "audio";
  if (status !== "completed") return [{ externalId, url: null }];
  if (settings.recording_links === "api" && id !== null) return [{ externalId, url: recordingAddress(id) }];
  return [{ externalId, url: firstLink(fields, ["RecordingUrl"]) }];
}
