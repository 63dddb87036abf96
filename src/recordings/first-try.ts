import { SECOND } from "../lib/time";
import type { FetchTimeouts } from "./fetch-audio";

/**
 * The limits of a try in a consumer, which other work waits for. Made only at servers that are known to be fast
 * (pipeline/known-servers.ts): a recording that needs more is fetched in its source's lane (pipeline/slow-lane.ts).
 */
export const FIRST_TRY = {
  timeouts: {
    headers: SECOND / 2,
    opening: SECOND / 2,
    stall: SECOND / 2,
    total: SECOND,
  } satisfies FetchTimeouts,
  /** In bytes. Larger files go to the lane: this is an hour of MP3, or half an hour of 16-bit mono at 8 kHz. */
  bytes: 32 * 1024 * 1024,
};
