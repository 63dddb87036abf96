export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

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

/** How far repetitions of one measurement are apart: the largest less the smallest, as a share of the median. */
export function spreadOf(values: readonly number[]): number {
  return values.length < 2 ? Number.NaN : (Math.max(...values) - Math.min(...values)) / median(values);
}

/** The median of each figure over the repetitions, and beside it how far the repetitions are apart. */
export type Repeated<K extends string> = Record<K, number> & { spread: Record<K, number> };

export function repeated<K extends string>(samples: readonly Record<K, number>[]): Repeated<K> {
  const [first] = samples;
  if (!first) throw new Error("no samples");
  const keys = Object.keys(first) as K[];
  const of = (figure: (values: number[]) => number) =>
    Object.fromEntries(keys.map((key) => [key, figure(samples.map((sample) => sample[key]))])) as Record<K, number>;
  return { ...of(median), spread: of(spreadOf) };
}

/** Runs `trial` for each subject in turn, `rounds` times over, so that a slow minute of the machine hits them all. */
export async function interleave<S extends string, T>(
  rounds: number,
  subjects: readonly S[],
  trial: (subject: S, round: number) => Promise<T>,
): Promise<Record<S, T[]>> {
  const samples = Object.fromEntries(subjects.map((subject) => [subject, []])) as unknown as Record<S, T[]>;
  for (let round = 0; round < rounds; round += 1) {
    // Whoever goes first warms the caches and the clock of the processor: take turns at it.
    const order = round % 2 === 0 ? subjects : subjects.toReversed();
    for (const subject of order) samples[subject].push(await trial(subject, round));
  }
  return samples;
}

export function mapValues<S extends string, T, U>(of: Record<S, T>, change: (value: T) => U): Record<S, U> {
  return Object.fromEntries(Object.entries<T>(of).map(([name, value]) => [name, change(value)])) as Record<S, U>;
}
