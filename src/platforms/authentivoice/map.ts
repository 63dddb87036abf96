import type { CallFacts, RecordingFacts } from "../../calls";
import { toIso } from "../../lib/time";
import { isShallow, keepCustom } from "../reading/custom";
import { directionOf } from "../reading/direction";
import { firstLink, firstOf, firstText, readMoment, readSeconds } from "../reading/fields";
import type { Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import type { CommonSettings } from "../settings";
import { findingsOf } from "./map-findings";

/** The seed's `WebhookPayload`, without what only identifies a delivery (`id`, `retryCount`). */
export type Payload = {
  event: string;
  timestamp: unknown;
  resourceId: string | null;
  resourceType: string | null;
  changes: Fields;
  metadata: Fields;
};

/**
 * The events (seed "Available Events") and the call state each reports. Only an analysis has a beginning and an end
 * that could be a call's; reviews, alerts and breaches come before or after that end and leave it alone.
 */
export const OUTCOMES = {
  "analysis.created": "in_progress",
  "analysis.completed": "completed",
  "analysis.failed": "failed",
  "analysis.updated": null,
  "review.assigned": null,
  "review.completed": null,
  "review.escalated": null,
  "review.consensus_reached": null,
  "fraud.high_risk": null,
  "fraud.critical": null,
  "quality.threshold_breach": null,
  "sla.violation": null,
} as const;

export type AuthentiVoiceEvent = keyof typeof OUTCOMES;

export function isKnownEvent(event: string): event is AuthentiVoiceEvent {
  return Object.hasOwn(OUTCOMES, event);
}

/** One analysis has one recording, under whatever name it is linked. */
const RECORDING_ID = "audio";

// The seed prints `metadata` as "additional context" and no field of it. So each fact is looked for under the names in
// use among platforms of its kind; none of them has to be there.
const NAMES = {
  direction: ["direction"],
  from: ["from", "fromNumber", "from_number", "caller"],
  to: ["to", "toNumber", "to_number", "callee"],
  startedAt: ["startedAt", "started_at", "startTime", "start_time"],
  endedAt: ["endedAt", "ended_at", "endTime", "end_time"],
  duration: ["durationSeconds", "duration_seconds", "duration", "measures.durationSeconds"],
  operator: ["agentName", "agent_name", "operatorName", "operator_name"],
  account: ["campaignId", "campaign_id", "accountId", "account_id", "team"],
  recordingUrl: ["recordingUrl", "recording_url", "audioUrl", "audio_url"],
} as const;

/**
 * The facts of an event. Every event leaves a custom entry under its own name, `fraud.critical`, with its moment
 * first: of two of one name the merge then keeps the later. Its other fields are a call's only in an analysis.
 */
export function mapEvent(
  event: AuthentiVoiceEvent,
  payload: Payload,
  externalId: string,
  { time_zone: timeZone = "UTC", country }: CommonSettings,
): CallFacts {
  const { metadata, changes } = payload;
  const outcome = OUTCOMES[event];
  const at = readMoment(payload.timestamp, timeZone);
  const from = firstText(metadata, NAMES.from);
  const to = firstText(metadata, NAMES.to);
  const reasons = ["reason", "error", "errorMessage", "error_message"];
  return {
    externalId,
    outcome,
    direction: directionOf(firstText(metadata, NAMES.direction)) ?? null,
    from,
    get fromE164() {
      return toE164(from, country);
    },
    to,
    get toE164() {
      return toE164(to, country);
    },
    startedAt: readMoment(firstOf(metadata, NAMES.startedAt), timeZone),
    startedAtRaw: firstText(metadata, NAMES.startedAt),
    // The end of an analysis is not the end of the talk: only an explicit field is.
    endedAt: readMoment(firstOf(metadata, NAMES.endedAt), timeZone),
    durationSeconds: readSeconds(firstOf(metadata, NAMES.duration)),
    providerStatus: outcome === null ? null : event,
    error: outcome === "failed" ? (firstText(changes, reasons, 1_000) ?? firstText(metadata, reasons, 1_000)) : null,
    operatorName: firstText(metadata, NAMES.operator),
    account: firstText(metadata, NAMES.account, 200),
    custom: keepCustom([[event, entryOf(payload, at)]]),
    findings: findingsOf(event, payload, at),
    recordings: recordingsOf(metadata),
  };
}

// What keepCustom takes of one value, less one level and some room for the name.
const MAX_ENTRY = 1_800;
const MAX_DEPTH = 4;

/** What an event changed and its context, the changes first, as much of it as fits into one custom value. */
function entryOf({ resourceId, resourceType, changes, metadata }: Payload, at: number | null): Record<string, unknown> {
  const known = new Set<string>(["callId", "call_id", "test", ...NAMES.recordingUrl]);
  const context = [...metadata].filter(([name]) => !known.has(name) && !changes.has(name));
  const shallow = [...changes, ...context].filter(([, value]) => isShallow(value, MAX_DEPTH));
  const entry: [string, unknown][] = [
    ["at", at === null ? null : toIso(at)],
    ["resourceType", resourceType],
    ["resourceId", resourceId],
  ];
  let room = MAX_ENTRY - JSON.stringify(entry).length;
  for (const one of Object.entries(keepCustom(shallow))) {
    const size = JSON.stringify(one).length + 1;
    if (size > room || entry.some(([name]) => name === one[0])) continue;
    room -= size;
    entry.push(one);
  }
  return Object.fromEntries(entry);
}

function recordingsOf(metadata: Fields): RecordingFacts[] {
  const url = firstLink(metadata, NAMES.recordingUrl);
  return url === null ? [] : [{ externalId: RECORDING_ID, url }];
}
