import { foldWord } from "../reading/coerce";

const ANSWERED = new Set([
  "answered",
  "answer",
  "completed",
  "ok",
  "contestada",
  "contestado",
  "atendida",
  "atendido",
  "completada",
  "completado",
]);
// Looked for anywhere in the word: `NO ANSWER`, `noanswer`, `cancelled`, `user busy`, `no contestada` are all met with.
const UNANSWERED =
  /no ?answer|unanswered|not answered|busy|fail|cancel|congestion|chanunavail|unavailable|abandon|missed|reject|no (contest|atend)|ocupad|fallid|perdid|rechazad/;

/**
 * How the call ended. Only `answered` is documented; other words are judged by what they say, and talk that was billed
 * outweighs them. Anura notifies at the end of a call, so the outcome is always one of the two ends.
 */
export function outcomeOf(status: string | null, billSeconds: number | null): "completed" | "failed" {
  const word = status === null ? "" : foldWord(status);
  if (ANSWERED.has(word)) return "completed";
  if (billSeconds !== null && billSeconds > 0) return "completed";
  if (UNANSWERED.test(word)) return "failed";
  // An unknown word: no billed second means nobody talked; an unknown duration proves nothing.
  return billSeconds === 0 ? "failed" : "completed";
}
