// Levels are stored as one byte per frame: half a decibel is finer than any decision needs.

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

/** The mean square of each code. */
export const POWERS = Float64Array.from({ length: 256 }, (_, code) => 10 ** (levelDb(code) / 10));

/** dB re full scale to the nearest code. */
export function codeOfDb(db: number): number {
  return Math.max(0, Math.min(255, Math.round((db - LOWEST_DB) * 2)));
}

const ODDS_CODES = 16;

/** Natural logarithm of odds, -8 to 8, to a code. */
export function oddsCode(logOdds: number): number {
  return Math.max(0, Math.min(255, Math.round(128 + ODDS_CODES * logOdds)));
}
