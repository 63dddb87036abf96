import { BANDS } from "./band-energy";
import { FRAMES_PER_SECOND } from "./rates";
import { codeOfDb, scoreCode } from "./scales";
import type { ByteTrack } from "./byte-track";

/**
 * Gives for every frame how far it exceeds the background, in dB: the mean over the five bands that exceed it most. The
 * background of a band is its minimum over some seconds around the frame (minimum statistics: R. Martin, IEEE Trans.
 * Speech and Audio Processing 9, 2001), smoothed so that it is not a chance minimum. It looks both ways, so a greeting
 * at the start of the recording is measured against the first pause after it.
 */
export type SpeechScorer = {
  /** Where to write the band energies of the next frame: `energies` from `next()` on. Then call `commit`. */
  readonly energies: Float32Array;
  next(): number;
  commit(levelCode: number): void;
  /** Scores the frames that still wait for later ones. */
  finish(): void;
};

const BLOCK_FRAMES = FRAMES_PER_SECOND / 4;
// Blocks used before and after: 3 s each way, longer than most stretches without a pause in every band.
const REACH = 12;
const RING_BLOCKS = 2 * REACH + 1;
const SMOOTHING = 0.7;
// The minimum of a fluctuating power is below its mean; this factor corrects it for the smoothing and span used here.
const MINIMUM_BIAS = 1.8;
const BANDS_THAT_COUNT = 5;
/** In dB re full scale. Below it a channel is muted and not quiet, and shows nothing of its background. */
const MUTED = codeOfDb(-80);
// The lowest possible background: the smallest step of 8-bit G.711 produces about this much per bin.
const LEAST_BACKGROUND = 1e-10;

export function createSpeechScorer(scores: ByteTrack): SpeechScorer {
  const energies = new Float32Array(RING_BLOCKS * BLOCK_FRAMES * BANDS);
  const levels = new Uint8Array(RING_BLOCKS * BLOCK_FRAMES);
  const minima = new Float64Array(RING_BLOCKS * BANDS);
  const smoothed = new Float64Array(BANDS);
  const background = new Float64Array(BANDS);
  const best = new Float64Array(BANDS_THAT_COUNT);
  let frames = 0;
  let scoredBlocks = 0;
  let continuing = false;

  const slotOf = (frame: number) => frame % (RING_BLOCKS * BLOCK_FRAMES);

  function commit(levelCode: number): void {
    const slot = slotOf(frames);
    const block = Math.floor(frames / BLOCK_FRAMES);
    const blockSlot = (block % RING_BLOCKS) * BANDS;
    levels[slot] = levelCode;
    if (frames % BLOCK_FRAMES === 0) minima.fill(Infinity, blockSlot, blockSlot + BANDS);
    // Silence inserted by a machine is not background: plain line noise would exceed it.
    if (levelCode > MUTED) {
      for (let band = 0; band < BANDS; band++) {
        const energy = energies[slot * BANDS + band]!;
        const now = continuing ? SMOOTHING * smoothed[band]! + (1 - SMOOTHING) * energy : energy;
        smoothed[band] = now;
        if (now < minima[blockSlot + band]!) minima[blockSlot + band] = now;
      }
    }
    continuing = levelCode > MUTED;
    frames++;
    if (frames % BLOCK_FRAMES === 0 && block - scoredBlocks >= REACH) scoreBlock(block);
  }

  // `last` is the newest complete block. The scored block may use nothing later.
  function scoreBlock(last: number): void {
    const block = scoredBlocks++;
    background.fill(Infinity);
    for (let near = Math.max(0, block - REACH); near <= Math.min(last, block + REACH); near++) {
      const at = (near % RING_BLOCKS) * BANDS;
      for (let band = 0; band < BANDS; band++) background[band] = Math.min(background[band]!, minima[at + band]!);
    }
    for (let band = 0; band < BANDS; band++) {
      const least = background[band]!;
      background[band] = Math.max(least === Infinity ? 0 : least * MINIMUM_BIAS, LEAST_BACKGROUND);
    }
    const end = Math.min(frames, (block + 1) * BLOCK_FRAMES);
    for (let frame = block * BLOCK_FRAMES; frame < end; frame++) scores.push(scoreOf(slotOf(frame)));
  }

  function scoreOf(slot: number): number {
    if (levels[slot]! <= MUTED) return 0;
    best.fill(0);
    for (let band = 0; band < BANDS; band++) {
      let ratio = energies[slot * BANDS + band]! / background[band]!;
      for (let rank = 0; rank < BANDS_THAT_COUNT; rank++) {
        const held = best[rank]!;
        if (ratio > held) {
          best[rank] = ratio;
          ratio = held;
        }
      }
    }
    let product = 1;
    for (let rank = 0; rank < BANDS_THAT_COUNT; rank++) product *= best[rank]!;
    return scoreCode((10 / BANDS_THAT_COUNT) * Math.log10(product + 1e-30));
  }

  return {
    energies,
    next: () => slotOf(frames) * BANDS,
    commit,
    finish() {
      const last = Math.ceil(frames / BLOCK_FRAMES) - 1;
      while (scoredBlocks <= last) scoreBlock(last);
    },
  };
}
