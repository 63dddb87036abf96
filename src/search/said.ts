import { hasWord } from "./tokens";

/** Something that was said, as a list shows it. */
export type Said = { text: string; start: number | null };

/**
 * What was said that a search found: the first piece with all of the words, or else with most of them; null where none
 * is said. Words are found as the index finds them: by their beginning, without regard to accents and capitals.
 */
export function firstSaid<Piece extends Said>(pieces: readonly Piece[], search: string): Piece | null {
  const terms = termsOf(search);
  let best: { piece: Piece; found: number } | null = null;
  for (const piece of pieces) {
    const text = ` ${wordsOf(piece.text).join(" ")} `;
    const found = terms.filter((term) => text.includes(term)).length;
    if (found > (best?.found ?? 0)) best = { piece, found };
    if (found === terms.length) break;
  }
  return best?.piece ?? null;
}

/** The text in pieces, of which every second is a word that was searched. */
export function markedIn(text: string, search: string): string[] {
  const terms = termsOf(search).flatMap((term) => term.trim().split(" "));
  return text.split(/([\p{L}\p{N}\p{M}]+)/u).reduce<string[]>(
    (parts, piece, at) => {
      const isFound = at % 2 === 1 && terms.some((term) => wordsOf(piece)[0]?.startsWith(term) === true);
      if (isFound) return [...parts, piece, ""];
      return [...parts.slice(0, -1), `${parts.at(-1) ?? ""}${piece}`];
    },
    [""],
  );
}

/** Each as it stands among words with a space around each: a phrase whole, another word by its beginning. */
function termsOf(search: string): string[] {
  return [...search.matchAll(/"([^"]*)"?|([^\s"]+)/g)]
    .map(([, phrase, word = ""]) => ({ words: wordsOf(phrase ?? word).join(" "), isPhrase: phrase !== undefined }))
    .filter(({ words }) => hasWord(words))
    .map(({ words, isPhrase }) => (isPhrase ? ` ${words} ` : ` ${words}`));
}

function wordsOf(text: string): string[] {
  const folded = text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return folded.match(/[\p{L}\p{N}]+/gu) ?? [];
}
