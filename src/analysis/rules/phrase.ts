import type { Speaker } from "../transcription/transcript";

/** A stretch of one speaker's words. Times in milliseconds; null where nobody gives them. */
export type Said = {
  speaker: Speaker | "bot";
  /** What keeps the words of two speakers apart where it is not known who they are. */
  channel: number | null;
  start: number | null;
  text: string;
  words: readonly { text: string; start: number }[];
};

export type PhraseWanted = {
  phrases: readonly string[];
  speaker: "operator" | "customer" | "bot" | "any";
  /** Only what begins so many seconds after the beginning of the recording, or earlier. */
  first_seconds: number | null;
  /** "Never give me your code" is not "give me your code". */
  unless_negated: boolean;
};

/** Words as they were said. `at` in seconds. */
export type PhraseFound = {
  phrase: string;
  quote: string;
  speaker: Said["speaker"];
  channel: number | null;
  at: number | null;
};

/** Stands for any one word. */
const ANY_WORD = "*";
/** A quote has so many words more on either side, so that it can be understood. */
const AROUND = 4;
/** So many words before a phrase may say that it is not meant. */
const BEFORE = 3;

const NEGATIONS = new Set(
  "no not never nor neither without cannot dont doesnt didnt wont wouldnt shouldnt cant couldnt isnt arent wasnt aint nunca jamas tampoco ni sin nadie ningun ninguna".split(
    " ",
  ),
);

type Word = { bare: string; text: string; start: number | null };

/** A word without case, accents and what is around it: so engines and people write it alike. */
export function bareWord(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase();
}

/** The words of a phrase that somebody looks for. */
export function phraseWords(phrase: string): string[] {
  return phrase
    .split(/\s+/)
    .map((word) => (word === ANY_WORD ? ANY_WORD : bareWord(word)))
    .filter((word) => word !== "");
}

/** The first place where one of these phrases is said; undefined where none is. */
export function findPhrase(said: readonly Said[], wanted: PhraseWanted): PhraseFound | undefined {
  const phrases = wanted.phrases.map((phrase) => ({ phrase, words: phraseWords(phrase) }));
  const meant = said.filter(({ speaker }) => wanted.speaker === "any" || speaker === wanted.speaker);
  const found = [...Map.groupBy(meant, ({ speaker, channel }) => `${speaker} ${channel}`).values()].flatMap(
    (ofOne) => findIn(ofOne, phrases, wanted) ?? [],
  );
  return found.toSorted((one, other) => (one.at ?? Infinity) - (other.at ?? Infinity))[0];
}

/** What one speaker says is searched as one text: a phrase is found although the other speaks in between. */
function findIn(
  said: readonly Said[],
  phrases: readonly { phrase: string; words: readonly string[] }[],
  wanted: PhraseWanted,
): PhraseFound | undefined {
  const [first] = said;
  const words = said.flatMap(wordsOf);
  for (const [at, { start }] of words.entries()) {
    if (wanted.first_seconds !== null && (start === null || start > wanted.first_seconds * 1000)) continue;
    const hit = phrases.find((one) => beginsAt(words, at, one.words));
    if (!first || !hit || (wanted.unless_negated && isNegated(words, at))) continue;
    const shown = words.slice(Math.max(0, at - AROUND), at + hit.words.length + AROUND);
    return {
      phrase: hit.phrase,
      quote: shown.map(({ text }) => text).join(" "),
      speaker: first.speaker,
      channel: first.channel,
      at: start === null ? null : start / 1000,
    };
  }
  return undefined;
}

function wordsOf({ text, start, words }: Said): Word[] {
  const timed = words.length > 0 ? words : [{ text, start }];
  return timed.flatMap((one) =>
    one.text
      .split(/\s+/)
      .map((part) => ({ bare: bareWord(part), text: part, start: one.start }))
      .filter(({ bare }) => bare !== ""),
  );
}

function beginsAt(words: readonly Word[], at: number, phrase: readonly string[]): boolean {
  return phrase.length > 0 && phrase.every((word, index) => isWord(words[at + index], word));
}

function isWord(word: Word | undefined, wanted: string): boolean {
  return word !== undefined && (wanted === ANY_WORD || word.bare === wanted);
}

function isNegated(words: readonly Word[], at: number): boolean {
  return words.slice(Math.max(0, at - BEFORE), at).some(({ bare }) => NEGATIONS.has(bare));
}
