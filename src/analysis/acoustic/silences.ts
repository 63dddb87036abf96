import { joined, type Span } from "./conversation";

/** Milliseconds. */
const LONG_SILENCE = 4000;
const SHORTEST_HOLD = 5000;
/** Between two pieces of music, or two rings, nobody has come back. */
const PAUSE_IN_HOLD = 4500;

/** The stretches in which a channel carries music or tones long enough to be a hold. */
export function holdsOf(music: readonly (readonly Span[])[]): [number, number][] {
  const each = music.flatMap((spans) => joined(spans, PAUSE_IN_HOLD));
  return joined(inOrder(each), 0).filter(([start, end]) => end - start >= SHORTEST_HOLD);
}

/** Where nobody speaks for long, from the first word to the last; a hold is none. */
export function longSilencesOf(speech: readonly (readonly Span[])[], holds: readonly Span[]): [number, number][] {
  const words = joined(inOrder(speech.flat()), 0);
  const [first, last] = [words[0]?.[0] ?? 0, words.at(-1)?.[1] ?? 0];
  const filled = joined(inOrder([...words, ...holds]), 0);
  return filled
    .slice(1)
    .map(([start], i): [number, number] => [filled[i]![1], start])
    .filter(([start, end]) => end - start >= LONG_SILENCE && start >= first && end <= last);
}

function inOrder(spans: readonly Span[]): Span[] {
  return spans.toSorted(([one], [other]) => one - other);
}

export function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, [start, end]) => sum + end - start, 0);
}
