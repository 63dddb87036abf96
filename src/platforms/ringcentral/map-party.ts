import { isTrue } from "../reading/coerce";
import { firstText } from "../reading/fields";
import type { Fields } from "../reading/json-object";

/**
 * How things stand with one party of a session. `live`: on the line, ringing or held. `finished`: hung up after a talk.
 * `moved`: left while the call went on elsewhere. `missed`: never talked.
 */
export type Standing = "live" | "finished" | "moved" | "missed";

// The reasons of RingCentral's event reference (Account Telephony Sessions, Session Status Info), sorted by what they
// mean for the session.
const MOVED = new Set([
  "Pickup",
  "Supervising",
  "TakeOver",
  "BlindTransfer",
  "RccTransfer",
  "AttendedTransfer",
  "CallerInputRedirect",
  "CallFlip",
  "ParkLocation",
  "DtmfTransfer",
  "AgentAnswered",
  "AgentDropped",
  "CallRedirected",
]);
const MISSED = new Set([
  "Timeout",
  "Rejected",
  "Cancelled",
  "InternalError",
  "NoAnswer",
  "TargetBusy",
  "InvalidNumber",
  "InternationalDisabled",
  "DestinationBlocked",
  "NotEnoughFunds",
  "NoSuchUser",
  "CallReplied",
  "Voicemail",
]);

export function standingOf(party: Fields): Standing {
  const { code, reason } = statusOf(party);
  // A session that is gone lives on in the one it was joined to.
  if (code === "Gone") return "moved";
  if (code !== "Disconnected") return "live";
  if (reason !== null && MOVED.has(reason)) return "moved";
  return isTrue(party.get("missedCall")) || (reason !== null && MISSED.has(reason)) ? "missed" : "finished";
}

export function statusOf(party: Fields): { code: string | null; reason: string | null } {
  return { code: firstText(party, ["status.code"]), reason: firstText(party, ["status.reason"]) };
}

/** Whether both ends are extensions of the account. */
export function isInternal(party: Fields): boolean {
  return firstText(party, ["from.extensionId"]) !== null && firstText(party, ["to.extensionId"]) !== null;
}
