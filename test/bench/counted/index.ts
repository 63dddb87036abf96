import worker from "../../../src";
import { countedBindings } from "./bindings";
import { countBatch } from "./queue";
import { count, readCounters, resetCounters } from "./counters";

// Our Worker as it is, with bindings that count. What it is made of is the real thing: nothing here decides anything.

export { EventStream } from "../../../src/delivery/stream/object";
export { EndpointObject, SourceLane } from "./objects";

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/bench/counters") return Response.json(readCounters());
    if (pathname === "/bench/reset") {
      resetCounters();
      return new Response("{}");
    }
    if (pathname === "/bench/expire") {
      const name = new URL(request.url).searchParams.get("object") ?? "";
      const object = env.ENDPOINTS.getByName(name) as unknown as { expire(): Promise<void> };
      await object.expire();
      return new Response("{}");
    }
    if (pathname === "/bench/sweep") {
      await worker.scheduled(
        { cron: "* * * * *", scheduledTime: Date.now(), noRetry: () => undefined },
        countedBindings(env),
      );
      return new Response("{}");
    }
    count("requests");
    return worker.fetch(request, countedBindings(env), ctx);
  },
  async queue(batch, env) {
    count("requests");
    await worker.queue(countBatch(batch), countedBindings(env));
  },
} satisfies ExportedHandler<Env>;
