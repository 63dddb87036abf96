import { foldWord } from "../reading/coerce";

export type Outcome = "in_progress" | "completed" | "failed" | "ended";

// How systems call the states, in English and Spanish. Some only mean that a call is over. `unknown` means nothing.
const WORDS: Readonly<Record<string, Outcome | null>> = {
  completed: "completed",
  complete: "completed",
  answered: "completed",
  answer: "completed",
  ended: "ended",
  end: "ended",
  finished: "ended",
  done: "ended",
  success: "completed",
  successful: "completed",
  ok: "completed",
  hangup: "ended",
  terminated: "ended",
  closed: "ended",
  connected: "completed",
  contestada: "completed",
  atendida: "completed",
  completada: "completed",
  finalizada: "ended",
  true: "completed",
  failed: "failed",
  failure: "failed",
  error: "failed",
  "no answer": "failed",
  noanswer: "failed",
  "not answered": "failed",
  unanswered: "failed",
  missed: "failed",
  busy: "failed",
  abandoned: "failed",
  cancelled: "failed",
  canceled: "failed",
  cancel: "failed",
  rejected: "failed",
  declined: "failed",
  congestion: "failed",
  "no contestada": "failed",
  "no atendida": "failed",
  perdida: "failed",
  ocupado: "failed",
  fallida: "failed",
  rechazada: "failed",
  abandonada: "failed",
  false: "failed",
  "in progress": "in_progress",
  inprogress: "in_progress",
  initiated: "in_progress",
  started: "in_progress",
  ringing: "in_progress",
  ongoing: "in_progress",
  active: "in_progress",
  queued: "in_progress",
  "en curso": "in_progress",
  unknown: null,
};

/** The state in our words, null for `unknown`; undefined for a word we do not know. */
export function outcomeOf(word: string): Outcome | null | undefined {
  const folded = foldWord(word);
  return Object.hasOwn(WORDS, folded) ? WORDS[folded] : undefined;
}
