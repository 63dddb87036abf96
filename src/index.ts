import { answer } from "./app";
import { consume, jobDeps, runCron } from "./jobs";

export { EndpointObject } from "./delivery/object/object";
export { EventStream } from "./delivery/stream/object";
export { SourceLane } from "./jobs";

export default {
  fetch: answer,
  queue: (batch, env) => consume(batch, jobDeps(env)),
  scheduled: (controller, env) => runCron(controller.cron, env),
} satisfies ExportedHandler<Env>;
