import { foldWord, toText } from "./coerce";

export type Direction = "inbound" | "outbound" | "internal";

// What phone systems call the three, in English and Spanish.
const WORDS: Readonly<Record<string, Direction>> = {
  inbound: "inbound",
  in: "inbound",
  incoming: "inbound",
  entrante: "inbound",
  outbound: "outbound",
  out: "outbound",
  outgoing: "outbound",
  saliente: "outbound",
  internal: "internal",
  interna: "internal",
  interno: "internal",
};

/** The direction in our words; undefined for a word that is none, and for no word. */
export function directionOf(value: unknown): Direction | undefined {
  const word = toText(value);
  if (!word) return undefined;
  const folded = foldWord(word);
  return Object.hasOwn(WORDS, folded) ? WORDS[folded] : undefined;
}
