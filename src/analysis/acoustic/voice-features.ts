import { BANDS } from "./band-energy";
import type { Track } from "./byte-track";
import { PITCH_STEP_FRAMES } from "./pitch";
import { FRAMES_PER_SECOND } from "./rates";
import { codeOfDb, levelDb } from "./scales";
import { DIALLED, STANDS_STILL, TONALITY_STEP_FRAMES } from "./tonality";

/**
 * What the voice net is told of every 20 ms of a channel: its bands against the background, against the loudest of the
 * seconds around, and against the other channels, and what else was measured of it. The background of a band is its
 * minimum over some seconds around (minimum statistics: R. Martin, IEEE Trans. Speech and Audio Processing 9, 2001). It
 * looks both ways, so a greeting at the start of a recording is measured against the first pause after it.
 */
export type VoiceFeatures = {
  /** Where to write the band energies of the next frame of a channel: `energies[channel]` from `next()` on. */
  readonly energies: readonly Float32Array[];
  next(): number;
  /** Takes the frame of all channels: their energies are written, and these are the codes of their levels and their kinship. */
  commit(levelCodes: Uint8Array, kinship: Uint8Array): void;
  /** Tells of the frames that still wait for later ones. The tracks must be measured to the end. */
  finish(): void;
};

/** What else is known of a channel: by two frames, and by `TONALITY_STEP_FRAMES`. */
type VoiceTracks = { pitch: Track; tonality: Track };

/** The features of one step: STEP_FRAMES frames. */
type Tell = (channel: number, features: Float32Array) => void;

export const STEP_FRAMES = 2;
/** A multiple of four, for the net's sums. */
export const FEATURES = 52;

/** 240 ms, and whole steps. */
const BLOCK_FRAMES = 12 * STEP_FRAMES;
/** Blocks used before and after: 2.9 s each way, longer than most stretches without a pause in every band. */
const REACH = 12;
const RING_BLOCKS = 2 * REACH + 1;
const RING = RING_BLOCKS * BLOCK_FRAMES;
const SMOOTHING = 0.7;
/** In dB re full scale. Below it a channel is muted and not quiet, and shows nothing of its background. */
const MUTED = codeOfDb(-80);
const SILENT = levelDb(0);
/** The lowest possible background: the smallest step of 8-bit G.711 produces about this much per bin. */
const LEAST = 1e-10;
/** In dB a second: how fast the loudest so far is forgotten. */
const FORGET = 0.5;
/** Features are decibels by this: about one to and fro. */
const SCALE = 20;

type Channel = {
  energies: Float32Array;
  levels: Uint8Array;
  kinship: Uint8Array;
  minima: Float64Array;
  smoothed: Float64Array;
  /** By block: the loudest that is no click, in dB. */
  loudest: Float64Array;
  continuing: boolean;
  /** In dB: of the two frames before. */
  beforeLast: number;
  last: number;
  /** In dB: the loudest of the seconds around, and so far. */
  near: number;
  ever: number;
  /** In dB, of the block and of the step that are told. */
  background: Float64Array;
  bands: Float64Array;
};

