import { SECOND } from "../lib/time";
import { hashOf } from "../lib/fnv";

// The place of a call in the index: a whole number that orders calls by when they began, so that the newest are found
// first without sorting. JavaScript counts exactly up to 2^53: 32 bits of seconds, 10 of milliseconds, 11 that tell apart
// calls of the same millisecond.

const MILLISECONDS = 2 ** 10;
const OTHERS = 2 ** 11;
const LATEST = 2 ** 32 - 1;

/** Places of one second. */
const PLACES = MILLISECONDS * OTHERS;

/**
 * How many places a call tries. Two million calls fit into a second; with half of them taken, one call in sixteen million
 * finds none of these free.
 */
export const TRIES = 24;

/** The first place of a moment, in milliseconds. Nothing is before 1970 or after 2106. */
export function firstRowAt(moment: number): number {
  const bounded = Math.min(Math.max(0, Math.floor(moment)), LATEST * SECOND);
  return (Math.floor(bounded / SECOND) * MILLISECONDS + (bounded % SECOND)) * OTHERS;
}

/** The first place of the second in which a moment is. */
export function secondAt(moment: number): number {
  return firstRowAt(Math.floor(moment / SECOND) * SECOND);
}

/** The moment, to the millisecond of the first place, that a place is of. */
export function momentOf(row: number): number {
  return Math.floor(row / PLACES) * SECOND;
}

/**
 * The place of a call; the id tells it from others of the same millisecond, as a rule. Whoever finds it taken tries the
 * next, anywhere in the same second: platforms that give whole seconds, or only a day, fill one millisecond quickly.
 */
export function rowOf(startedAt: number, callId: string, attempt = 0): number {
  if (attempt === 0) return firstRowAt(startedAt) + (hashOf(callId) % OTHERS);
  return secondAt(startedAt) + (hashOf(`${attempt} ${callId}`) % PLACES);
}
