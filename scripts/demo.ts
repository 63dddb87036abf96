import { demo } from "./demo/run.ts";
import { runScript } from "./trouble.ts";

await runScript(() => demo(process.env, process.argv.slice(2)));
