import type { Language } from "../language";

/** What a page says: a text, or a text made of values. */
type Entry = string | ((...values: never[]) => string);

type Shape<Strings> = {
  [Name in keyof Strings]: Strings[Name] extends (...values: infer Values) => string
    ? (...values: Values) => string
    : string;
};

/** The strings of one area in one language. */
export type Words<Area> = Area extends Dictionary<infer Strings> ? Shape<Strings> : never;

/** The strings of one area in every language: what English says, each other language says too. */
export type Dictionary<Strings> = { readonly en: Strings; readonly es: Shape<Strings> };

/** Declares the strings of one area; a missing or a surplus string in Spanish does not compile. */
export function defineStrings<const Strings extends Record<string, Entry>>(
  dictionary: Dictionary<Strings>,
): Dictionary<Strings> {
  return dictionary;
}

/** The strings of an area in this language. */
export function wordsOf<Strings extends Record<string, Entry>>(
  dictionary: Dictionary<Strings>,
  language: Language,
): Shape<Strings> {
  if (language !== "pseudo") return dictionary[language] as Shape<Strings>;
  return new Proxy(dictionary.en, {
    get(strings, name: string) {
      const entry = strings[name];
      if (typeof entry === "function") return (...values: never[]) => pseudo(entry(...values));
      return entry === undefined ? undefined : pseudo(entry);
    },
  }) as unknown as Shape<Strings>;
}

const ACCENTED: Record<string, string> = {
  a: "á",
  e: "é",
  i: "í",
  o: "ó",
  u: "ú",
  A: "Á",
  E: "É",
  I: "Í",
  O: "Ó",
  U: "Ú",
};

/** English with accents, in brackets, 40 % longer. */
export function pseudo(text: string): string {
  const padding = "~".repeat(Math.ceil(text.length * 0.4));
  return `[${text.replace(/[aeiou]/gi, (vowel) => ACCENTED[vowel] ?? vowel)}${padding}]`;
}
