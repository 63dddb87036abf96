import { PROJECT } from "./wrangler.ts";
import { runScript } from "./trouble.ts";

await runScript(async () => {
  // Loaded late, as in start.ts: without node_modules the error message must come first.
  const { checkProject } = await import("./start/check-project.ts");
  checkProject(PROJECT);
  const { deploy } = await import("./deploy/run.ts");
  return deploy(process.argv.slice(2), process.env);
});
