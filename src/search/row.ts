import { SECOND } from "../lib/time";

// The place of a call in the index: a whole number that orders calls by when they began, so that the newest are found
// first without sorting. JavaScript counts exactly up to 2^53: 32 bits of seconds, 10 of milliseconds, 11 that tell apart
// calls of the same millisecond.

const MILLISECONDS = 2 ** 10;
const OTHERS = 2 ** 11;
const LATEST = 2 ** 32 - 1;

/** Calls of one millisecond take the next free place. */
export const LAST_PLACE = OTHERS - 1;

/** The first place of a moment, in milliseconds. Nothing is before 1970 or after 2106. */
export function firstRowAt(moment: number): number {
  const bounded = Math.min(Math.max(0, Math.floor(moment)), LATEST * SECOND);
  return (Math.floor(bounded / SECOND) * MILLISECONDS + (bounded % SECOND)) * OTHERS;
}

/** The place of a call; the id tells it from others of the same millisecond, as a rule. */
export function rowOf(startedAt: number, callId: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < callId.length; at += 1) hash = Math.imul(hash ^ callId.charCodeAt(at), 16_777_619);
  return firstRowAt(startedAt) + ((hash >>> 0) % OTHERS);
}

/** The next place of the same millisecond, in a circle. */
export function nextRow(row: number): number {
  const place = row % OTHERS;
  return row - place + ((place + 1) % OTHERS);
}
