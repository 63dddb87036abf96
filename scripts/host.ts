// The process that `npm start` runs the Worker in: `node scripts/host.ts '<HostSettings as JSON>'`, forked, never by
// hand.
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { Builds } from "./host/builds.ts";
import { Runtime } from "./host/runtime.ts";
import type { HostMessage, HostSettings } from "./host/settings.ts";

/** Time the runtime and the bundler get to end by themselves. */
const GRACE = 3000;

const settings = JSON.parse(process.argv[2] ?? "{}") as HostSettings;
const runtime = new Runtime(settings, () => report("serving"));
const builds = new Builds(settings);

// The parent process is gone, or wants us to stop: leave nothing running.
process.once("disconnect", () => void stop());
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => void stop());

builds.onBuilt((build) => {
  runtime.serve(build).catch((error: unknown) => fail("the Worker could not be served", error));
});
builds.onFailed(() => {
  // A build that fails while it runs leaves the last good one in place; without one there is nothing to serve.
  if (!runtime.isServing) fail("the Worker could not be built");
});
await builds.start().catch((error: unknown) => fail("the configuration could not be read", error));

function report(message: HostMessage): void {
  if (process.connected) process.send?.(message);
}

function fail(what: string, error?: unknown): void {
  console.error(`✘ [ERROR] ${what}${error === undefined ? "" : `: ${inspect(error)}`}`);
  void stop(1);
}

async function stop(code = 0): Promise<void> {
  await Promise.race([Promise.allSettled([runtime.stop(), builds.stop()]), sleep(GRACE)]);
  process.exit(code);
}
