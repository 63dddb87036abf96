import { err, ok, type Result } from "../../../lib/result";
import type { TranscriptionFailure } from "../../transcription/contract";
import type { Transcript } from "../../transcription/transcript";
import type { Criterion } from "../rubric";
import type { ScoreSet } from "../score-set";
import { ANSWER_SCHEMA, readAnswer, type AnsweredScore } from "./answer";
import { findQuote } from "./evidence";
import { askWithRepair } from "./ask-with-repair";
import { messagesOf, MOST_TRANSCRIPT, type Asked, type ChatMessage } from "./prompt";

/**
 * A language model: one question, one answer, in words where there is no schema. `strict`: whether the server is to hold
 * the model to every word of the schema, which few take for schemas that others wrote. `idempotencyKey`: the same where
 * the same question is sent again because nobody knows whether it was answered.
 */
export type ChatModel = {
  /** As findings name it. */
  version: string;
  ask(
    messages: readonly ChatMessage[],
    schema: object | null,
    options?: { strict?: boolean; idempotencyKey?: string },
  ): Promise<Result<string, TranscriptionFailure>>;
};

type Scored = ScoreSet["channels"][number]["scores"][number];

const LONGEST_WHY = 300;

/**
 * Has a model score what was said on these channels, each by its criteria. Its answer is checked against the schema, with
 * one repair; each score against its scale, and its quote against the transcript. What does not hold has no value.
 */
export async function scoreCall(
  model: ChatModel,
  transcript: Transcript,
  asked: Asked,
): Promise<Result<ScoreSet["channels"], TranscriptionFailure>> {
  const messages = messagesOf(transcript, asked);
  const length = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (length > MOST_TRANSCRIPT) return failed("too_large", `the transcript has over ${MOST_TRANSCRIPT} characters`);
  const answered = await askWithRepair(model, messages, ANSWER_SCHEMA, readAnswer);
  if (!answered.ok) return answered;
  const answers = answered.value;
  return ok(
    [...asked].map(([channel, criteria]) => ({
      channel,
      talkSeconds: null,
      scores: criteria.map((criterion) => scoreOf(criterion, channel, answers, transcript)),
    })),
  );
}

function scoreOf(
  { name, min, max }: Criterion,
  channel: number,
  answers: readonly AnsweredScore[],
  transcript: Transcript,
): Scored {
  const answer = answers.find((one) => one.name === name && one.channel === channel);
  const scale: [number, number] = [min, max];
  const without = (why: string): Scored => ({ name, value: null, scale, why });
  if (!answer || answer.value === null) return without(whyOf(answer) ?? "no evidence: the engine found none");
  if (answer.value < min || answer.value > max) return without("no evidence: the value is off the scale");
  if (answer.quote === null || answer.at_seconds === null) return without("no evidence: nothing is quoted");
  const quote = findQuote(transcript, channel, answer.quote, answer.at_seconds);
  if (!quote) return without("no evidence: the quote is not in the transcript at that time");
  const why = whyOf(answer);
  return { name, value: answer.value, scale, ...(why && { why }), quote };
}

function whyOf(answer: AnsweredScore | undefined): string | undefined {
  const text = (answer?.explanation ?? "")
    .toWellFormed()
    .replace(/\p{Cc}+/gu, " ")
    .trim();
  return text === "" ? undefined : text.slice(0, LONGEST_WHY).toWellFormed();
}

function failed(kind: TranscriptionFailure["kind"], detail: string): Result<never, TranscriptionFailure> {
  return err({ kind, detail });
}
