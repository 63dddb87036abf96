import type { Database } from "../db/client";
import type { FollowDeps } from "../pipeline";
import type { EventsMessage } from "../queues/messages";
import type { Nudges } from "../queues/senders";
import { addMarks } from "../search";

/** Seconds from a change to its turn in the search index: other calls that change meanwhile are indexed with it. */
const DELAY = 3;
const CALLS_OF_A_MESSAGE = 100;

/** `keepMarks`: the queue lives in memory, so calls are also marked in the database, for the sweep after a crash. */
export type IndexSoonDeps = {
  db: Database;
  search: D1Database | null;
  nudges: Pick<Nudges, "search">;
  keepMarks: boolean;
};

/**
 * Has the calls among these streams indexed in a moment, off the way of the batch that changed them. It returns when the
 * queue has them, so whoever waits for it before an ack loses none.
 */
export async function indexSoon(deps: IndexSoonDeps, streams: readonly EventsMessage[]): Promise<void> {
  const ids = [...new Set(streams.map(({ stream }) => stream))].filter((stream) => stream.startsWith("call_"));
  if (deps.search === null || ids.length === 0) return;
  if (deps.keepMarks) await addMarks(deps.db, ids);
  const messages: { callIds: string[] }[] = [];
  for (let at = 0; at < ids.length; at += CALLS_OF_A_MESSAGE)
    messages.push({ callIds: ids.slice(at, at + CALLS_OF_A_MESSAGE) });
  await deps.nudges.search(messages, DELAY);
}

/** The same hand-over, after which the calls are indexed too. Where that fails, the queue of events does both again. */
export function withIndexing(
  deps: IndexSoonDeps,
  drainInPlace: FollowDeps["drainInPlace"],
): FollowDeps["drainInPlace"] {
  return (streams) => {
    const drain = drainInPlace(streams);
    return {
      queries: drain.queries,
      handOver: async (rows, goingOn) => {
        const [left] = await Promise.all([drain.handOver(rows, goingOn), indexSoon(deps, streams)]);
        return left;
      },
    };
  };
}
