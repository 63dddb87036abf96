// The accents that NFKD separates from Latin, Greek and Cyrillic letters. Marks of other scripts are part of the
// letter: a Hindi name without its vowel signs would be another name.
const ACCENTS = /[\u0300-\u036f]/g;

/**
 * The form in which names are compared: platforms write the same person with and without accents, in any case and
 * spacing.
 */
export function foldName(name: string): string {
  const plain = name.normalize("NFKD").replace(ACCENTS, "");
  // Upper case before lower case folds what lower case alone keeps apart: ß and ss, final and inner sigma.
  return plain.toUpperCase().toLowerCase().normalize("NFKD").replace(ACCENTS, "").replace(/\s+/g, " ").trim();
}
