import type { CallFacts } from "../../calls";
import { foldWord } from "../reading/coerce";

/** The causes with which a leg ends without there having been a conversation (Telnyx docs, `call.hangup`). */
const FAILURES = new Set(["call rejected", "originator cancel", "timeout", "user busy", "not found", "no answer"]);

/**
 * How a leg ended. `normal_clearing` says that it was hung up, not that it was answered before. The SIP answer does where
 * there was one; else it is for the notice of the answer to say.
 */
export function outcomeOfHangup(cause: string | null, sip: string | null): NonNullable<CallFacts["outcome"]> {
  const word = foldWord(cause ?? "");
  if (FAILURES.has(word)) return "failed";
  if (sip === "200" || word === "time limit") return "completed";
  return sip !== null && /^[3-6]\d\d$/.test(sip) ? "unanswered" : "ended";
}
