import { foldWord, toText } from "../reading/coerce";
import { directionOf, type Direction } from "../reading/direction";
import type { CallFacts } from "../../calls";

/** What Twilio's words for a call's state say (Twilio docs, "Call status values"). */
const OUTCOMES = new Map<string, CallFacts["outcome"]>([
  ["queued", "in_progress"],
  ["initiated", "in_progress"],
  ["ringing", "in_progress"],
  ["in progress", "in_progress"],
  ["answered", "in_progress"],
  ["completed", "completed"],
  ["busy", "failed"],
  ["no answer", "failed"],
  ["failed", "failed"],
  ["canceled", "failed"],
]);

/** Undefined for a word that is none of Twilio's. */
export function outcomeOf(status: unknown): CallFacts["outcome"] | undefined {
  return OUTCOMES.get(foldWord(toText(status) ?? ""));
}

/** `inbound`, `outbound-api`, `outbound-dial`; of a SIP trunk, originating is what comes in from the telephone network. */
export function directionOfCall(value: unknown): Direction | null {
  const word = toText(value) ?? "";
  if (word === "trunking-originating") return "inbound";
  if (word === "trunking-terminating") return "outbound";
  return directionOf(word.startsWith("outbound-") ? "outbound" : word) ?? null;
}

/** The agent whose browser or telephone application took part: `client:name`, on either side. */
export function clientOf(from: string | null, to: string | null): string | null {
  const client = [to, from].find((party) => party?.startsWith("client:"));
  return client === undefined || client === null ? null : `twilio:${client}`.slice(0, 200);
}
