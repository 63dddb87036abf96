/** The middle of the values; of an even number of them, the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The smallest value that at least `share` (0 to 1) of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Of objects of numbers with the same keys: the median of each key. */
export function medians<K extends string>(samples: readonly Record<K, number>[]): Record<K, number> {
  const [first] = samples;
  if (!first) throw new Error("no samples");
  const keys = Object.keys(first) as K[];
  return Object.fromEntries(keys.map((key) => [key, median(samples.map((sample) => sample[key]))])) as Record<
    K,
    number
  >;
}

/** Runs `trial` for each subject in turn, `rounds` times over, so that a slow minute of the machine hits them all. */
export async function interleave<S extends string, K extends string>(
  rounds: number,
  subjects: readonly S[],
  trial: (subject: S, round: number) => Promise<Record<K, number>>,
): Promise<Record<S, Record<K, number>>> {
  const samples = Object.fromEntries(subjects.map((subject) => [subject, []])) as unknown as Record<
    S,
    Record<K, number>[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    // Whoever goes first warms the caches and the clock of the processor: take turns at it.
    const order = round % 2 === 0 ? subjects : subjects.toReversed();
    for (const subject of order) samples[subject].push(await trial(subject, round));
  }
  return Object.fromEntries(subjects.map((subject) => [subject, medians(samples[subject])])) as Record<
    S,
    Record<K, number>
  >;
}
