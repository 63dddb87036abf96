import { TRANSCRIPTS_PREFIX } from "../../transcription/kept";
import { engineAnswer, type EngineAnswer } from "./contract";
import type { AnswerFor } from "./answer-link";

// An answer may come while the analysis is being worked on, so it waits in R2 for whoever works on it next.

function keyOf({ analysisId, engine, run }: AnswerFor): string {
  return `${TRANSCRIPTS_PREFIX}${analysisId}/answer-${engine}-${run}`;
}

/** Keeps the first answer to a question; false for every other, which changes nothing. */
export async function keepAnswer(bucket: R2Bucket, to: AnswerFor, answer: EngineAnswer): Promise<boolean> {
  const kept = await bucket.put(keyOf(to), JSON.stringify(answer), { onlyIf: { etagDoesNotMatch: "*" } });
  return kept !== null;
}

export async function findAnswer(bucket: R2Bucket, to: AnswerFor): Promise<EngineAnswer | undefined> {
  const object = await bucket.get(keyOf(to));
  return object ? engineAnswer.safeParse(await object.json()).data : undefined;
}
