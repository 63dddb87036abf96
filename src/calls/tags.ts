/** Tags of one call, and tags of one request. */
export const MAX_TAGS = 50;
/** In UTF-16 units, after normalization. */
export const MAX_TAG_LENGTH = 64;

/** Control characters, halves of surrogate pairs, what turns the direction of writing, and the comma of lists. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Bidi_Control},]/u;

/**
 * The form in which a tag is stored and compared: composed, in lower case, with single spaces. Undefined for a text
 * that can be no tag.
 */
export function normalizeTag(text: string): string | undefined {
  const tag = text.normalize("NFC").replace(/\s+/g, " ").trim().toLowerCase().normalize("NFC");
  return tag === "" || tag.length > MAX_TAG_LENGTH || FORBIDDEN.test(tag) ? undefined : tag;
}

/** The tags after a change, in order. Without a difference they are equal to those before. */
export function changedTags(before: readonly string[], { add = [], remove = [] }: TagChange): string[] {
  const after = new Set(before);
  for (const tag of remove) after.delete(tag);
  for (const tag of add) after.add(tag);
  return [...after].toSorted();
}

/** Normalized tags that a call gets and loses; one that is in both it has afterwards. */
export type TagChange = { add?: readonly string[]; remove?: readonly string[] };
