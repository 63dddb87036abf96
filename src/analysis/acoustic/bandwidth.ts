import { createPowerSpectrum } from "./real-fft";

/** Finds up to which frequency a channel carries sound. Looks at a few short pieces of every second. */
export type BandwidthMeter = {
  push(samples: Float32Array, length: number): void;
  /** Hz; null for a channel that is never louder than line noise. */
  finish(): number | null;
};

const LOOKS_PER_SECOND = 4;
// Hz. As wide as the bands whose power is compared.
const BAND = 100;
/** In dB under the strongest band: codecs cut off far more steeply than voices fade. */
const FADED = 50;
/** Mean square of a piece, re full scale: what is fainter shows the noise and not the channel. */
const FAINTEST = 1e-5;

export function createBandwidthMeter(sampleRate: number): BandwidthMeter {
  const size = 2 ** Math.max(8, Math.ceil(Math.log2(sampleRate / 31.25)));
  const hann = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size));
  const spectrum = createPowerSpectrum(hann);
  const total = new Float64Array(size / 2 + 1);
  const piece = new Float32Array(size);
  const gap = Math.max(0, Math.round(sampleRate / LOOKS_PER_SECOND) - size);
  let filled = 0;
  let skipped = 0;
  let looks = 0;

  function push(samples: Float32Array, length: number): void {
    for (let from = 0; from < length;) {
      if (filled === size) {
        const count = Math.min(gap - skipped, length - from);
        skipped += count;
        from += count;
        if (skipped === gap) filled = skipped = 0;
        continue;
      }
      const count = Math.min(size - filled, length - from);
      piece.set(samples.subarray(from, from + count), filled);
      filled += count;
      from += count;
      if (filled === size) look();
    }
  }

  function look(): void {
    let square = 0;
    for (let i = 0; i < size; i++) square += piece[i]! * piece[i]!;
    if (square / size < FAINTEST) return;
    spectrum.transform(piece, 0);
    for (let bin = 0; bin < total.length; bin++) total[bin] = total[bin]! + spectrum.power[bin]!;
    looks++;
  }

  function finish(): number | null {
    if (looks === 0) return null;
    const bins = Math.max(1, Math.round((BAND * size) / sampleRate));
    // The lowest band holds an offset and hum.
    const bands = Array.from({ length: Math.floor(total.length / bins) - 1 }, (_, band) =>
      total.subarray((band + 1) * bins, (band + 2) * bins).reduce((sum, power) => sum + power, 0),
    );
    const strongest = bands.reduce((most, power) => Math.max(most, power), 0);
    if (strongest === 0) return null;
    const last = bands.findLastIndex((power) => power > strongest * 10 ** (-FADED / 10));
    return Math.min(sampleRate / 2, Math.round(((last + 2) * bins * sampleRate) / size / BAND) * BAND);
  }

  return { push, finish };
}
