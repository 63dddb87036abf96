/** Milliseconds since the epoch. Core functions take a clock and never use the platform's directly. */
export type Clock = () => number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** ISO 8601 in UTC, or null for an unknown time. */
export function toIso(milliseconds: number): string;
export function toIso(milliseconds: number | null): string | null;
export function toIso(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}
