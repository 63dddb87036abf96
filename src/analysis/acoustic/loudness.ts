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
  const memory = Array.from({ length: channelCount }, () => new Float64Array(4));
  const sums = new Float64Array(channelCount);
  const powers = Array.from({ length: channelCount }, createFloatTrack);
  let filled = 0;

  function push(channels: readonly Float32Array[], length: number): void {
    for (let from = 0; from < length;) {
      const end = from + Math.min(step - filled, length - from);
      for (let c = 0; c < channelCount; c++) sums[c] = sums[c]! + weighted(channels[c]!, from, end, memory[c]!);
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

  function weighted(samples: Float32Array, from: number, end: number, state: Float64Array): number {
    let [s0, s1, h0, h1] = [state[0]!, state[1]!, state[2]!, state[3]!];
    let sum = 0;
    for (let i = from; i < end; i++) {
      const sample = samples[i]!;
      const shelved = b0 * sample + s0;
      s0 = b1 * sample - a1 * shelved + s1;
      s1 = b2 * sample - a2 * shelved;
      const passed = shelved + h0;
      h0 = h1 - 2 * shelved - c1 * passed;
      h1 = shelved - c2 * passed;
      sum += passed * passed;
    }
    // What has faded this far would make every further operation slow, as a denormal number.
    state[0] = Math.abs(s0) < 1e-30 ? 0 : s0;
    state[1] = Math.abs(s1) < 1e-30 ? 0 : s1;
    state[2] = Math.abs(h0) < 1e-30 ? 0 : h0;
    state[3] = Math.abs(h1) < 1e-30 ? 0 : h1;
    return sum;
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
