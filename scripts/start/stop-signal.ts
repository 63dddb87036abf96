// npm forwards a Ctrl-C to its child, which has it from the terminal already: two signals close together count as one.
const ONE_WISH_MS = 700;

/** Aborts on the first Ctrl-C (or SIGTERM, a closed terminal, the end of npm); a second one, later, calls `hurry`. */
export function listenForStop(hurry: () => void): AbortSignal {
  const stop = new AbortController();
  let first = 0;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (!stop.signal.aborted) {
        first = Date.now();
        stop.abort();
      } else if (Date.now() - first > ONE_WISH_MS) {
        hurry();
      }
    });
  }
  watchParent(() => stop.abort());
  return stop.signal;
}

/**
 * A kill of npm alone, not of its process group, ends only npm and the shell it runs us in: we get no signal and would
 * keep the port for ever. So under npm the end of that shell stops us too.
 */
function watchParent(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(), 500).unref();
}

export function aborted(signal: AbortSignal): Promise<"stopped"> {
  if (signal.aborted) return Promise.resolve("stopped");
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve("stopped"), { once: true }));
}
