import { Trouble } from "../trouble.ts";
import { describeDeath, waitUntilHealthy, type DevServer } from "./dev-server.ts";
import { runSchedule } from "./schedule.ts";
import type { StartSettings } from "./settings.ts";
import { aborted } from "./stop-signal.ts";

/** So many crashes within a minute are no accident: the next process would crash too. */
const MOST_ENDS = 5;
const MINUTE = 60_000;

export type Supervision = {
  /** `takesOver` from one that was up and ended. */
  launch(takesOver: boolean): DevServer;
  whenFirstUp(): Promise<void>;
  say(line: string): void;
};

/**
 * Keeps the Worker's process up until `stop` aborts: one that ends, or no longer answers, is replaced at once. What it
 * had accepted is in the database, so nothing is lost. One that ends before it was ever healthy is trouble.
 */
export async function supervise(settings: StartSettings, stop: AbortSignal, of: Supervision): Promise<void> {
  const ends: number[] = [];
  for (let isFirst = true; !stop.aborted; isFirst = false) {
    const server = of.launch(!isFirst);
    try {
      const isUp = await waitUntilHealthy(server, settings.localUrl, stop);
      if (stop.aborted) return;
      if (isUp) await serve(server, settings, stop, isFirst ? of.whenFirstUp : async () => undefined);
      if (stop.aborted) return;
      ends.push(Date.now());
      const recent = ends.filter((end) => Date.now() - end < MINUTE);
      if ((isFirst && !isUp) || recent.length >= MOST_ENDS) throw new Trouble(describeDeath(server));
      of.say("the Worker's process ended: starting another …");
    } finally {
      if (stop.aborted) of.say("stopping …");
      await server.stop();
    }
  }
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
