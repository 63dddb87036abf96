import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT, wrangler } from "../wrangler.ts";
import { makeConfigCopy } from "./config-copy.ts";
import { readOptions, USAGE } from "./options.ts";
import { planAll, proveBundle, renderCommand, renderPlan } from "./plan.ts";
import { readDeploySettings } from "./settings.ts";
import { carryOut, type Desk } from "./carry-out.ts";

/** `npm run deploy`. Resolves with the exit code. */
export async function deploy(args: readonly string[], env: { [name: string]: string | undefined }): Promise<number> {
  const options = readOptions(args);
  if (options.help) return say(USAGE);
  const toml = join(PROJECT, "wrangler.toml");
  const settings = readDeploySettings(toml);
  const folder = join(PROJECT, ".trunkline", "deploy");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const paths = { config: join(folder, "wrangler.toml"), secretsFile: join(folder, `${settings.worker}.secrets.env`) };
  const writeConfig: Desk["writeConfig"] = (values) =>
    writeFileSync(
      paths.config,
      makeConfigCopy(readFileSync(toml, "utf8"), PROJECT, { ...values, workersAi: options.workersAi }),
    );

  if (options.dryRun) {
    writeConfig({ databaseId: null, searchId: null, publicUrl: options.url ?? settings.publicUrl });
    say(`The plan. Nothing is changed: this is a dry run.\n\n${renderPlan(planAll(settings, paths))}\n`);
    say(
      `Secrets: ${settings.secrets.join(", ")}; made once, never overwritten, also kept in ${paths.secretsFile} for you to put away.\n`,
    );
    return await bundle(paths);
  }
  return carryOut({ settings, paths, options, env, run: wrangler, writeConfig, say, fetchStatus });
}

/** Proves that the Worker bundles, and lets wrangler list its bindings. */
async function bundle(paths: { config: string; secretsFile: string }): Promise<number> {
  const outdir = mkdtempSync(join(tmpdir(), "trunkline-bundle-"));
  try {
    const step = proveBundle(paths, outdir);
    say(`Now, without an account: ${renderCommand(step.args)}\n`);
    const { code, stdout, stderr } = await wrangler(step.args);
    say(`${stdout}${stderr}`.trim());
    return code === 0 ? 0 : 1;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

async function fetchStatus(url: string): Promise<number | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

function say(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}
