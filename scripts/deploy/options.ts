import { parseArgs } from "node:util";
import { Trouble } from "../trouble.ts";

export type DeployOptions = { dryRun: boolean; url: string | undefined; workersAi: boolean; help: boolean };

export const USAGE = `npm run deploy -- [--dry-run] [--url https://calls.example.com] [--workers-ai]

  --dry-run   show the plan and prove the bundle; needs no account and no network
  --url       the origin people reach this deployment at; without it the workers.dev address is used
  --workers-ai  offer Whisper on Workers AI to every organization, by the binding AI

Secrets are made on the first deploy; to bring your own, set MASTER_KEYS and OPERATOR_TOKEN in the environment.`;

export function readOptions(args: readonly string[]): DeployOptions {
  let values;
  try {
    values = parseArgs({
      args: [...args],
      options: {
        "dry-run": { type: "boolean" },
        url: { type: "string" },
        "workers-ai": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new Trouble(
      `${error instanceof Error ? error.message.split(". ")[0] : String(error)} (see npm run deploy -- --help)`,
    );
  }
  return {
    dryRun: values["dry-run"] ?? false,
    url: values.url === undefined ? undefined : readOrigin(values.url),
    workersAi: values["workers-ai"] ?? false,
    help: values.help ?? false,
  };
}

function readOrigin(text: string): string {
  const url = URL.parse(text);
  if (
    !url ||
    url.protocol !== "https:" ||
    url.pathname !== "/" ||
    url.search !== "" ||
    url.hash !== "" ||
    url.username !== ""
  ) {
    throw new Trouble(`--url must be an origin such as https://calls.example.com, not "${text.slice(0, 100)}"`);
  }
  return url.origin;
}
