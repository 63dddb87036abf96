import { countedBucket } from "./bucket";
import { countedDatabase } from "./database";
import { countedNamespace } from "./namespace";
import { countedQueue } from "./queue";

const counted = new WeakMap<Env, Env>();

/** The bindings, where each call is counted. The same for every request of one isolate, as the platform's own are. */
export function countedBindings(env: Env): Env {
  const known = counted.get(env);
  if (known) return known;
  const made: Env = {
    ...env,
    DB: countedDatabase(env.DB),
    BUCKET: countedBucket(env.BUCKET),
    INGEST_QUEUE: countedQueue(env.INGEST_QUEUE),
    RECORDINGS_QUEUE: countedQueue(env.RECORDINGS_QUEUE),
    ANALYSIS_QUEUE: countedQueue(env.ANALYSIS_QUEUE),
    EVENTS_QUEUE: countedQueue(env.EVENTS_QUEUE),
    ENDPOINTS: countedNamespace(env.ENDPOINTS),
    SOURCE_LANES: countedNamespace(env.SOURCE_LANES),
  };
  counted.set(env, made);
  return made;
}
