import { SECOND } from "../lib/time";
import type { FetchTimeouts } from "./fetch-audio";

/**
 * What a first try may take of a consumer that others wait for: most files are there within a second. Whoever needs more
 * is not refused, but gets it in the lane of its own source (pipeline/slow-lane.ts).
 */
export const FIRST_TRY = {
  timeouts: {
    headers: 2 * SECOND,
    opening: 3 * SECOND,
    stall: 2 * SECOND,
    total: 10 * SECOND,
    pace: { grace: 3 * SECOND, bytesPerSecond: 256 * 1024 },
  } satisfies FetchTimeouts,
  /** Larger files are left to the lane: an hour of MP3, half an hour of 16-bit mono at 8 kHz. */
  bytes: 32 * 1024 * 1024,
};
