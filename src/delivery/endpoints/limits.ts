import { DAY, MINUTE, SECOND } from "../../lib/time";

/** Every event becomes a delivery per subscribed endpoint: this limit bounds what one call can cost. */
export const MAX_ENDPOINTS = 50;

/** Limits of the settings, for every edge that accepts them. Times in milliseconds. */
export const SETTING_LIMITS = {
  // Objects are billed while they wait; 30 s is the longest timeout that any profile promises.
  timeout: { min: SECOND, max: 30 * SECOND },
  retryWait: { min: SECOND, max: 7 * DAY },
  retryWaits: 20,
  /** All waits together: log and event are kept for 30 days, and a longer schedule would outlast them. */
  retrySpan: 21 * DAY,
  concurrency: { min: 1, max: 6 },
  ratePerSecond: { min: 0.01, max: 1_000 },
  disableAfter: { min: MINUTE, max: 30 * DAY },
  keep: { min: 0, max: 30 * DAY },
  // Open deliveries take about 400 bytes each of the object's 128 MB; more than this would exhaust it at start.
  maxBacklog: { min: 10, max: 200_000 },
  filterIds: 100,
} as const;

/** How long a replaced secret still signs, in milliseconds. */
export const OVERLAP = { default: DAY, max: 7 * DAY } as const;

/** Old secrets kept during overlapping rotations. Each adds a signature to the header. */
export const MAX_OLD_SECRETS = 10;
