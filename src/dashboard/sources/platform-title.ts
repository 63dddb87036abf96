import { platformOf } from "../../platforms";
import type { Language } from "../../ui/language";
import { wordsOf } from "../../ui/strings/define";
import { sourceWords } from "../../ui/strings/sources";

/** What a platform is called on pages: by its name, and what has none by a word for it. */
export function platformTitle(kind: string, language: Language): string {
  const words = wordsOf(sourceWords, language);
  if (kind === "hmac") return words.genericHmac;
  if (kind === "internal") return words.internalSource;
  return platformOf(kind)?.title ?? kind;
}
