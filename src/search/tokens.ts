/** An id as one word of the index. */
export function idToken(id: string): string {
  return id.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** A tag as one word, exactly. */
export function tagToken(tag: string): string {
  const bytes = [...new TextEncoder().encode(tag)];
  return `tag${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** A topic as one word, exactly but for case. */
export function topicToken(topic: string): string {
  return `topic${tagToken(topic.normalize("NFC").trim().toLowerCase()).slice("tag".length)}`;
}

/** The digits of a number backwards, so that its end is what a search begins with. */
export function backwards(text: string): string {
  return text.replace(/\D/g, "").split("").toReversed().join("");
}

/** Whether there is a letter or digit in it, so that the index has a word for it. */
export function hasWord(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
