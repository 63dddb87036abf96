import { runScript } from "./trouble.ts";

await runScript(async () => {
  const { run } = await import("./trunkline/run.ts");
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort());
  return run(process.argv.slice(2), process.env, stopped.signal);
});
