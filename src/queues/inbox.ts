import { openHome } from "../db/homes";
import { queueInbox, type OpenInbox } from "./senders";
import { tableInbox } from "./table-inbox";

type Bindings = { DB: D1Database; INGEST_QUEUE: Queue };

/**
 * The inbox of this deployment: the durable queue, or, under `npm start`, where the queue is in memory, a table before
 * it.
 */
export function inboxOn(env: Bindings, kind: "queue" | "table"): OpenInbox {
  const queue = env.INGEST_QUEUE;
  return kind === "table" ? tableInbox(openHome(env, "data"), queue, () => Date.now()) : queueInbox(queue);
}
