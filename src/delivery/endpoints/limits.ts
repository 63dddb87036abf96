import { DAY, MINUTE, SECOND } from "../../lib/time";

/** Each event becomes a delivery for each endpoint that wants it: the cap bounds what one call can cost. */
export const MAX_ENDPOINTS = 50;

/** What settings may be, for every edge that takes them in. Times in milliseconds. */
export const SETTING_LIMITS = {
  // Waiting is what an object is billed for; 30 s is the longest any profile promises its subscribers.
  timeout: { min: SECOND, max: 30 * SECOND },
  retryWait: { min: SECOND, max: 7 * DAY },
  retryWaits: 20,
  /** All waits together: the log and the event are kept for 30 days, so a longer schedule would outlive them. */
  retrySpan: 21 * DAY,
  concurrency: { min: 1, max: 6 },
  ratePerSecond: { min: 0.01, max: 1_000 },
  disableAfter: { min: MINUTE, max: 30 * DAY },
  keep: { min: 0, max: 30 * DAY },
  // What is open stands in the object's memory, some 400 bytes each of its 128 MB: more would end it at every start.
  maxBacklog: { min: 10, max: 200_000 },
  filterIds: 100,
} as const;

/** How long a rotated-out secret still signs. */
export const OVERLAP = { default: DAY, max: 7 * DAY } as const;

/** Old secrets kept during overlapping rotations: each is one more signature in the header. */
export const MAX_OLD_SECRETS = 10;
