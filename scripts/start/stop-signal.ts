// npm hands a Ctrl-C on to its child, which the terminal has told already: two signals close together are one wish.
const ONE_WISH_MS = 700;

/** Aborts on the first Ctrl-C (or SIGTERM, or a closed terminal); a second one, later, calls `hurry`. */
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
  // A closed terminal must not turn the good-bye into a crash.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return stop.signal;
}

export function aborted(signal: AbortSignal): Promise<"stopped"> {
  if (signal.aborted) return Promise.resolve("stopped");
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve("stopped"), { once: true }));
}
