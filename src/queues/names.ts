/** The queue names of wrangler.toml. The consumer in `src/index.ts` switches on them. */
export const QUEUES = {
  ingest: "trunkline-ingest",
  recordings: "trunkline-recordings",
  analysis: "trunkline-analysis",
  events: "trunkline-events",
} as const;

/** The name of a queue's dead-letter queue. */
export function deadLetterOf(queue: string): string {
  return `${queue}-dead`;
}
