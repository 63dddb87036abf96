import type { CallFacts, RecordingFacts } from "../../calls";
import { ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { Reading, Refusal } from "../contract";
import { directionOfCall, isAnswer, outcomeOf } from "../reading/call-status";
import { keepCustom } from "../reading/custom";
import { firstLink, firstText, readSeconds } from "../reading/fields";
import type { Fields } from "../reading/json-object";
import { readLongText } from "../reading/long-text";
import { readMailDate } from "../reading/mail-date";
import { toE164 } from "../reading/phone-number";
import { ignored, missingFields } from "../refusals";
import type { TwilioSettings } from "./settings";

const MAX_ID = 200;

/**
 * Fields that become a fact of their own or are not about the call (`Duration` is minutes billed); the others are kept.
 */
const MAPPED = new Set([
  "CallSid",
  "AccountSid",
  "ApiVersion",
  "CallbackSource",
  "SequenceNumber",
  "CallStatus",
  "Direction",
  "From",
  "To",
  "Called",
  "Caller",
  "Timestamp",
  "CallDuration",
  "Duration",
  "RecordingSid",
  "RecordingUrl",
  "RecordingStatus",
  "RecordingDuration",
  "RecordingStartTime",
  "ErrorCode",
  "TranscriptionSid",
  "TranscriptionText",
  "TranscriptionStatus",
  "TranscriptionUrl",
]);

/**
 * The facts of a callback: about a call's state ("StatusCallback"), a recording's ("RecordingStatusCallback") or the words
 * of one ("transcribeCallback" of `<Record>`), distinguished by what is in it, for all may come to one address.
 */
export function readNotice(fields: Fields, settings: TwilioSettings): Result<Reading, Refusal> {
  // The recording of a conference names no call: the conference is the conversation.
  const callSid = firstText(fields, ["CallSid"], MAX_ID);
  const externalId = callSid ?? firstText(fields, ["ConferenceSid"], MAX_ID);
  const status = firstText(fields, ["CallStatus"]);
  const outcome = outcomeOf(status);
  const recordingStatus = firstText(fields, ["RecordingStatus"]);
  const elsewhere = wordsElsewhere(fields);
  if (elsewhere) return elsewhere;
  const transcription = firstText(fields, ["TranscriptionStatus"]);
  if (recordingStatus === null && outcome === undefined && transcription === null) {
    return ignored(
      "not_a_status",
      "Only status callbacks of calls, of recordings and of transcriptions are processed.",
    );
  }
  if (externalId === null) return missingFields(["CallSid"]);
  if (recordingStatus === "absent" && outcome === undefined) {
    return ignored("recording_absent", "Twilio made no recording: there was nothing to record.");
  }
  if ((recordingStatus ?? transcription) !== null && firstText(fields, ["RecordingSid"], MAX_ID) === null) {
    return missingFields(["RecordingSid"]);
  }
  const words = readLongText(fields.get("TranscriptionText"));
  const from = firstText(fields, ["From", "Caller"]);
  const to = firstText(fields, ["To", "Called"]);
  const ofState = outcome === undefined ? { outcome: null, secondary: true } : stateOf(fields, outcome, status);
  const begun = outcome === undefined ? null : countedBack(fields, outcome);
  return ok({
    kind: "calls",
    facts: [
      {
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
        // Better than when the notice came, where nothing else has the start of the call.
        startedAt: readMailDate(fields.get("RecordingStartTime")),
        operatorReference: clientOf(from, to),
        account: firstText(fields, ["AccountSid"], MAX_ID),
        ...ofState,
        ...(callSid !== null && (from === null || to === null) && { lookUp: true }),
        custom: keepCustom([...[...fields].filter(([name]) => !MAPPED.has(name)), ...failureOf(fields)]),
        recordings: recordingsOf(fields, settings),
        ...(words !== null && { transcript: words }),
      },
      ...(begun === null
        ? []
        : [{ externalId, outcome: null, secondary: true, startedAt: begun, recordings: [] } satisfies CallFacts]),
    ],
  });
}

/**
 * When a call began, counted back from its end: its length leaves out the ringing, and one that nobody answered has
 * none. So it counts only where no callback of `initiated` or `ringing` came.
 */
function countedBack(fields: Fields, outcome: CallFacts["outcome"]): number | null {
  const at = outcome === "in_progress" ? null : readMailDate(fields.get("Timestamp"));
  return at === null ? null : at - Math.round((readSeconds(fields.get("CallDuration")) ?? 0) * SECOND);
}

function stateOf(
  fields: Fields,
  outcome: CallFacts["outcome"],
  status: string | null,
): Pick<CallFacts, "outcome"> & Partial<CallFacts> {
  const at = readMailDate(fields.get("Timestamp"));
  const duration = readSeconds(fields.get("CallDuration"));
  const code = firstText(fields, ["SipResponseCode"]);
  const state = { outcome, providerStatus: status };
  if (outcome === "in_progress") {
    return isAnswer(status) ? { ...state, answeredAt: at } : { ...state, startedAt: at };
  }
  return {
    ...state,
    endedAt: at,
    durationSeconds: duration,
    error: outcome === "failed" ? (firstText(fields, ["ErrorMessage"]) ?? (code && `SIP ${code}`)) : null,
  };
}

/** Notices of words that they do not carry, or carry in pieces while people talk. */
function wordsElsewhere(fields: Fields): Result<Reading, Refusal> | undefined {
  if (firstText(fields, ["transcript_sid"]) !== null) {
    return ignored("transcript_elsewhere", "Voice Intelligence names a transcript and does not send its words.");
  }
  if (firstText(fields, ["TranscriptionEvent"]) !== null) {
    return ignored("live_transcription", "Words that are sent piece by piece during a call are not processed.");
  }
  return undefined;
}

/** Why Twilio could not record or transcribe, which is no error of the call. */
function failureOf(fields: Fields): [string, unknown][] {
  const transcription = fields.get("TranscriptionStatus") === "failed";
  return [
    ...(transcription ? ([["TranscriptionStatus", "failed"]] satisfies [string, unknown][]) : []),
    ...(fields.get("RecordingStatus") === "failed"
      ? ([
          ["RecordingStatus", "failed"],
          ["RecordingErrorCode", fields.get("ErrorCode")],
        ] satisfies [string, unknown][])
      : []),
  ];
}

/**
 * A recording that goes on, and one that failed, have no link: the first waits for it, the second ends as failed for
 * want of it, so that somebody learns of it. A call's own callback carries its recording where it was made with
 * `Record`.
 */
function recordingsOf(fields: Fields, settings: TwilioSettings): RecordingFacts[] {
  const sid = firstText(fields, ["RecordingSid"], MAX_ID);
  const status = firstText(fields, ["RecordingStatus"]) ?? "completed";
  if (sid === null || status === "absent") return [];
  return [recordingOf(sid, status === "completed" ? firstLink(fields, ["RecordingUrl"]) : null, settings)];
}

const MAX_URL = 4_000;

/**
 * A recording's address as it is fetched: Twilio names it without a form, or with `.json` in its API.
 * `RequestedChannels=2` asks for the parties apart; a recording made on one channel comes on one all the same (Twilio
 * docs, "Fetch a recording's media").
 */
export function recordingOf(sid: string, address: string | null, settings: TwilioSettings): RecordingFacts {
  const url = address === null ? null : URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) return { externalId: sid, url: null };
  url.pathname = `${url.pathname.replace(/\.(json|wav|mp3)$/, "")}.${settings.recording_format ?? "mp3"}`;
  if (settings.dual_channel === true) url.searchParams.set("RequestedChannels", "2");
  return { externalId: sid, url: url.href.length <= MAX_URL ? url.href : null };
}

/** The agent whose browser or telephone application took part: `client:name`, on either side. */
export function clientOf(from: string | null, to: string | null): string | null {
  const client = [to, from].find((party) => party?.startsWith("client:"));
  return client === undefined || client === null ? null : `twilio:${client}`.slice(0, 200);
}
