// Hz, ITU-T Q.23.
const LOW = [697, 770, 852, 941];
const HIGH = [1209, 1336, 1477, 1633];
/** As a share of the frequency: what receivers accept (Q.24). */
const OFF = 0.02;
/** Of all energy, in the two tones. */
const ALONE = 0.85;
/** By how much one tone may be stronger than the other, in energy. */
const MOST_TWIST = 16;

type Peaks = { count: number; bins: Float64Array; energies: Float64Array };

/** Whether these peaks of a spectrum with `energy` in all are the two tones of a dialled digit, and nothing else. */
export function isDialledDigit({ count, bins, energies }: Peaks, energy: number, hzPerBin: number): boolean {
  let [first, second] = [-1, -1];
  for (let i = 0; i < count; i++) {
    if (first < 0 || energies[i]! > energies[first]!) [first, second] = [i, first];
    else if (second < 0 || energies[i]! > energies[second]!) second = i;
  }
  if (second < 0 || energies[first]! + energies[second]! < ALONE * energy) return false;
  if (energies[first]! > MOST_TWIST * energies[second]!) return false;
  const low = Math.min(bins[first]!, bins[second]!) * hzPerBin;
  const high = Math.max(bins[first]!, bins[second]!) * hzPerBin;
  return isNear(LOW, low) && isNear(HIGH, high);
}

function isNear(tones: readonly number[], hz: number): boolean {
  return tones.some((tone) => Math.abs(hz - tone) <= OFF * tone);
}
