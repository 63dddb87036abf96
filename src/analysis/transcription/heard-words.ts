import { ok, type Result } from "../../lib/result";
import { failure } from "./ask";
import type { HeardWord, TranscriptionFailure } from "./contract";

/** A word as a server reports it, in seconds of the piece. */
export type ReportedWord = { text: string; start: number; end: number; sure?: number | null | undefined };

/** How far outside of the piece a time may be, in milliseconds: engines round. */
const TOLERANCE = 1_000;
/** Nobody says more words in a second; an engine that does repeats itself. */
const MOST_PER_SECOND = 12;
const MOST_CHARACTERS = 200;

/**
 * The words of an answer in milliseconds. An answer that cannot be true of this piece is refused as a whole: times
 * outside of it or running backwards, more words than anybody says.
 */
export function wordsOf(
  reported: readonly ReportedWord[],
  milliseconds: number,
): Result<HeardWord[], TranscriptionFailure> {
  if (reported.length > MOST_PER_SECOND * Math.max(5, milliseconds / 1000))
    return failure("bad_answer", `${reported.length} words in ${milliseconds} ms`);
  const words: HeardWord[] = [];
  let before = 0;
  for (const { text, start, end, sure } of reported) {
    const [from, to] = [Math.round(start * 1000), Math.round(end * 1000)];
    const isInside = from >= -TOLERANCE && to <= milliseconds + TOLERANCE && to >= from;
    if (!isInside || from < before - TOLERANCE) return failure("bad_answer", "word times that are not in the piece");
    const clean = text.replace(/\s+/g, " ").trim().slice(0, MOST_CHARACTERS);
    if (clean === "") continue;
    before = from;
    words.push({ text: clean, start: within(from, milliseconds), end: within(to, milliseconds), sure: sureness(sure) });
  }
  return ok(words);
}

/** A text without times of its words: they are spread over its time by their length. */
export function spread(text: string, start: number, end: number): ReportedWord[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const letters = words.reduce((sum, word) => sum + word.length + 1, 0);
  let passed = 0;
  return words.map((word) => {
    const from = start + ((end - start) * passed) / letters;
    passed += word.length + 1;
    return { text: word, start: from, end: start + ((end - start) * passed) / letters };
  });
}

function within(time: number, milliseconds: number): number {
  return Math.min(milliseconds, Math.max(0, time));
}

function sureness(sure: number | null | undefined): number | null {
  return typeof sure === "number" && sure >= 0 && sure <= 1 ? Math.round(sure * 1000) / 1000 : null;
}
