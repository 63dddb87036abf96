/** The queue names of wrangler.toml: the consumer in `src/index.ts` switches on them. */
export const QUEUES = {
  ingest: "trunkline-ingest",
  recordings: "trunkline-recordings",
  analysis: "trunkline-analysis",
  events: "trunkline-events",
} as const;

/** A dead-letter queue is named after the queue it serves. */
export function deadLetterOf(queue: string): string {
  return `${queue}-dead`;
}
