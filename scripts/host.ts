// The process that `npm start` runs the Worker in: `node scripts/host.ts '<HostSettings as JSON>'`, forked, never by
// hand.
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import type { Build, Builds } from "./host/builds.ts";
import { Runtime } from "./host/runtime.ts";
import { keepServed, readServed } from "./host/served-file.ts";
import { TAKE_OVER, type HostMessage, type HostSettings } from "./host/settings.ts";

/** Time the runtime and the bundler get to end by themselves. */
const GRACE = 3000;

const settings = JSON.parse(process.argv[2] ?? "{}") as HostSettings;
const runtime = new Runtime(settings, () => report("serving"));
let builds: Builds | undefined;

// The parent process is gone, or wants us to stop: leave nothing running.
process.once("disconnect", () => void stop());
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => void stop());

if (settings.begin === "wait") await turn();
const served = settings.begin === "build" ? undefined : readServed(settings.stateDir);
if (served) await runtime.serve(served).catch((error: unknown) => fail("the Worker could not be served", error));

// Loaded late: wrangler takes seconds, for which nobody has to wait who has something to serve.
const [{ Builds: Bundler }, { servedOf }] = await Promise.all([
  import("./host/builds.ts"),
  import("./host/worker-options.ts"),
]);
builds = new Bundler(settings);
builds.onBuilt((build) => {
  serve(build).catch((error: unknown) => fail("the Worker could not be served", error));
});
builds.onFailed(() => {
  // A build that fails while it runs leaves the last good one in place; without one there is nothing to serve.
  if (!runtime.isServing) fail("the Worker could not be built");
});
await builds.start().catch((error: unknown) => fail("the configuration could not be read", error));

async function serve(build: Build): Promise<void> {
  const next = servedOf(build, settings);
  await runtime.serve(next);
  keepServed(settings.stateDir, next);
}

function turn(): Promise<void> {
  return new Promise((resolve) => process.on("message", (message) => message === TAKE_OVER && resolve()));
}

function report(message: HostMessage): void {
  if (process.connected) process.send?.(message);
}

function fail(what: string, error?: unknown): void {
  console.error(`✘ [ERROR] ${what}${error === undefined ? "" : `: ${inspect(error)}`}`);
  void stop(1);
}

async function stop(code = 0): Promise<void> {
  await Promise.race([Promise.allSettled([runtime.stop(), builds?.stop()]), sleep(GRACE)]);
  process.exit(code);
}
