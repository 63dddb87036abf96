import type { CallFacts } from "../../calls";
import { foldWord } from "../reading/coerce";

/** The causes with which a leg ends that nobody answered (Telnyx docs, `call.hangup`). */
const UNANSWERED = new Set(["call rejected", "originator cancel", "timeout", "user busy", "not found", "no answer"]);

/** Whether the cause itself says that nobody answered. */
export function isUnanswered(cause: string | null): boolean {
  return UNANSWERED.has(foldWord(cause ?? ""));
}

/**
 * How a leg ended, which is not how its call did: of several legs that ring, all but one end unanswered.
 * `normal_clearing` means that it was hung up, not that it was answered before. The SIP answer shows that, if there is
 * one; else the notice of the answer does.
 */
export function outcomeOfHangup(cause: string | null, sip: string | null): NonNullable<CallFacts["outcome"]> {
  if (isUnanswered(cause)) return "unanswered";
  if (sip === "200" || foldWord(cause ?? "") === "time limit") return "completed";
  return sip !== null && /^[3-6]\d\d$/.test(sip) ? "unanswered" : "ended";
}
