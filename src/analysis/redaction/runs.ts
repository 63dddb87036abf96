import { isFiller, numberAt } from "./numbers";
import type { Token } from "./tokens";

/** A number that is said in one piece: "4543", "forty-five", "double five". `from` and `to` are places among all tokens. */
export type Spoken = {
  digits: string;
  from: number;
  to: number;
  isWeak: boolean;
  /** Words between the number before and this one that are neither digits nor said in passing. */
  gap: number;
};

/** Numbers of one speaker that may belong together. */
export type Run = Spoken[];

/** So many other words may stand between two parts of one number: "four five four three, wait a second, one two". */
const MOST_GAP = 3;
/** Also of what is said in passing. */
const MOST_PASSING = 12;
/** Signs that numbers are written with stand between digits as spaces do. */
const SIGNS = /^[./+_-]$/;

/** What each speaker says of numbers, in runs. `tokens` are those of all speakers. */
export function runsIn(tokens: readonly Token[]): Run[] {
  const lanes = Map.groupBy(tokens.keys(), (at) => tokens[at]?.lane ?? "");
  return [...lanes.values()].flatMap((places) => runsOfLane(tokens, places));
}

function runsOfLane(tokens: readonly Token[], places: readonly number[]): Run[] {
  const words = places.map((place) => tokens[place]?.text ?? "");
  const runs: Run[] = [];
  let run: Run = [];
  let [gap, passing] = [0, 0];
  for (let at = 0; at < words.length;) {
    const number = numberAt(words, at);
    if (number) {
      if (run.length > 0 && (gap > MOST_GAP || passing > MOST_PASSING)) {
        runs.push(run);
        run = [];
      }
      const [first, last] = [places[at] ?? 0, places[at + number.words - 1] ?? 0];
      const { digits, isWeak } = number;
      // A word that may be none does not begin a run.
      if (!isWeak || run.length > 0)
        run.push({ digits, isWeak, from: first, to: last + 1, gap: run.length > 0 ? gap : 0 });
      [gap, passing] = [0, 0];
      at += number.words;
      continue;
    }
    const word = words[at] ?? "";
    if (isFiller(word) || SIGNS.test(word)) passing += SIGNS.test(word) ? 0 : 1;
    else gap += 1;
    at += 1;
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

/** A part of a run: consecutive numbers of it. */
export type Window = { digits: string; from: number; to: number; first: number; last: number; gap: number };

/** The run read in each way that makes sense: with the words that may be digits, and without them. */
export function readingsOf(run: Run): Run[] {
  if (!run.some(({ isWeak }) => isWeak)) return [run];
  return [run.filter(({ isWeak }) => !isWeak), run];
}

/** All parts of a run with so many digits, from each place the longest first. */
export function* windowsOf(run: Run, least: number, most: number): Generator<Window> {
  for (const [first, begin] of run.entries()) {
    const found: Window[] = [];
    let [digits, gap] = ["", 0];
    for (let last = first; last < run.length; last += 1) {
      const spoken = run[last];
      if (!spoken) break;
      digits += spoken.digits;
      if (last > first) gap += spoken.gap;
      if (digits.length > most) break;
      if (digits.length >= least) found.push({ digits, from: begin.from, to: spoken.to, first, last, gap });
    }
    yield* found.toReversed();
  }
}
