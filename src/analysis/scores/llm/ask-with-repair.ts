import { err, type Result } from "../../../lib/result";
import type { TranscriptionFailure } from "../../transcription/contract";
import { repairOf, type ChatMessage } from "./prompt";
import type { ChatModel } from "./score-call";

/**
 * Asks a model, and once more where `read` says that its answer does not fit, and why. The second answer that does not is a
 * failure by name.
 */
export async function askWithRepair<T>(
  model: ChatModel,
  messages: readonly ChatMessage[],
  schema: object | null,
  read: (text: string) => Result<T, string>,
  options: { strict?: boolean } = {},
): Promise<Result<T, TranscriptionFailure>> {
  const first = await model.ask(messages, schema, options);
  if (!first.ok) return first;
  const answer = read(first.value);
  if (answer.ok) return answer;
  const second = await model.ask([...messages, ...repairOf(first.value, answer.error)], schema, options);
  if (!second.ok) return second;
  const repaired = read(second.value);
  return repaired.ok ? repaired : err({ kind: "bad_answer", detail: `twice: ${repaired.error}` });
}

/** JSON in a model's answer, in a fence or not; else that it is none. */
export function jsonIn(text: string): Result<unknown, string> {
  const bare = /^\s*```(?:json)?\s*([\s\S]*?)\s*```\s*$/.exec(text)?.[1] ?? text;
  try {
    return { ok: true, value: JSON.parse(bare) as unknown };
  } catch {
    return err("it is no JSON");
  }
}
