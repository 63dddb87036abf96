import { percentile } from "./statistics.ts";

/** Percentiles of the deliveries of all turns together, of so many calls. */
export type Latencies = { calls: number; p50: number; p90: number; p99: number };

/** The deliveries of one call come together, so it is calls that a rare delay must be found among. */
const CALLS_FOR_P99 = 1_000;

/** NaN stands for a percentile that so few calls do not give. */
export function pooled(turns: readonly { latencies: readonly number[]; calls: number }[]): Latencies {
  const all = turns.flatMap(({ latencies }) => latencies);
  const calls = turns.reduce((sum, turn) => sum + turn.calls, 0);
  return {
    calls,
    p50: percentile(all, 0.5),
    p90: percentile(all, 0.9),
    p99: calls >= CALLS_FOR_P99 ? percentile(all, 0.99) : Number.NaN,
  };
}
