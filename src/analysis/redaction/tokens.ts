/** Words of one speaker as an engine or a platform gives them. Times in milliseconds; null where there are none. */
export type Utterance = {
  /** Tells the speakers apart; everyone on one channel is one lane. */
  lane: string;
  words: readonly string[];
};

/** A run of letters or of digits, folded, or one of the signs that addresses and dates are written with. */
export type Token = {
  text: string;
  /** As it was written, without what is around it. */
  raw: string;
  lane: string;
  utterance: number;
  word: number;
};

const PIECE = /\p{L}[\p{L}\p{M}]*|\d+|[@./+_-]/gu;

/** A text without case and accents. */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The words of all speakers, in the order in which they were given. */
export function tokensOf(utterances: readonly Utterance[]): Token[] {
  return utterances.flatMap(({ lane, words }, utterance) =>
    words.flatMap((written, word) =>
      (written.normalize("NFC").match(PIECE) ?? []).map((raw) => ({ text: folded(raw), raw, lane, utterance, word })),
    ),
  );
}
