/** How often a detector is right, in frames of 10 ms. */
export type Frames = { hits: number; falseAlarms: number; misses: number };

export function scoreFrames(found: Uint8Array, truth: Uint8Array): Frames {
  const score = { hits: 0, falseAlarms: 0, misses: 0 };
  for (let i = 0; i < truth.length; i++) {
    if (found[i] === 1 && truth[i] === 1) score.hits++;
    else if (found[i] === 1) score.falseAlarms++;
    else if (truth[i] === 1) score.misses++;
  }
  return score;
}

export function sumOf(scores: readonly Frames[]): Frames {
  return scores.reduce(
    (sum, one) => ({
      hits: sum.hits + one.hits,
      falseAlarms: sum.falseAlarms + one.falseAlarms,
      misses: sum.misses + one.misses,
    }),
    { hits: 0, falseAlarms: 0, misses: 0 },
  );
}

/** The harmonic mean of precision and recall. */
export function f1({ hits, falseAlarms, misses }: Frames): number {
  return hits === 0 ? 0 : (2 * hits) / (2 * hits + falseAlarms + misses);
}

export type Moment = { by: number; at: number };

/** Moments of the same party within this many seconds are the same. */
const SAME = 0.5;

export function scoreMoments(found: readonly Moment[], truth: readonly Moment[]): Frames {
  const left = [...truth];
  let hits = 0;
  for (const one of found) {
    const at = left.findIndex((other) => other.by === one.by && Math.abs(other.at - one.at) <= SAME);
    if (at < 0) continue;
    left.splice(at, 1);
    hits++;
  }
  return { hits, falseAlarms: found.length - hits, misses: left.length };
}

/** Spans of seconds as frames of 10 ms. */
export function framesOf(spans: readonly (readonly [number, number])[], length: number): Uint8Array {
  const frames = new Uint8Array(length);
  for (const [start, end] of spans) frames.fill(1, Math.round(start * 100), Math.round(end * 100));
  return frames;
}

// As the speech of our own detector: pauses up to 200 ms belong to it, and what is shorter than 80 ms is a click.
const LONGEST_PAUSE = 20;
const SHORTEST = 8;

/** Gives the raw decisions of another detector the same treatment, so that only the decisions are compared. */
export function tidied(raw: Uint8Array): Uint8Array {
  const frames = raw.slice();
  let last = -1;
  for (let i = 0; i < frames.length; i++) {
    if (raw[i] === 0) continue;
    if (last >= 0 && i - last - 1 <= LONGEST_PAUSE) frames.fill(1, last + 1, i);
    last = i;
  }
  for (let start = frames.indexOf(1); start >= 0;) {
    const next = frames.indexOf(0, start);
    const end = next < 0 ? frames.length : next;
    if (end - start < SHORTEST) frames.fill(0, start, end);
    start = frames.indexOf(1, end);
  }
  return frames;
}
