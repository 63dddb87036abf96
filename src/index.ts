import { app } from "./app";
import { consume, jobParts, runCron } from "./jobs";

export { EndpointObject } from "./delivery/endpoint";

export default {
  fetch: app.fetch,
  queue: (batch, env) => consume(batch, jobParts(env)),
  scheduled: (controller, env) => runCron(controller.cron, env),
} satisfies ExportedHandler<Env>;
