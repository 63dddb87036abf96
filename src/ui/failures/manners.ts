import { formatsOf } from "../formats";
import type { Language } from "../language";
import type { View } from "../view";
import type { Manner } from "./sentence";

/** On a page: in the viewer's language and time zone. */
export function mannerOfPage({ language, formats, now }: View): Manner {
  return { language, number: formats.number, when: (at) => formats.moment(at, now) };
}

/** In an answer of the API: in English, with exact times. */
export const MANNER_OF_API: Manner = {
  language: "en",
  number: formatsOf("en", "UTC").number,
  when: (at) => new Date(at).toISOString(),
};

/** In a letter, which does not know its reader's time zone. */
export function mannerOfLetter(language: Language, now: number): Manner {
  const { number, dayAndTime } = formatsOf(language, "UTC");
  return { language, number, when: (at) => `${dayAndTime(at, now)} UTC` };
}
