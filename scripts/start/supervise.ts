import { setTimeout as sleep } from "node:timers/promises";
import type { HostSettings } from "../host/settings.ts";
import { Trouble } from "../trouble.ts";
import { describeDeath, waitUntilHealthy, type DevServer } from "./dev-server.ts";
import { runSchedule } from "./schedule.ts";
import type { StartSettings } from "./settings.ts";
import { aborted } from "./stop-signal.ts";

/** So many crashes within a minute are no accident: the next process would crash too. */
const MOST_ENDS = 5;
const MINUTE = 60_000;

/** One that waits is loaded when the first build and whoever ran `npm start` have had the machine to themselves. */
const QUIET = 10_000;

export type Supervision = {
  launch(begin: HostSettings["begin"]): DevServer;
  /** Those whose process groups are to be ended with this start. */
  running(servers: DevServer[]): void;
  whenFirstUp(): Promise<void>;
  say(line: string): void;
};

/**
 * Keeps the Worker's process up until `stop` aborts: one that ends, or no longer answers, is replaced at once by one
 * that waits for that, loaded. What it had accepted is in the database, so nothing is lost. One that ends before it was
 * ever healthy is trouble.
 */
export async function supervise(settings: StartSettings, stop: AbortSignal, of: Supervision): Promise<void> {
  const ends: number[] = [];
  let waiting: DevServer | undefined;
  let server = of.launch("build");
  of.running([server]);
  try {
    for (let isFirst = true; ; isFirst = false) {
      const isUp = await waitUntilHealthy(server, settings.localUrl, stop);
      if (isUp && !stop.aborted) {
        const over = new AbortController();
        const another = launchLater(over.signal, of, server);
        try {
          await serve(server, settings, stop, isFirst ? of.whenFirstUp : async () => undefined);
        } finally {
          over.abort();
          waiting = await another;
        }
      }
      if (stop.aborted) return;
      ends.push(Date.now());
      const recent = ends.filter((end) => Date.now() - end < MINUTE);
      if ((isFirst && !isUp) || recent.length >= MOST_ENDS) throw new Trouble(describeDeath(server));
      of.say("the Worker's process ended: starting another …");
      await server.stop();
      server = nextAfter(waiting, of);
      waiting = undefined;
    }
  } finally {
    if (stop.aborted) of.say("stopping …");
    await Promise.all([server.stop(), waiting?.stop()]);
  }
}

/** Undefined when it is over before the time for it has come. */
async function launchLater(over: AbortSignal, of: Supervision, serving: DevServer): Promise<DevServer | undefined> {
  try {
    await sleep(QUIET, undefined, { signal: over });
  } catch {
    return undefined;
  }
  const waiting = of.launch("wait");
  of.running([serving, waiting]);
  return waiting;
}

function nextAfter(waiting: DevServer | undefined, of: Supervision): DevServer {
  const next = waiting && !waiting.hasEnded() ? waiting : of.launch("take-over");
  of.running([next]);
  next.takeOver();
  return next;
}

/** Until it ends, no longer answers or is to be stopped. */
async function serve(
  server: DevServer,
  settings: StartSettings,
  stop: AbortSignal,
  whenUp: () => Promise<void>,
): Promise<void> {
  const schedule = new AbortController();
  // Before any other request to the Worker: leases from here on are its own.
  const ticking = runSchedule(settings.localUrl, server.runtimes, schedule.signal);
  try {
    await whenUp();
    await Promise.race([aborted(stop), server.ended, ticking]);
  } finally {
    schedule.abort();
    await ticking;
  }
}
