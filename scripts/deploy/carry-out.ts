import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writePrivateFile } from "../start/state-folder.ts";
import { Trouble } from "../trouble.ts";
import type { WranglerOptions, WranglerResult } from "../wrangler.ts";
import { readDeployedUrl } from "./account.ts";
import { ask, askAccount } from "./ask.ts";
import type { ConfigValues } from "./config-copy.ts";
import type { DeployOptions } from "./options.ts";
import {
  createDatabase,
  createOthers,
  deployWorker,
  migrateDatabase,
  renderCommand,
  type PlanPaths,
  type Step,
} from "./plan.ts";
import { planSecrets, readKept, renderKept, type SecretPlan } from "./secrets.ts";
import type { DatabaseSettings, DeploySettings } from "./settings.ts";

/** Everything a deploy touches, so that a test can replace it. */
export type Desk = {
  settings: DeploySettings;
  paths: PlanPaths;
  options: DeployOptions;
  env: { [name: string]: string | undefined };
  run(args: readonly string[], options?: WranglerOptions): Promise<WranglerResult>;
  writeConfig(values: ConfigValues): void;
  say(text: string): void;
  fetchStatus(url: string): Promise<number | null>;
  pause?: (milliseconds: number) => Promise<unknown>;
};

/** Makes what is missing, migrates, deploys. Each run ends in the same state, wherever the one before it stopped. */
export async function carryOut(desk: Desk): Promise<number> {
  const { settings, paths, options, say } = desk;
  const account = await askAccount(desk);
  const databaseId = account.existing.databaseId ?? (await makeDatabase(desk, settings.database));
  const searchId = account.existing.searchId ?? (await makeDatabase(desk, settings.search));
  for (const step of createOthers(settings, account.existing)) await doStep(desk, step);

  const known = options.url ?? (settings.publicUrl || account.publicUrl);
  desk.writeConfig({ databaseId, searchId, publicUrl: known });
  const secrets = planSecrets(settings.secrets, account.secrets, desk.env, paths.secretsFile);
  await refuseToOrphan(desk, secrets, account.existing.databaseId !== null);
  keepMissing(desk, secrets);
  await doStep(desk, migrateDatabase(settings.database, paths));
  await doStep(desk, migrateDatabase(settings.search, paths));
  const deployed = await deployOnce(desk, Object.keys(secrets.missing).length > 0);
  const url = known || deployed;
  if (url === null)
    throw new Trouble(
      "the Worker is deployed, but at no workers.dev address: run again with --url https://your.domain",
    );
  if (known === "") {
    desk.writeConfig({ databaseId, searchId, publicUrl: url });
    say(`\nNow that the address is known: once more, with PUBLIC_URL = ${url}`);
    await deployOnce(desk, false);
  }
  await reportHealth(desk, url);
  say(renderEnd(desk, url, secrets));
  return 0;
}

/** Makes a database and gives its id. */
async function makeDatabase(desk: Desk, database: DatabaseSettings): Promise<string> {
  await doStep(desk, createDatabase(database));
  const id = await ask.databaseId(desk, database);
  if (id === null)
    throw new Trouble(`the database ${database.name} was made but is not listed: run npm run deploy again`);
  return id;
}

/** A new master key beside data sealed with the old one would make that data unreadable without anyone noticing. */
async function refuseToOrphan(desk: Desk, secrets: SecretPlan, databaseExisted: boolean): Promise<void> {
  if (!secrets.isNew.includes("MASTER_KEYS") || !databaseExisted) return;
  const sealed = await ask.sealed(desk);
  if (sealed === 0) return;
  throw new Trouble(
    `the database holds ${sealed} rows sealed with a MASTER_KEYS that the Worker no longer has: ` +
      "bring it back with MASTER_KEYS=… npm run deploy (a new one could never open them)",
  );
}

/** On disk before they are set: a deploy that fails in between continues with the same ones. */
function keepMissing({ paths, say }: Desk, { missing, origin }: SecretPlan): void {
  if (Object.keys(missing).length === 0) return;
  writePrivateFile(paths.secretsFile, renderKept({ ...readKept(paths.secretsFile), ...missing }));
  say(`secrets to set: ${Object.keys(missing).join(", ")} (${origin})`);
}

/** Deploys; the workers.dev address it went to, if it went to one. */
async function deployOnce(desk: Desk, withSecrets: boolean): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-deploy-"));
  const outputFile = join(folder, "output.ndjson");
  try {
    await doStep(desk, deployWorker(desk.paths, withSecrets), "inherit", { WRANGLER_OUTPUT_FILE_PATH: outputFile });
    return readDeployedUrl(readIfThere(outputFile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function doStep(
  desk: Desk,
  step: Step,
  output: "collect" | "inherit" = "collect",
  env: { [name: string]: string } = {},
): Promise<void> {
  desk.say(`${step.title}: ${renderCommand(step.args)}`);
  const result = await desk.run(step.args, { output, env });
  const printed = `${result.stdout}${result.stderr}`;
  // Made since we listed them, or listed on a page we did not read: it exists, which is all we need.
  if (result.code === 0 || (step.makes && /already (exists|taken)/i.test(printed))) return;
  if (printed.trim() !== "") desk.say(printed.trim());
  throw new Trouble(`${step.title} failed; what was done so far stays, and npm run deploy goes on from there`);
}

/** A new address takes a moment to be known everywhere, so no answer at first is no failure. */
async function reportHealth({ fetchStatus, pause = sleep, say }: Desk, url: string): Promise<void> {
  for (let tries = 0; tries < 10; tries += 1) {
    if ((await fetchStatus(`${url}/health`)) === 200) return say(`\n${url}/health answers 200`);
    await pause(3000);
  }
  say(`\n${url}/health does not answer 200 yet: look again in a minute, then at the Worker's logs (wrangler tail)`);
}

function renderEnd({ paths }: Desk, url: string, { missing }: SecretPlan): string {
  const made = Object.keys(missing).length > 0;
  const token = missing.OPERATOR_TOKEN;
  const keep = made
    ? `
The secrets now in force are in ${paths.secretsFile}, and nowhere else can they be read again.
Put them in a safe place and delete that file. Without MASTER_KEYS everything sealed in the database
(signing secrets, credentials) is lost for good.
`
    : "";
  return `
Deployed to ${url}
${keep}${token === undefined ? "" : `\nOPERATOR_TOKEN (shown this once): ${token}\n`}
Make the first owner, with the OPERATOR_TOKEN, in a browser (the page is open until there is one):

  ${url}/setup

Or make an organization and its first API key:

  curl -sS -X POST ${url}/admin/organizations -H "Authorization: Bearer ${token ?? "$OPERATOR_TOKEN"}" -H "Content-Type: application/json" -d '{"name":"Acme"}'
`;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
