/** Where a block belongs: after so many samples of silence, and without so many of its first samples. */
export type Placed = { silence: number; drop: number };

export type Timeline = {
  /** `position` is the block's place by the file's own clock, in samples; NaN where the file does not say. */
  place(position: number, length: number): Placed;
  /** How often the clock jumped to where no sound can be. */
  jumps(): number;
};

// In seconds. Containers round their clock to a millisecond, and a frame lost by a decoder is shorter than the first.
const LEAST_GAP = 0.04;
/** What is later than this after the sound before it is a broken clock and no pause. */
const LONGEST_GAP = 3600;
const LATEST_START = 600;
const BACK = 0.5;

/**
 * Keeps the recording's own time: a pause in the clock of the file is silence in the sound. `fromZero`: the clock's zero
 * is the recording's start, so that sound may begin later; else it starts with its first block. `statedSeconds` is the
 * length that the file claims, null where it claims none.
 */
export function createTimeline(
  sampleRate: number,
  { fromZero, statedSeconds }: { fromZero: boolean; statedSeconds: number | null },
): Timeline {
  let origin: number | null = null;
  let written = 0;
  let jumps = 0;

  function place(position: number, length: number): Placed {
    const placed = placeOf(position, length);
    written += placed.silence + length - placed.drop;
    return placed;
  }

  function placeOf(position: number, length: number): Placed {
    if (Number.isNaN(position)) return { silence: 0, drop: 0 };
    if (origin === null) {
      origin = fromZero && position < LATEST_START * sampleRate ? 0 : position;
    }
    const at = Math.round(position - origin);
    // Before zero is what an edit list leaves out, or the decoder's run-up.
    if (at < 0 && written === 0) return { silence: 0, drop: Math.min(length, -at) };
    const gap = at - written;
    if (gap < -BACK * sampleRate) {
      // A second recording in the same file starts its clock again.
      origin += gap;
      return { silence: 0, drop: 0 };
    }
    if (gap <= LEAST_GAP * sampleRate) return { silence: 0, drop: 0 };
    const beyondEnd = statedSeconds !== null && at > (statedSeconds + 1) * sampleRate;
    if (beyondEnd || gap > LONGEST_GAP * sampleRate) {
      jumps += 1;
      origin += gap;
      return { silence: 0, drop: 0 };
    }
    return { silence: gap, drop: 0 };
  }

  return { place, jumps: () => jumps };
}
