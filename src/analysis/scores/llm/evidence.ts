import type { Transcript } from "../../transcription/transcript";

/** A span of what was said on a channel, in the transcript's own words. Times in milliseconds. */
export type Quote = { text: string; start: number; end: number };

/** How far from where it says a quote may be: models count seconds badly, and a segment begins at its first word. */
const TOLERANCE = 3_000;
/** A model is asked for at most 30 words. One that quotes a whole call has pointed at nothing. */
const MOST_WORDS = 60;
/** Words with a longer pause between them were not said as one thing. */
const LONGEST_PAUSE = 10_000;

/**
 * The span of a channel's words that is this quote, word by word and letter by letter, near this time; undefined where
 * nobody said it there. A model that quotes what was not said, or not by this speaker, or at another time, has none.
 */
export function findQuote(
  transcript: Transcript,
  channel: number,
  quote: string,
  atSeconds: number,
): Quote | undefined {
  const wanted = quote.split(/\s+/).filter(Boolean);
  const at = atSeconds * 1000;
  if (wanted.length === 0 || wanted.length > MOST_WORDS || !Number.isFinite(at)) return undefined;
  const said = transcript.segments.filter((segment) => segment.channel === channel).flatMap(({ words }) => words);
  // An engine's word may be several: what counts are the words between spaces.
  const words = said.flatMap(([text, start, end]) =>
    text
      .split(/\s+/)
      .filter(Boolean)
      .map((part) => ({ part, start, end })),
  );
  const spans = words.flatMap((first, from) => {
    const span = words.slice(from, from + wanted.length);
    const isSaid = wanted.every((part, index) => span[index]?.part === part);
    const isInOneGo = span.every(({ start }, index) => start - (span[index - 1]?.end ?? start) <= LONGEST_PAUSE);
    const last = span.at(-1);
    return isSaid && isInOneGo && last ? [{ text: wanted.join(" "), start: first.start, end: last.end }] : [];
  });
  const near = spans.filter(({ start, end }) => at >= start - TOLERANCE && at <= end + TOLERANCE);
  return near.toSorted((one, other) => Math.abs(one.start - at) - Math.abs(other.start - at))[0];
}
