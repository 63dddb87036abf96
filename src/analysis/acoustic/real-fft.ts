/**
 * Power spectrum of `size` real samples (a power of two, at least 16): `power[k]` for k = 0 … size/2 is |X[k]|², X
 * unscaled. One half-size complex transform; `re` and `im` are its working memory, filled by `load`. Nothing is
 * allocated per call.
 */
export type PowerSpectrum = {
  readonly power: Float64Array;
  /** Transforms `samples[at … at + size)`, each multiplied by `window`. */
  transform(samples: Float32Array, at: number, window: Float64Array): void;
};

export function createPowerSpectrum(size: number): PowerSpectrum {
  const half = size / 2;
  const re = new Float64Array(half);
  const im = new Float64Array(half);
  const power = new Float64Array(half + 1);
  const order = bitReversed(half);
  // cos and sin of 2πk/size: the butterflies use every second one, the split of even and odd samples uses all.
  const cos = Float64Array.from({ length: half + 1 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
  const sin = Float64Array.from({ length: half + 1 }, (_, k) => Math.sin((2 * Math.PI * k) / size));

  function transform(samples: Float32Array, at: number, window: Float64Array): void {
    // Even samples are the real parts, odd ones the imaginary parts; decimation in time wants them bit-reversed.
    for (let i = 0; i < half; i++) {
      const from = 2 * order[i]!;
      re[i] = samples[at + from]! * window[from]!;
      im[i] = samples[at + from + 1]! * window[from + 1]!;
    }
    firstTwoStages();
    let span = 4;
    for (; 2 * span < half; span *= 4) twoStages(span);
    if (span < half) stage(span);
    split();
  }

  // Butterflies of span 1 and 2 have twiddles of 1 and -i: no multiplications.
  function firstTwoStages(): void {
    for (let i = 0; i < half; i += 4) {
      const ar = re[i]! + re[i + 1]!;
      const ai = im[i]! + im[i + 1]!;
      const br = re[i]! - re[i + 1]!;
      const bi = im[i]! - im[i + 1]!;
      const cr = re[i + 2]! + re[i + 3]!;
      const ci = im[i + 2]! + im[i + 3]!;
      const dr = re[i + 2]! - re[i + 3]!;
      const di = im[i + 2]! - im[i + 3]!;
      re[i] = ar + cr;
      im[i] = ai + ci;
      re[i + 1] = br + di;
      im[i + 1] = bi - dr;
      re[i + 2] = ar - cr;
      im[i + 2] = ai - ci;
      re[i + 3] = br - di;
      im[i + 3] = bi + dr;
    }
  }

  function stage(span: number): void {
    const step = size / (2 * span);
    for (let start = 0; start < half; start += 2 * span) {
      for (let k = 0, t = 0; k < span; k++, t += step) {
        const a = start + k;
        const b = a + span;
        const wr = cos[t]!;
        const wi = sin[t]!;
        const br = re[b]! * wr + im[b]! * wi;
        const bi = im[b]! * wr - re[b]! * wi;
        re[b] = re[a]! - br;
        im[b] = im[a]! - bi;
        re[a] = re[a]! + br;
        im[a] = im[a]! + bi;
      }
    }
  }

  // The stages of `span` and of twice that in one pass, with the same sums: half as much is read and written.
  function twoStages(span: number): void {
    const step = size / (4 * span);
    for (let start = 0; start < half; start += 4 * span) {
      for (let k = 0, t = 0; k < span; k++, t += step) {
        const a = start + k;
        const b = a + span;
        const c = b + span;
        const d = c + span;
        let wr = cos[2 * t]!;
        let wi = sin[2 * t]!;
        let zr = re[b]! * wr + im[b]! * wi;
        let zi = im[b]! * wr - re[b]! * wi;
        const br = re[a]! - zr;
        const bi = im[a]! - zi;
        const ar = re[a]! + zr;
        const ai = im[a]! + zi;
        zr = re[d]! * wr + im[d]! * wi;
        zi = im[d]! * wr - re[d]! * wi;
        const dr = re[c]! - zr;
        const di = im[c]! - zi;
        const cr = re[c]! + zr;
        const ci = im[c]! + zi;
        wr = cos[t]!;
        wi = sin[t]!;
        zr = cr * wr + ci * wi;
        zi = ci * wr - cr * wi;
        re[c] = ar - zr;
        im[c] = ai - zi;
        re[a] = ar + zr;
        im[a] = ai + zi;
        wr = cos[t + size / 4]!;
        wi = sin[t + size / 4]!;
        zr = dr * wr + di * wi;
        zi = di * wr - dr * wi;
        re[d] = br - zr;
        im[d] = bi - zi;
        re[b] = br + zr;
        im[b] = bi + zi;
      }
    }
  }

  // X[k] = E[k] + e^(-2πik/size) O[k], with E and O the transforms of the even and odd samples, both inside Z.
  function split(): void {
    power[0] = (re[0]! + im[0]!) ** 2;
    power[half] = (re[0]! - im[0]!) ** 2;
    for (let k = 1, m = half - 1; k < half; k++, m--) {
      const er = (re[k]! + re[m]!) / 2;
      const ei = (im[k]! - im[m]!) / 2;
      const or = (im[k]! + im[m]!) / 2;
      const oi = (re[m]! - re[k]!) / 2;
      const xr = er + or * cos[k]! + oi * sin[k]!;
      const xi = ei + oi * cos[k]! - or * sin[k]!;
      power[k] = xr * xr + xi * xi;
    }
  }

  return { power, transform };
}

function bitReversed(length: number): Uint16Array {
  const bits = Math.log2(length);
  return Uint16Array.from({ length }, (_, index) => {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) if (index & (1 << bit)) reversed |= 1 << (bits - 1 - bit);
    return reversed;
  });
}
