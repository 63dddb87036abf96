import type { CallFacts } from "../../calls";
import { foldWord, toText } from "./coerce";
import { directionOf, type Direction } from "./direction";

/**
 * Twilio's words for a call's state (Twilio docs, "Call status values"), which those use too who took over its
 * callbacks.
 */
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

/** Undefined for a word that is none of them. */
export function outcomeOf(status: unknown): CallFacts["outcome"] | undefined {
  return OUTCOMES.get(foldWord(toText(status) ?? ""));
}

/** Whether the word reports that somebody has just answered. */
export function isAnswer(status: string | null): boolean {
  return /^(?:in progress|answered)$/.test(foldWord(status ?? ""));
}

/**
 * `inbound`, `outbound-api`, `outbound-dial`; of a SIP trunk, originating is what comes in from the telephone network.
 */
export function directionOfCall(value: unknown): Direction | null {
  const word = toText(value) ?? "";
  if (word === "trunking-originating") return "inbound";
  if (word === "trunking-terminating") return "outbound";
  return directionOf(word.startsWith("outbound-") ? "outbound" : word) ?? null;
}
