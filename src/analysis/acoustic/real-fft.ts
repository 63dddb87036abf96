import compiled from "./spectrum.wasm";
import { roomsOf, type Allocating } from "./wasm-memory";

/**
 * Power spectrum of `size` real samples (a power of two, at least 16): `power[k]` for k = 0 … size/2 is |X[k]|², X
 * unscaled. One half-size complex transform, in WebAssembly (scripts/acoustic/spectrum.c). Nothing is allocated per call.
 */
export type PowerSpectrum = {
  readonly power: Float64Array;
  /** Transforms `samples[at … at + size)`, each multiplied by the window. */
  transform(samples: Float32Array, at: number): void;
};

type Exports = Allocating & {
  transform(
    half: number,
    order: number,
    samples: number,
    window: number,
    turns: number,
    cosine: number,
    sine: number,
    re: number,
    im: number,
    power: number,
  ): void;
};

/** `window`: as long as what is transformed at a time. */
export function createPowerSpectrum(window: Float64Array): PowerSpectrum {
  const size = window.length;
  const half = size / 2;
  const spectrum = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  const { floats, doubles, shorts } = roomsOf(spectrum);
  const roomFor = (values: Float64Array) => {
    const room = doubles(values.length);
    room.values().set(values);
    return room.at;
  };
  const places = shorts(half);
  places.values().set(bitReversed(half));
  const [weights, turns] = [roomFor(window), roomFor(stageTurns(size))];
  const [cosine, sine] = [roomFor(cosines(size, half, 1)), roomFor(sines(size, half, 1))];
  const [re, im] = [doubles(half).at, doubles(half).at];
  const [held, power] = [floats(size), doubles(half + 1)];
  const input = held.values();
  return {
    power: power.values(),
    transform(samples, at) {
      input.set(samples.subarray(at, at + size));
      spectrum.transform(half, places.at, held.at, weights, turns, cosine, sine, re, im, power.at);
    },
  };
}

/** The twiddles of each stage, in the order of their use. */
function stageTurns(size: number): Float64Array {
  const half = size / 2;
  const turns: number[] = [];
  let span = 4;
  for (; 2 * span < half; span *= 4) {
    const step = size / (4 * span);
    for (const [by, from] of [[2 * step], [step], [step, size / 4]] as const)
      turns.push(...cosines(size, span, by, from), ...sines(size, span, by, from));
  }
  if (span < half) {
    const step = size / (2 * span);
    turns.push(...cosines(size, span, step), ...sines(size, span, step));
  }
  return Float64Array.from(turns);
}

/** Of `count` angles from `from` on, each `by` further; a circle is `size`. */
function cosines(size: number, count: number, by: number, from = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => Math.cos((2 * Math.PI * (from + k * by)) / size));
}

function sines(size: number, count: number, by: number, from = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => Math.sin((2 * Math.PI * (from + k * by)) / size));
}

function bitReversed(length: number): Uint16Array {
  const bits = Math.log2(length);
  return Uint16Array.from({ length }, (_, index) => {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) if (index & (1 << bit)) reversed |= 1 << (bits - 1 - bit);
    return reversed;
  });
}
