import { setTimeout as sleep } from "node:timers/promises";

const INTERVAL = 2000;
const LIMIT = 30_000;

/**
 * Stands in for the platform's cron, which `wrangler dev` never fires: at once, then every other second, one call at a
 * time. The first is named `start`, until it succeeds: it frees the work that a killed process had in its hands.
 */
export async function runSchedule(url: string, signal: AbortSignal): Promise<void> {
  let cron = "start";
  while (!signal.aborted) {
    if (await callSchedule(url, cron, signal)) cron = "* * * * *";
    await sleep(INTERVAL, undefined, { signal }).catch(() => undefined);
  }
}

async function callSchedule(url: string, cron: string, signal: AbortSignal): Promise<boolean> {
  try {
    const route = `${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent(cron)}`;
    const response = await fetch(route, { signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // The dev server is reloading or stopping; what went wrong inside the Worker is in its log.
    return false;
  }
}
