import { createFloatTrack } from "./float-track";
import { startFilters } from "./filters";
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
  const step = Math.round(sampleRate / STEPS_PER_SECOND);
  const filters = startFilters();
  const { shelf, highPass } = kWeighting(sampleRate);
  const weights = filters.doubles(7);
  weights.values().set([shelf.b0, shelf.b1, shelf.b2, shelf.a1, shelf.a2, highPass.a1, highPass.a2]);
  const [one, other] = [filters.floats(step), filters.floats(step)];
  // Each filter waits for its own last sample, so that two together take hardly longer than one.
  const pairs = Array.from({ length: Math.ceil(channelCount / 2) }, () => {
    return { memory: filters.doubles(8), sums: filters.doubles(2) };
  });
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
    for (let c = 0; c < channelCount; c++) powers[c]!.push(pairs[c >> 1]!.sums.values()[c % 2]! / step);
    for (const { sums } of pairs) sums.values().fill(0);
    filled = 0;
  }

  // A last channel without another is filtered twice, and nobody reads the second sum.
  function addPair(channels: readonly Float32Array[], c: number, from: number, end: number): void {
    const pair = pairs[c / 2]!;
    one.values().set(channels[c]!.subarray(from, end));
    other.values().set((channels[c + 1] ?? channels[c]!).subarray(from, end));
    filters.weigh(one.at, other.at, end - from, weights.at, pair.memory.at, pair.sums.at);
    wakeUp(pair.memory.values());
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
function wakeUp(memory: Float64Array): void {
  for (let i = 0; i < memory.length; i++) if (Math.abs(memory[i]!) < 1e-30) memory[i] = 0;
}

/** From the power of every 100 ms of some channels. A recording shorter than a block has no loudness. */
function integrated(tracks: readonly Float32Array[]): number | null {
  const loud = meanOver(tracks, powerOf(ABSOLUTE_GATE));
  if (loud === null) return null;
  const gated = meanOver(tracks, Math.max(powerOf(ABSOLUTE_GATE), loud * 10 ** (RELATIVE_GATE / 10)));
  return gated === null ? null : OFFSET + 10 * Math.log10(gated);
}

/** Of the blocks with more power than `gate`. Each is summed up when it is looked at: a list of them would be long. */
function meanOver(tracks: readonly Float32Array[], gate: number): number | null {
  let sum = 0;
  let count = 0;
  const last = (tracks[0]?.length ?? 0) - STEPS_PER_BLOCK;
  for (let i = 0; i <= last; i++) {
    let power = 0;
    for (const track of tracks) power += (track[i]! + track[i + 1]! + track[i + 2]! + track[i + 3]!) / STEPS_PER_BLOCK;
    if (power <= gate) continue;
    sum += power;
    count++;
  }
  return count === 0 ? null : sum / count;
}

function powerOf(lufs: number): number {
  return 10 ** ((lufs - OFFSET) / 10);
}
