// Accents as NFKD takes them off Latin, Greek and Cyrillic letters. The marks of other scripts are part of the letter:
// without its vowel signs a Hindi name would be another name.
const ACCENTS = /[\u0300-\u036f]/g;

/** The name as it is compared: platforms write one person with and without accents, in any case and spacing. */
export function foldName(name: string): string {
  const plain = name.normalize("NFKD").replace(ACCENTS, "");
  // Upper before lower folds what lower case alone keeps apart: ß and ss, final and inner sigma.
  return plain.toUpperCase().toLowerCase().normalize("NFKD").replace(ACCENTS, "").replace(/\s+/g, " ").trim();
}

/** Whether the name is only digits, an extension rather than a person: somebody has to say who it is. */
export function looksLikeExtension(name: string): boolean {
  return /^[\d ]+$/.test(foldName(name));
}
