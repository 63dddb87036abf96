import { setTimeout as sleep } from "node:timers/promises";

/** How many runtimes have taken requests so far: the first, one for each build, one for each crash. */
export type Runtimes = { count(): number; next(): Promise<void> };

const INTERVAL = 2000;
const LIMIT = 30_000;

/** After so many ticks without any answer the runtime is taken for hung. */
const SILENT_TICKS = 5;

/**
 * Replaces the platform's cron, which never fires locally: at once for each new runtime, then every other second, one
 * call at a time. Until it succeeds, the first one for each new runtime is named `start`: it frees the work that the
 * one before had claimed. Resolves with "silent" when the runtime is there but no longer answers, else when `signal`
 * aborts.
 */
export async function runSchedule(url: string, runtimes: Runtimes, signal: AbortSignal): Promise<"silent" | "stopped"> {
  let started = 0;
  let silent = 0;
  while (!signal.aborted) {
    const current = runtimes.count();
    const another = runtimes.next();
    const answer = await callSchedule(url, started === current ? "* * * * *" : "start", signal);
    if (answer === "ok") started = current;
    silent = answer === "silent" ? silent + 1 : 0;
    if (silent >= SILENT_TICKS && !signal.aborted) return "silent";
    await Promise.race([sleep(INTERVAL, undefined, { signal }).catch(() => undefined), another]);
  }
  return "stopped";
}

async function callSchedule(url: string, cron: string, signal: AbortSignal): Promise<"ok" | "failed" | "silent"> {
  try {
    const route = `${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent(cron)}`;
    const response = await fetch(route, { signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]) });
    await response.arrayBuffer();
    return response.ok ? "ok" : "failed";
  } catch (error) {
    // What went wrong inside the Worker is in its log. One that is busy for long is not gone.
    return error instanceof Error && error.name === "TimeoutError" ? "failed" : "silent";
  }
}
