import worker from "../../../src";
import { countedBucket } from "./bucket";
import { countedDatabase } from "./database";
import { countedNamespace } from "./objects";
import { countBatch, countedQueue } from "./queue";
import { count, readCounters, resetCounters } from "./counters";

// Our Worker as it is, with bindings that count. What it is made of is the real thing: nothing here decides anything.

export { SourceLane } from "../../../src/jobs";
export { EndpointObject } from "./objects";

const counted = new WeakMap<Env, Env>();

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/bench/counters") return Response.json(readCounters());
    if (pathname === "/bench/reset") {
      resetCounters();
      return new Response("{}");
    }
    if (pathname === "/bench/sweep") {
      await worker.scheduled({ cron: "* * * * *", scheduledTime: Date.now(), noRetry: () => undefined }, envOf(env));
      return new Response("{}");
    }
    count("requests");
    return worker.fetch(request, envOf(env), ctx);
  },
  async queue(batch, env) {
    count("requests");
    await worker.queue(countBatch(batch), envOf(env));
  },
} satisfies ExportedHandler<Env>;

/** The same for every request of one isolate, as the platform's own is. */
function envOf(env: Env): Env {
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
  };
  counted.set(env, made);
  return made;
}
