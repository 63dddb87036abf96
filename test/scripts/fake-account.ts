import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeConfigCopy } from "../../scripts/deploy/config-copy.ts";
import type { Desk } from "../../scripts/deploy/carry-out.ts";
import { PROJECT, type WranglerResult } from "../../scripts/wrangler.ts";

/** A Cloudflare account as wrangler shows it, in memory; `broken` names a command that fails. */
export class FakeAccount {
  accounts = [{ id: "acc_1", name: "Acme" }];
  loggedIn = true;
  databases: { uuid: string; name: string }[] = [];
  buckets: string[] = [];
  queues: string[] = ["somebody-elses"];
  worker: { secrets: { [name: string]: string }; publicUrl: string } | null = null;
  sealed: number | null = null;
  subdomain: string | null = "trunkline.acme.workers.dev";
  broken = "";
  log: string[] = [];
  /** The generated configuration at each deploy. */
  deployed: { publicUrl: string; databaseId: string }[] = [];
  output = "";

  /** The desk of a deploy in this account, with the project's real wrangler.toml. */
  desk(folder: string, change: Partial<Desk> = {}): Desk {
    const toml = readFileSync(join(PROJECT, "wrangler.toml"), "utf8");
    let config = "";
    return {
      settings: SETTINGS,
      paths: { config: `${folder}/wrangler.toml`, secretsFile: `${folder}/secrets.env` },
      options: { dryRun: false, url: undefined, workersAi: false, help: false },
      env: {},
      run: (args, options) => Promise.resolve(this.#answer(args, options?.env ?? {}, config)),
      writeConfig: (values) => void (config = makeConfigCopy(toml, "/project", values)),
      say: (text) => void (this.output += `${text}\n`),
      fetchStatus: () => Promise.resolve(200),
      pause: () => Promise.resolve(),
      ...change,
    };
  }

  #answer(args: readonly string[], env: { [name: string]: string }, config: string): WranglerResult {
    const command = args.join(" ");
    this.log.push(command);
    if (this.broken !== "" && command.startsWith(this.broken))
      return refuse("✘ [ERROR] A request to the Cloudflare API failed.");
    if (command === "whoami --json") return say(JSON.stringify({ loggedIn: this.loggedIn, accounts: this.accounts }));
    if (command === "d1 list --json") return say(JSON.stringify(this.databases));
    if (command.startsWith("d1 create "))
      return done(() => this.databases.push({ uuid: `db-uuid-${this.databases.length + 1}`, name: args[2] ?? "" }));
    if (command === "r2 bucket list")
      return say(
        `Listing buckets...\n${this.buckets.map((name) => `name:           ${name}\ncreation_date:  2026`).join("\n\n")}`,
      );
    if (command.startsWith("r2 bucket create ")) return done(() => this.buckets.push(args[3] ?? ""));
    if (command.startsWith("queues list"))
      return say(
        drawQueues(args.at(-1) === "1" ? this.queues.slice(0, 5) : args.at(-1) === "2" ? this.queues.slice(5) : []),
      );
    if (command.startsWith("queues create ")) {
      const name = args[2] ?? "";
      return this.queues.includes(name)
        ? refuse(`Queue name '${name}' is already taken.`)
        : done(() => this.queues.push(name));
    }
    if (command.startsWith("secret list")) {
      return this.worker
        ? say(JSON.stringify(Object.keys(this.worker.secrets).map((name) => ({ name, type: "secret_text" }))))
        : refuse('Worker "trunkline" not found.');
    }
    if (command.startsWith("deployments status"))
      return say(JSON.stringify({ versions: [{ version_id: "v1", percentage: 100 }] }));
    if (command.startsWith("versions view v1")) {
      return say(
        JSON.stringify({
          id: "v1",
          resources: { bindings: [{ name: "PUBLIC_URL", type: "plain_text", text: this.worker?.publicUrl }] },
        }),
      );
    }
    if (command.startsWith("d1 execute"))
      return this.sealed === null
        ? refuse("no such table: endpoints")
        : say(JSON.stringify([{ results: [{ sealed: this.sealed }] }]));
    if (command.startsWith("d1 migrations apply")) return done(() => undefined);
    if (args[0] === "deploy") return this.#deploy(args, env, config);
    return refuse(`unknown command ${command}`);
  }

  #deploy(args: readonly string[], env: { [name: string]: string }, config: string): WranglerResult {
    const file = args.indexOf("--secrets-file");
    const brought = file < 0 ? {} : readSecretsFile(args[file + 1] ?? "");
    const secrets = { ...this.worker?.secrets, ...brought };
    if (SETTINGS.secrets.some((name) => !(name in secrets)))
      return refuse("The following required secrets have not been set");
    const publicUrl = /^PUBLIC_URL = "(.*)"$/m.exec(config)?.[1] ?? "?";
    this.worker = { secrets, publicUrl };
    this.deployed.push({ publicUrl, databaseId: /^database_id = "(.*)"$/m.exec(config)?.[1] ?? "?" });
    const targets = this.subdomain ? [this.subdomain, "schedule: * * * * *"] : [];
    appendOutput(env.WRANGLER_OUTPUT_FILE_PATH ?? "", { type: "deploy", version: 1, targets });
    return say("Deployed");
  }
}

export const SETTINGS = {
  worker: "trunkline",
  database: { binding: "DB", name: "trunkline" },
  search: { binding: "SEARCH", name: "trunkline-search" },
  bucket: "trunkline",
  queues: [
    "ingest",
    "recordings",
    "analysis",
    "events",
    "ingest-dead",
    "recordings-dead",
    "analysis-dead",
    "events-dead",
  ].map((name) => `trunkline-${name}`),
  secrets: ["MASTER_KEYS", "OPERATOR_TOKEN"],
  publicUrl: "",
};

function drawQueues(names: readonly string[]): string {
  const rows = names.map((name, index) => `│ id-${index} │ ${name} │ 2026 │ 2026 │ 1 │ 1 │`);
  return [
    "┌────┬──────┐",
    "│ id │ name │ created_on │ modified_on │ producers │ consumers │",
    ...rows,
    "└────┴──────┘",
  ].join("\n");
}

function readSecretsFile(path: string): { [name: string]: string } {
  const lines = readFileSync(path, "utf8").trim().split("\n");
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

function say(stdout: string): WranglerResult {
  return { code: 0, stdout, stderr: "" };
}

function refuse(stderr: string): WranglerResult {
  return { code: 1, stdout: "", stderr };
}

function done(change: () => unknown): WranglerResult {
  change();
  return say("done");
}

function appendOutput(path: string, entry: object): void {
  if (path !== "") appendFileSync(path, `${JSON.stringify(entry)}\n`);
}
