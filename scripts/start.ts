import { runScript } from "./trouble.ts";

await runScript(async () => {
  // Loaded late: what is missing is reported before anything that needs it is imported.
  const { checkProject } = await import("./start/check-project.ts");
  checkProject();
  const { start } = await import("./start/run.ts");
  return start(process.env);
});
