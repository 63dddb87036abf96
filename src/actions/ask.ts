import {
  askWithRepair,
  costOf,
  isTooLong,
  jsonIn,
  NO_FEELINGS_OF_OPERATORS,
  questionAbout,
  talkOf,
  WORDS_ARE_DATA,
  type ChatMessage,
  type ChatModel,
  type ScorePolicy,
  type Spoken,
} from "../analysis";
import type { CallRow } from "../calls";
import { isDeeperThan, MOST_LEVELS } from "../lib/json-depth";
import { err, ok, type Result } from "../lib/result";
import type { PostCallAction } from "./action";
import { misfitOf } from "./answer-schema";
import type { Outcome } from "./run-action";

type Ask = Extract<PostCallAction, { kind: "ask" }>;

/** In characters: an answer in words, and one as JSON. */
const MOST_ANSWER = 8_000;

/** What an engine is asked: the organization's question as rules, and what was said as data. */
export function questionOf(
  { prompt, schema }: Pick<Ask, "prompt" | "schema">,
  { direction, state, durationSeconds }: Pick<CallRow, "direction" | "state" | "durationSeconds">,
  spoken: readonly Spoken[],
  policy: ScorePolicy,
): ChatMessage[] {
  const rules = [
    "You answer a question about one telephone call, by its transcript.",
    `QUESTION: ${prompt}`,
    schema === null
      ? "Answer in a few sentences, with the answer alone."
      : `Answer with JSON alone, in this schema: ${JSON.stringify(schema)}`,
    "Say only what the transcript bears out. Where it does not say, say so, or give null where the schema allows it.",
    ...(policy === "eu" ? [NO_FEELINGS_OF_OPERATORS] : []),
    WORDS_ARE_DATA,
  ];
  return questionAbout(rules.join("\n"), { direction, outcome: state, seconds: durationSeconds }, spoken);
}

/** What a question about this much talk costs. */
export function priceOf(spoken: readonly Spoken[], microsPerMinute: number): { audioMs: number; micros: number } {
  const audioMs = talkOf(spoken);
  return { audioMs, micros: costOf(audioMs, microsPerMinute) };
}

/** Asks a model, and reads its answer against the schema, with one repair. */
export async function askEngineOf(
  model: ChatModel,
  { engine, schema }: Pick<Ask, "engine" | "schema">,
  question: readonly ChatMessage[],
): Promise<Outcome> {
  if (isTooLong(question)) return { kind: "failed", reason: "too_large: the transcript is longer than models take" };
  const answered = await askWithRepair(model, question, schema, (text) => read(text, schema), { strict: false });
  if (answered.ok) return { kind: "done", result: { engine, version: model.version, answer: answered.value } };
  const { kind, detail } = answered.error;
  const isPassing = kind === "down" || kind === "timeout" || kind === "busy";
  return { kind: isPassing ? "again" : "failed", reason: `${kind}: ${detail}` };
}

function read(text: string, schema: Ask["schema"]): Result<unknown, string> {
  if (text.length > MOST_ANSWER) return err(`it has over ${MOST_ANSWER} characters`);
  if (schema === null) {
    const words = text
      .toWellFormed()
      .replace(/[^\P{Cc}\n\t]+/gu, " ")
      .trim();
    return words === "" ? err("it is empty") : ok(words);
  }
  const json = jsonIn(text);
  if (!json.ok) return json;
  if (isDeeperThan(json.value, MOST_LEVELS)) return err(`it is nested deeper than ${MOST_LEVELS} levels`);
  const misfit = misfitOf(schema, json.value);
  return misfit === undefined ? json : err(misfit.slice(0, 300));
}
