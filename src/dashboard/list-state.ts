import type { View } from "../ui/view";

type ListWords = {
  none: string;
  allWell: (count: string) => string;
  someWrong: (wrong: string, all: string) => string;
};

/** How the things of a list stand, in the sentence below its title. */
export function listState({ formats }: View, words: ListWords, all: number, wrong: number): string {
  if (all === 0) return words.none;
  return wrong > 0 ? words.someWrong(formats.number(wrong), formats.number(all)) : words.allWell(formats.number(all));
}
