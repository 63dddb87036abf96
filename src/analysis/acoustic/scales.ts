// Levels and scores are stored as one byte per frame: half and a quarter of a decibel are finer than any decision
// needs.

/** dB re full scale at code 0; the highest code is 0 dB. */
const LOWEST_DB = -127.5;

/** Mean square of samples (full scale 1) to a code, and back to dB re full scale. */
export function levelCode(meanSquare: number): number {
  const db = 10 * Math.log10(meanSquare + 1e-13);
  return db >= 0 ? 255 : Math.max(0, Math.round((db - LOWEST_DB) * 2));
}

export function levelDb(code: number): number {
  return LOWEST_DB + code / 2;
}

/** dB re full scale to the nearest code. */
export function codeOfDb(db: number): number {
  return Math.max(0, Math.min(255, Math.round((db - LOWEST_DB) * 2)));
}

/** Decibels above the noise, 0 to 63.75, to a code. */
export function scoreCode(db: number): number {
  return db <= 0 ? 0 : db >= 63.75 ? 255 : Math.round(db * 4);
}

export const SCORE_CODES_PER_DB = 4;
