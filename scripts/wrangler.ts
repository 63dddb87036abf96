import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { join } from "node:path";

/** The project's own folder, in which the scripts run everything. */
export const PROJECT = join(import.meta.dirname, "..");

export type WranglerResult = { code: number; stdout: string; stderr: string };

export type WranglerOptions = {
  env?: Record<string, string>;
  /** "inherit" shows the command's own output and lets it ask; the default collects it and answers nothing. */
  output?: "collect" | "inherit";
};

/** The project's wrangler, run by the Node that runs us: whatever else is on the PATH does not matter. */
function spawnWrangler(
  args: readonly string[],
  options: { env?: Record<string, string>; stdio: StdioOptions },
): ChildProcess {
  return spawn(process.execPath, [wranglerPath(), ...args], {
    cwd: PROJECT,
    env: { ...quietEnvironment(), ...options.env },
    stdio: options.stdio,
  });
}

/** Runs one wrangler command to its end. */
export function wrangler(args: readonly string[], options: WranglerOptions = {}): Promise<WranglerResult> {
  const inherit = options.output === "inherit";
  const child = spawnWrangler(args, {
    env: options.env ?? {},
    stdio: inherit ? "inherit" : ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

function wranglerPath(): string {
  return `${PROJECT}/node_modules/wrangler/bin/wrangler.js`;
}

/** No telemetry, no look for updates, no colours in what we read. */
export function quietEnvironment(): { [name: string]: string | undefined } {
  const env: { [name: string]: string | undefined } = {
    ...process.env,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
  };
  // Wrangler reads required secrets from the environment too; only what a script hands over may count.
  delete env.MASTER_KEYS;
  delete env.OPERATOR_TOKEN;
  return env;
}
