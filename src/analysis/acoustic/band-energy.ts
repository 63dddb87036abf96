import { ANALYSIS_RATE } from "./rates";
import { createPowerSpectrum } from "./real-fft";

/** In samples: 32 ms, long enough to separate the bands, short enough to follow syllables. */
export const WINDOW = 256;

// Hz. Borders of Zwicker's critical bands (J. Acoust. Soc. Am. 33, 1961) inside the telephone band.
const EDGES = [200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3400];
export const BANDS = EDGES.length - 1;

const FIRST_BIN = EDGES.map((hz) => Math.round((hz * WINDOW) / ANALYSIS_RATE));
const HANN = Float64Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / WINDOW));
// Mean square of the Hann window is 3/8; so a band's energy is its mean power per bin, in full scales squared.
const SCALE = 1 / (WINDOW * WINDOW * 0.375);
/** Keeps logarithms finite: far below the noise of any recording. */
const ENERGY_FLOOR = 1e-14;

/** Measures the energy of each band in `samples[at … at + WINDOW)`, into `out[to … to + BANDS)`. */
export type BandMeter = (samples: Float32Array, at: number, out: Float32Array, to: number) => void;

export function createBandMeter(): BandMeter {
  const spectrum = createPowerSpectrum(HANN);
  const { power } = spectrum;
  return (samples, at, out, to) => {
    spectrum.transform(samples, at);
    for (let band = 0; band < BANDS; band++) {
      const end = FIRST_BIN[band + 1]!;
      let sum = 0;
      for (let bin = FIRST_BIN[band]!; bin < end; bin++) sum += power[bin]!;
      out[to + band] = (sum * SCALE) / (end - FIRST_BIN[band]!) + ENERGY_FLOOR;
    }
  };
}
