import type { CallFacts } from "../../calls";
import { ok, type Result } from "../../lib/result";
import type { Reading, Refusal } from "../contract";
import { keepCustom } from "../reading/custom";
import { directionOf } from "../reading/direction";
import { firstLink, firstText, readMoment, readSeconds } from "../reading/fields";
import type { Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import { ignored, missingFields } from "../refusals";
import type { VonageSettings } from "./settings";

const MAX_ID = 200;

/**
 * The meaning of a leg's states (Vonage docs, Voice API webhook reference). Other events are not about a call's state.
 */
const OUTCOMES = new Map<string | null, CallFacts["outcome"]>([
  ["started", "in_progress"],
  ["ringing", "in_progress"],
  ["answered", "in_progress"],
  ["human", "in_progress"],
  ["machine", "in_progress"],
  ["completed", "ended"],
  ["failed", "failed"],
  ["busy", "failed"],
  ["timeout", "failed"],
  ["unanswered", "failed"],
  ["rejected", "failed"],
  ["cancelled", "failed"],
]);

const MAPPED = new Set([
  "conversation_uuid",
  "status",
  "direction",
  "from",
  "to",
  "from_user",
  "to_user",
  "timestamp",
  "start_time",
  "end_time",
  "duration",
  "detail",
  "reason",
  "recording_url",
  "recording_uuid",
  "size",
]);
/** What differs from leg to leg would make the call's facts flicker: `uuid` is kept of the leg that counts. */
const OF_LEG = new Set(["headers", "rate", "price", "network"]);

/** An event of the event webhook: a leg's state, or a recording that is ready. */
export function readEvent(event: Fields, settings: VonageSettings): Result<Reading, Refusal> {
  const externalId = firstText(event, ["conversation_uuid", "uuid"], MAX_ID);
  if (firstLink(event, ["recording_url"]) !== null) {
    return externalId === null
      ? missingFields(["conversation_uuid"])
      : ok({ kind: "calls", facts: [recordingFacts(externalId, event)] });
  }
  const status = firstText(event, ["status"]);
  const outcome = OUTCOMES.get(status);
  if (outcome === undefined) {
    return ignored("event_ignored", "Only the states of a call and its recordings are processed.");
  }
  if (externalId === null) return missingFields(["conversation_uuid"]);
  const known = status === "completed" ? endOf(event) : outcome;
  return ok({ kind: "calls", facts: [legFacts(externalId, event, known, settings)] });
}

/**
 * Vonage ends every leg with `completed` but a rejected one, also after `busy`, `timeout`, `unanswered` and `cancelled`
 * (Vonage docs, "Call flow"). One that somebody answered has a beginning, and mostly a length.
 */
function endOf(event: Fields): CallFacts["outcome"] {
  const talk = readSeconds(event.get("duration"));
  if ((talk ?? 0) > 0 || readMoment(event.get("start_time"), "UTC") !== null) return "completed";
  return talk === null && !event.has("start_time") ? "ended" : "unanswered";
}

/** A recording is of the conversation. It begins within it, which is better than when the event came. */
function recordingFacts(externalId: string, event: Fields): CallFacts {
  const url = firstLink(event, ["recording_url"]);
  const id =
    firstText(event, ["recording_uuid"], MAX_ID) ?? url?.split(/[/?#]/).findLast((part) => part !== "") ?? "audio";
  return {
    externalId,
    outcome: null,
    secondary: true,
    startedAt: readMoment(event.get("start_time"), "UTC"),
    recordings: [{ externalId: id.slice(0, MAX_ID), url }],
  };
}

/**
 * A leg that came in is the one its conversation began with. Of one that went out nobody can tell from the event
 * whether it did, so it counts for less.
 */
function legFacts(
  externalId: string,
  event: Fields,
  outcome: CallFacts["outcome"],
  settings: VonageSettings,
): CallFacts {
  const direction = directionOf(event.get("direction")) ?? null;
  const from = firstText(event, ["from", "from.number", "from_user"]);
  const to = firstText(event, ["to", "to.number", "to_user"]);
  const user = firstText(event, ["to_user", "from_user"], MAX_ID);
  const status = firstText(event, ["status"]);
  const at = readMoment(event.get("timestamp"), "UTC");
  const startedAt = readMoment(event.get("start_time"), "UTC") ?? (status === "started" ? at : null);
  const ended = outcome !== "in_progress";
  return {
    externalId,
    outcome,
    ...(direction !== "inbound" && { secondary: true }),
    direction,
    from,
    get fromE164() {
      return e164Of(from, settings);
    },
    to,
    get toE164() {
      return e164Of(to, settings);
    },
    startedAt,
    answeredAt: status === "answered" ? at : null,
    endedAt: ended ? (readMoment(event.get("end_time"), "UTC") ?? at) : null,
    durationSeconds: ended ? readSeconds(event.get("duration")) : null,
    providerStatus: status,
    error: outcome === "failed" ? (firstText(event, ["detail", "reason", "reason.text"]) ?? status) : null,
    operatorReference: user && `vonage:user:${user}`,
    // The account's own number, which a source may map to a campaign.
    account: firstText(event, [direction === "inbound" ? "to" : "from"], MAX_ID),
    custom: keepCustom([...event].filter(([name]) => !MAPPED.has(name) && !OF_LEG.has(name))),
    recordings: [],
  };
}

/** Vonage writes numbers in E.164 without the plus. */
function e164Of(number: string | null, { country }: VonageSettings): string | null {
  return toE164(number !== null && /^[1-9]\d{6,14}$/.test(number) ? `+${number}` : number, country);
}
