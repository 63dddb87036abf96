import { createFloatTrack } from "./float-track";
import { kWeighting } from "./k-weighting";

/** Integrated loudness by ITU-R BS.1770 and EBU R128, in LUFS; null where nothing is louder than the absolute gate. */
export type Loudness = {
  /** Each channel as if it were a recording of its own. */
  channels: (number | null)[];
  /** All channels together, each with the weight 1. */
  whole: number | null;
};

export type LoudnessMeter = {
  push(channels: readonly Float32Array[], length: number): void;
  finish(): Loudness;
};

// The blocks are 400 ms long and start every 100 ms; what is kept is the power of every 100 ms.
const STEPS_PER_SECOND = 10;
const STEPS_PER_BLOCK = 4;
const OFFSET = -0.691;
const ABSOLUTE_GATE = -70;
const RELATIVE_GATE = -10;

export function createLoudnessMeter(sampleRate: number, channelCount: number): LoudnessMeter {
  const { shelf, highPass } = kWeighting(sampleRate);
  const { b0, b1, b2, a1, a2 } = shelf;
  const { a1: c1, a2: c2 } = highPass;
  const step = Math.round(sampleRate / STEPS_PER_SECOND);
  const inPairs = channelCount + (channelCount % 2);
  const memory = Array.from({ length: inPairs }, () => new Float64Array(4));
  const sums = new Float64Array(inPairs);
  const powers = Array.from({ length: channelCount }, createFloatTrack);
  let filled = 0;

  function push(channels: readonly Float32Array[], length: number): void {
    for (let from = 0; from < length;) {
      const end = from + Math.min(step - filled, length - from);
      for (let c = 0; c < channelCount; c += 2) addPair(channels, c, from, end);
      filled += end - from;
      from = end;
      if (filled === step) endStep();
    }
  }

  function endStep(): void {
    for (let c = 0; c < channelCount; c++) {
      powers[c]!.push(sums[c]! / step);
      sums[c] = 0;
    }
    filled = 0;
  }

  // Each filter waits for its own last sample, so that two together take hardly longer than one: a last channel without
  // another is filtered twice, and nobody reads the second sum.
  function addPair(channels: readonly Float32Array[], c: number, from: number, end: number): void {
    const [one, other] = [channels[c]!, channels[c + 1] ?? channels[c]!];
    const [mine, theirs] = [memory[c]!, memory[c + 1]!];
    let [s0, s1, h0, h1] = [mine[0]!, mine[1]!, mine[2]!, mine[3]!];
    let [t0, t1, k0, k1] = [theirs[0]!, theirs[1]!, theirs[2]!, theirs[3]!];
    let sum = 0;
    let otherSum = 0;
    for (let i = from; i < end; i++) {
      const sample = one[i]!;
      const otherSample = other[i]!;
      const shelved = b0 * sample + s0;
      const otherShelved = b0 * otherSample + t0;
      s0 = b1 * sample - a1 * shelved + s1;
      t0 = b1 * otherSample - a1 * otherShelved + t1;
      s1 = b2 * sample - a2 * shelved;
      t1 = b2 * otherSample - a2 * otherShelved;
      const passed = shelved + h0;
      const otherPassed = otherShelved + k0;
      h0 = h1 - 2 * shelved - c1 * passed;
      k0 = k1 - 2 * otherShelved - c1 * otherPassed;
      h1 = shelved - c2 * passed;
      k1 = otherShelved - c2 * otherPassed;
      sum += passed * passed;
      otherSum += otherPassed * otherPassed;
    }
    remember(mine, s0, s1, h0, h1);
    remember(theirs, t0, t1, k0, k1);
    sums[c] = sums[c]! + sum;
    sums[c + 1] = sums[c + 1]! + otherSum;
  }

  return {
    push,
    finish() {
      const tracks = powers.map((track) => track.values());
      return {
        channels: tracks.map((track) => integrated([track])),
        whole: integrated(tracks),
      };
    },
  };
}

// What has faded this far would make every further operation slow, as a denormal number.
function remember(state: Float64Array, s0: number, s1: number, h0: number, h1: number): void {
  state[0] = Math.abs(s0) < 1e-30 ? 0 : s0;
  state[1] = Math.abs(s1) < 1e-30 ? 0 : s1;
  state[2] = Math.abs(h0) < 1e-30 ? 0 : h0;
  state[3] = Math.abs(h1) < 1e-30 ? 0 : h1;
}

/** From the power of every 100 ms of some channels. A recording shorter than a block has no loudness. */
function integrated(tracks: readonly Float32Array[]): number | null {
  const steps = tracks[0]?.length ?? 0;
  const blocks = new Float64Array(Math.max(0, steps - STEPS_PER_BLOCK + 1));
  for (const track of tracks) {
    for (let i = 0; i < blocks.length; i++) {
      blocks[i] = blocks[i]! + (track[i]! + track[i + 1]! + track[i + 2]! + track[i + 3]!) / STEPS_PER_BLOCK;
    }
  }
  const loud = meanOver(blocks, powerOf(ABSOLUTE_GATE));
  if (loud === null) return null;
  const gated = meanOver(blocks, Math.max(powerOf(ABSOLUTE_GATE), loud * 10 ** (RELATIVE_GATE / 10)));
  return gated === null ? null : OFFSET + 10 * Math.log10(gated);
}

function meanOver(blocks: Float64Array, gate: number): number | null {
  let sum = 0;
  let count = 0;
  for (const power of blocks) {
    if (power <= gate) continue;
    sum += power;
    count++;
  }
  return count === 0 ? null : sum / count;
}

function powerOf(lufs: number): number {
  return 10 ** ((lufs - OFFSET) / 10);
}
