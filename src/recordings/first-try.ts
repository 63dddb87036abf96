import { SECOND } from "../lib/time";
import type { FetchTimeouts } from "./fetch-audio";

/**
 * The limits of a first try, which runs in a consumer that other work waits for. Most files are there within a second.
 * A recording that needs more is fetched in its source's slow lane (pipeline/slow-lane.ts).
 */
export const FIRST_TRY = {
  timeouts: {
    headers: SECOND,
    opening: 1.5 * SECOND,
    stall: SECOND,
    total: 6 * SECOND,
    pace: { grace: 1.5 * SECOND, bytesPerSecond: 256 * 1024 },
  } satisfies FetchTimeouts,
  /** In bytes. Larger files go to the slow lane: this is an hour of MP3, or half an hour of 16-bit mono at 8 kHz. */
  bytes: 32 * 1024 * 1024,
};
