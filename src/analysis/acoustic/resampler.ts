import { startFilters } from "./filters";
import { createHalfBand } from "./half-band";
import { createPolyphase } from "./polyphase";
import { ANALYSIS_RATE } from "./rates";

/**
 * One stage of a rate change, fed in pieces. Output sample n is at the same time as input sample n · from / to: the
 * filter's delay is compensated, so that times measured after it are times in the recording.
 */
export type RateStage = {
  /** Filters `input[0 … length)` and writes to `out` from `at` on; returns how many samples that were. */
  push(input: Float32Array, length: number, out: Float32Array, at: number): number;
  /** The samples still in the filter, as if silence followed. */
  flush(out: Float32Array, at: number): number;
  /**
   * The most samples that `push` writes for `length` input samples. `flush` never writes more than its filter's length.
   */
  room(length: number): number;
};

// Halving is cheapest while the band that must stay clean is a small part of the spectrum. Below this rate polyphase is
// used.
const LOWEST_RATE_TO_HALVE = 22_000;

/** Converts any sample rate to ANALYSIS_RATE: halvings while they are cheap, then one exact rational step. */
export function createResampler(sampleRate: number): RateStage {
  const filters = startFilters();
  const stages: RateStage[] = [];
  let rate = sampleRate;
  while (rate >= LOWEST_RATE_TO_HALVE && rate % 2 === 0) {
    rate /= 2;
    stages.push(createHalfBand(filters));
  }
  if (rate !== ANALYSIS_RATE) stages.push(createPolyphase(filters, rate, ANALYSIS_RATE));
  return stages.reduceRight<RateStage>((after, stage) => chained(stage, after), passThrough());
}

function passThrough(): RateStage {
  return {
    push(input, length, out, at) {
      for (let i = 0; i < length; i++) out[at + i] = input[i]!;
      return length;
    },
    flush: () => 0,
    room: (length) => length,
  };
}

// No filter has more taps than this, so a flush never writes more.
const FLUSH_SAMPLES = 1024;

function chained(first: RateStage, second: RateStage): RateStage {
  let between = new Float32Array(first.room(FLUSH_SAMPLES));
  return {
    push(input, length, out, at) {
      const room = first.room(length);
      if (between.length < room) between = new Float32Array(room);
      return second.push(between, first.push(input, length, between, 0), out, at);
    },
    flush(out, at) {
      const written = second.push(between, first.flush(between, 0), out, at);
      return written + second.flush(out, at + written);
    },
    room: (length) => second.room(first.room(length)),
  };
}
