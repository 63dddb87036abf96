/** Lossy decoders overshoot full scale a little; what is louder than this is damage. */
const LOUDEST = 4;

/** Makes samples that are no sound harmless: one NaN would make every later sum NaN. Changes the planes. */
export function boundSamples(planes: readonly Float32Array[], length: number): void {
  for (const plane of planes) {
    for (let i = 0; i < length; i++) {
      const sample = plane[i]!;
      if (sample <= LOUDEST && sample >= -LOUDEST) continue;
      plane[i] = Number.isNaN(sample) ? 0 : Math.sign(sample) * LOUDEST;
    }
  }
}