export function createVoiceFeatures(tracks: readonly VoiceTracks[], tell: Tell): VoiceFeatures {
  const channels = tracks.map((): Channel => ({
    energies: new Float32Array(RING * BANDS),
    levels: new Uint8Array(RING),
    kinship: new Uint8Array(RING),
    minima: new Float64Array(RING_BLOCKS * BANDS),
    smoothed: new Float64Array(BANDS),
    loudest: new Float64Array(RING_BLOCKS),
    continuing: false,
    beforeLast: SILENT,
    last: SILENT,
    near: SILENT,
    ever: SILENT,
    background: new Float64Array(BANDS),
    bands: new Float64Array(BANDS),
  }));
  const features = new Float32Array(FEATURES);
  let frames = 0;
  let toldBlocks = 0;

  function commit(levelCodes: Uint8Array, kinship: Uint8Array): void {
    const slot = frames % RING;
    const block = Math.floor(frames / BLOCK_FRAMES);
    for (let c = 0; c < channels.length; c++) {
      const channel = channels[c]!;
      const code = levelCodes[c]!;
      channel.levels[slot] = code;
      channel.kinship[slot] = kinship[c]!;
      const at = block % RING_BLOCKS;
      if (frames % BLOCK_FRAMES === 0) {
        channel.minima.fill(Infinity, at * BANDS, (at + 1) * BANDS);
        channel.loudest[at] = SILENT;
      }
      const level = levelDb(code);
      // A click is shorter than this frame and one of the two before it.
      const together = Math.min(level, Math.max(channel.beforeLast, channel.last));
      channel.loudest[at] = Math.max(channel.loudest[at]!, together);
      channel.beforeLast = channel.last;
      channel.last = level;
      observe(channel, slot, at * BANDS, code);
    }
    frames++;
    if (frames % BLOCK_FRAMES === 0 && block - toldBlocks >= REACH) tellBlock(block);
  }

  // Silence inserted by a machine is not background: plain line noise would exceed it.
  function observe(channel: Channel, slot: number, at: number, code: number): void {
    if (code > MUTED) {
      for (let band = 0; band < BANDS; band++) {
        const energy = channel.energies[slot * BANDS + band]!;
        const now = channel.continuing ? SMOOTHING * channel.smoothed[band]! + (1 - SMOOTHING) * energy : energy;
        channel.smoothed[band] = now;
        if (now < channel.minima[at + band]!) channel.minima[at + band] = now;
      }
    }
    channel.continuing = code > MUTED;
  }

  // `last` is the newest block. The told block may use nothing later.
  function tellBlock(last: number): void {
    const block = toldBlocks++;
    const end = Math.min(frames, (block + 1) * BLOCK_FRAMES);
    for (const channel of channels) lookAround(channel, block, last);
    for (let frame = block * BLOCK_FRAMES; frame < end; frame += STEP_FRAMES) {
      const [one, other] = [frame % RING, Math.min(frame + 1, end - 1) % RING];
      for (const channel of channels) measure(channel, one, other);
      for (let c = 0; c < channels.length; c++) tellStep(c, frame, one, other);
    }
  }

  function lookAround(channel: Channel, block: number, last: number): void {
    const { background, minima, loudest } = channel;
    let near = SILENT;
    background.fill(Infinity);
    for (let around = Math.max(0, block - REACH); around <= Math.min(last, block + REACH); around++) {
      const at = around % RING_BLOCKS;
      near = Math.max(near, loudest[at]!);
      for (let band = 0; band < BANDS; band++)
        background[band] = Math.min(background[band]!, minima[at * BANDS + band]!);
    }
    channel.near = near;
    channel.ever = Math.max(near, channel.ever - (FORGET * BLOCK_FRAMES) / FRAMES_PER_SECOND);
    for (let band = 0; band < BANDS; band++) {
      const least = background[band]!;
      background[band] = decibels(least === Infinity ? LEAST : Math.max(least, LEAST));
    }
  }

  function measure({ energies, bands }: Channel, one: number, other: number): void {
    for (let band = 0; band < BANDS; band++)
      bands[band] = decibels((energies[one * BANDS + band]! + energies[other * BANDS + band]!) / 2 + LEAST);
  }

  function tellStep(c: number, frame: number, one: number, other: number): void {
    const { bands, background, levels, kinship, near, ever } = channels[c]!;
    for (let band = 0; band < BANDS; band++) {
      const own = bands[band]!;
      let most = -Infinity;
      for (let d = 0; d < channels.length; d++) if (d !== c) most = Math.max(most, channels[d]!.bands[band]!);
      features[band] = within(own - background[band]!, 0, 50) / SCALE;
      features[BANDS + band] = within(own - near, -70, 10) / SCALE + 1.5;
      // Alone, a channel is as far above the others as can be.
      features[2 * BANDS + band] = within(own - most, -40, 40) / SCALE;
    }
    const { pitch, tonality } = tracks[c]!;
    const standing = tonality.at(Math.floor(frame / TONALITY_STEP_FRAMES));
    const rest = 3 * BANDS;
    features[rest] = within(levelDb(levels[one]!) - near, -70, 10) / SCALE + 1.5;
    features[rest + 1] = within(levelDb(levels[other]!) - near, -70, 10) / SCALE + 1.5;
    features[rest + 2] = (near + 30) / SCALE;
    features[rest + 3] = within(near - ever, -60, 0) / SCALE;
    features[rest + 4] = standing === DIALLED ? 1 : standing / STANDS_STILL;
    features[rest + 5] = kinship[one]! / 255;
    features[rest + 6] = pitch.at(Math.floor(frame / PITCH_STEP_FRAMES)) > 0 ? 1 : 0;
    tell(c, features);
  }

  return {
    energies: channels.map(({ energies }) => energies),
    next: () => (frames % RING) * BANDS,
    commit,
    finish() {
      const last = Math.ceil(frames / BLOCK_FRAMES) - 1;
      while (toldBlocks <= last) tellBlock(last);
    },
  };
}

function decibels(power: number): number {
  return 10 * Math.log10(power);
}

function within(value: number, least: number, most: number): number {
  return value < least ? least : value > most ? most : value;
}
