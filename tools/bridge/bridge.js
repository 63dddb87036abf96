#!/usr/bin/env node
import { setTimeout as sleep } from "node:timers/promises";
import { runOnce } from "./run.js";
import { readSettings, SettingsError } from "./settings.js";

// node bridge.js bridge.json [--once] [--retry]

const [path, ...options] = process.argv.slice(2);
if (path === undefined) {
  console.error("Usage: node bridge.js bridge.json [--once] [--retry]");
  process.exit(2);
}
try {
  const settings = readSettings(path, process.env);
  // Without a database its driver need not be installed.
  const { readRows } = settings.sql ? await import("./rows.js") : {};
  let retry = options.includes("--retry");
  let failures = 0;
  for (;;) {
    try {
      console.log(new Date().toISOString(), JSON.stringify(await runOnce(settings, { readRows, retry })));
      failures = 0;
      retry = false;
    } catch (error) {
      failures += 1;
      console.error(new Date().toISOString(), error.message);
      if (options.includes("--once")) process.exit(1);
    }
    if (options.includes("--once")) break;
    // After failures the wait doubles, up to an hour.
    await sleep(
      Math.min(settings.everySeconds * 2 ** Math.min(failures, 10), Math.max(3_600, settings.everySeconds)) * 1_000,
    );
  }
} catch (error) {
  console.error(error instanceof SettingsError ? `Settings: ${error.message}` : error);
  process.exit(2);
}
