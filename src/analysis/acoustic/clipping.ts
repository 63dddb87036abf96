import { startFilters } from "./filters";

/** Counts the samples that lie in flat tops at full scale. */
export type ClipMeter = {
  push(samples: Float32Array, length: number): void;
  /** How many samples, and in how many places. */
  finish(): { samples: number; places: number };
};

// A sine at full scale is as near to it for a shorter time, at any pitch that voices have.
const SHORTEST_SECONDS = 0.00025;
const FEWEST_SAMPLES = 3;
/** The highest codes of µ-law and A-law are just under full scale, and everything louder was one of them. */
const HIGHEST_CODE: Record<string, number> = { mulaw: 0.98, alaw: 0.98 };
const FULL_SCALE = 0.999;
const BLOCK = 4096;

export function createClipMeter(sampleRate: number, codec: string): ClipMeter {
  const limit = HIGHEST_CODE[codec] ?? FULL_SCALE;
  const shortest = Math.max(FEWEST_SAMPLES, Math.ceil(sampleRate * SHORTEST_SECONDS));
  const filters = startFilters();
  const room = filters.floats(BLOCK);
  const held = room.values();
  let run = 0;
  let isUp = false;
  let samples = 0;
  let places = 0;

  function end(): void {
    if (run >= shortest) {
      samples += run;
      places++;
    }
    run = 0;
  }

  // Most samples are nowhere near full scale: those are passed over, many at a time.
  function count(length: number): void {
    for (let i = 0; i < length; i++) {
      const loud = i + filters.reach(room.at + Float32Array.BYTES_PER_ELEMENT * i, length - i, limit);
      if (loud > i && run > 0) end();
      if (loud === length) return;
      const isPositive = held[loud]! > 0;
      if (run > 0 && isUp !== isPositive) end();
      isUp = isPositive;
      run++;
      i = loud;
    }
  }

  return {
    push(input, length) {
      for (let from = 0; from < length; from += BLOCK) {
        const size = Math.min(BLOCK, length - from);
        held.set(input.subarray(from, from + size));
        count(size);
      }
    },
    finish() {
      end();
      return { samples, places };
    },
  };
}
