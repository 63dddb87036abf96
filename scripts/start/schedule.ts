import { setTimeout as sleep } from "node:timers/promises";

const INTERVAL = 2000;
const LIMIT = 30_000;

/** Stands in for the platform's cron, which `wrangler dev` never fires. One call at a time; a failing one is tried again. */
export async function runSchedule(url: string, signal: AbortSignal): Promise<void> {
  const route = `${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent("* * * * *")}`;
  while (!signal.aborted) {
    try {
      const response = await fetch(route, { signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]) });
      await response.arrayBuffer();
    } catch {
      // The dev server is reloading or stopping; what went wrong inside the Worker is in its log.
    }
    await sleep(INTERVAL, undefined, { signal }).catch(() => undefined);
  }
}
