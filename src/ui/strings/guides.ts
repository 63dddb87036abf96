import type { Language } from "../language";
import { pseudo } from "./define";
import { GUIDE_TEXTS } from "./guide-list";

const SPANISH = new Map(GUIDE_TEXTS);

/** A text of a platform's guide in the language of the page; as it is where the list has it not. */
export function guideText(text: string, language: Language): string {
  if (language === "en") return text;
  return language === "pseudo" ? pseudo(text) : (SPANISH.get(text) ?? text);
}
