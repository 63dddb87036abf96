import { err, type Result } from "../../../lib/result";
import { CAP_REACHED } from "../../spend";
import type { TranscriptionFailure } from "../../transcription/contract";
import type { ChatModel } from "./score-call";

/** A model whose requests are paid for one by one. `billed`: how many it has answered, usably or not, now or before. */
export type Metered = { model: ChatModel; billed(): number };

/**
 * The model, asked nothing more than is paid for: a question whose answer has to be repaired is two requests. `pay` is asked
 * before each request that is sent whether so many may be, those of before included; `once` keeps answers, and those that
 * were kept count without being paid for again.
 */
export function metered(
  model: ChatModel,
  pay: (requests: number) => Promise<boolean>,
  once: (model: ChatModel) => ChatModel = (same) => same,
): Metered {
  let billed = 0;
  const kept = once({
    version: model.version,
    async ask(...question) {
      return (await pay(billed + 1)) ? model.ask(...question) : err(CAP_REACHED);
    },
  });
  return {
    billed: () => billed,
    model: {
      version: model.version,
      async ask(...question) {
        const answered = await kept.ask(...question);
        if (wasAnswered(answered)) billed += 1;
        return answered;
      },
    },
  };
}

function wasAnswered(answered: Result<string, TranscriptionFailure>): boolean {
  return answered.ok || answered.error.kind === "bad_answer";
}
