import { FRAME } from "./rates";

/**
 * How much the channels of a recording have in common, per frame and overall. Joint-stereo codecs, line crosstalk and
 * sidetone put one party into the other's channel without delay, so a correlation at lag zero finds them.
 */
export type Coupling = {
  /**
   * Processes frame `samples[c][at … at + FRAME)` of every channel. `squares[c]` are their sums of squares. Gives each
   * channel's kinship: |correlation| with the loudest other channel, of 255.
   */
  observe(samples: readonly Float32Array[], at: number, squares: Float64Array): Uint8Array;
  /** The first channel that `channel` is a copy of, up to a gain, or null. */
  copyOf(channel: number): number | null;
  /** By how many dB a speaker is weaker in the other channels than in their own; null if no channel ever stood out. */
  separationDb(): number | null;
};

/** Of a kinship: from here on two signals are alike. */
export const ALIKE = 0.6 * 255;

// A frame's sums fade by half per frame: about 30 ms of sound, enough for a correlation to mean something.
const FADE = 0.5;
/**
 * Energy left over after taking one channel out of the other, as a share: -50 dB, what coding noise leaves of a copy.
 */
const COPY_RESIDUE = 1e-5;
// Separation is measured where a channel is 10 dB over the other and at speech level (mean square -50 dB re full
// scale).
const DOMINANCE = 10;
const SPEAKING = 1e-5 * FRAME;
/** In dB. Beyond it there is no relevant leak, only rounding. */
const MOST_SEPARATION = 60;

/** Of `count` channels. */
export function createCoupling(count: number): Coupling {
  const kinship = new Uint8Array(count);
  // Row by column, of which only row < column is used for products; squares have one entry per channel.
  const fadedProducts = new Float64Array(count * count);
  const fadedSquares = new Float64Array(count);
  const products = new Float64Array(count * count);
  const squaresTotal = new Float64Array(count);
  // The row is the speaker's channel, the column the channel that picks it up.
  const heard = new Float64Array(count * count);
  const spoken = new Float64Array(count * count);

  function observe(samples: readonly Float32Array[], at: number, squares: Float64Array): Uint8Array {
    for (let a = 0; a < count; a++) {
      fadedSquares[a] = fadedSquares[a]! * FADE + squares[a]!;
      squaresTotal[a] = squaresTotal[a]! + squares[a]!;
    }
    for (let a = 0; a < count; a++) {
      for (let b = a + 1; b < count; b++) {
        const product = dot(samples[a]!, samples[b]!, at);
        const pair = a * count + b;
        fadedProducts[pair] = fadedProducts[pair]! * FADE + product;
        products[pair] = products[pair]! + product;
        listen(a, b, product, squares);
        listen(b, a, product, squares);
      }
    }
    for (let channel = 0; channel < count; channel++) kinship[channel] = Math.round(255 * kinshipOf(channel));
    return kinship;
  }

  function listen(speaker: number, hearer: number, product: number, squares: Float64Array): void {
    const loud = squares[speaker]!;
    if (loud < SPEAKING || loud < DOMINANCE * squares[hearer]!) return;
    const pair = speaker * count + hearer;
    spoken[pair] = spoken[pair]! + loud;
    heard[pair] = heard[pair]! + product;
  }

  function kinshipOf(channel: number): number {
    let loudest = -1;
    for (let other = 0; other < count; other++) {
      if (other !== channel && (loudest < 0 || fadedSquares[other]! > fadedSquares[loudest]!)) loudest = other;
    }
    if (loudest < 0) return 0;
    const pair = channel < loudest ? channel * count + loudest : loudest * count + channel;
    const scale = Math.sqrt(fadedSquares[channel]! * fadedSquares[loudest]!);
    return scale < 1e-12 ? 0 : Math.min(1, Math.abs(fadedProducts[pair]!) / scale);
  }

  function copyOf(channel: number): number | null {
    for (let earlier = 0; earlier < channel; earlier++) {
      const energy = squaresTotal[earlier]! * squaresTotal[channel]!;
      if (energy === 0) continue;
      const product = products[earlier * count + channel]!;
      if (1 - (product * product) / energy < COPY_RESIDUE) return earlier;
    }
    return null;
  }

  function separationDb(): number | null {
    let least: number | null = null;
    for (let pair = 0; pair < spoken.length; pair++) {
      if (spoken[pair] === 0) continue;
      const db = Math.min(MOST_SEPARATION, -20 * Math.log10(Math.abs(heard[pair]! / spoken[pair]!) + 1e-9));
      least = least === null ? db : Math.min(least, db);
    }
    return least;
  }

  return { observe, copyOf, separationDb };
}

function dot(a: Float32Array, b: Float32Array, at: number): number {
  let sum = 0;
  for (let i = at; i < at + FRAME; i++) sum += a[i]! * b[i]!;
  return sum;
}
