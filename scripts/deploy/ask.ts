import { Trouble } from "../trouble.ts";
import {
  readAccounts,
  readBuckets,
  readDatabaseId,
  readQueues,
  readSealed,
  readSecretNames,
  readVariable,
  readVersionId,
} from "./account.ts";
import type { Desk } from "./carry-out.ts";
import type { DatabaseSettings } from "./settings.ts";
import { questions, renderCommand, type Existing, type Step } from "./plan.ts";

export type Account = { existing: Existing; secrets: string[]; publicUrl: string };

const MAX_PAGES = 50;

/** Everything that is read from the account before anything is changed. */
export async function askAccount(desk: Desk): Promise<Account> {
  await checkLogin(desk);
  const existing = {
    databaseId: await ask.databaseId(desk, desk.settings.database),
    searchId: await ask.databaseId(desk, desk.settings.search),
    buckets: await askBuckets(desk),
    queues: await askQueues(desk),
  };
  const secrets = await askSecrets(desk);
  // No secrets, or no Worker yet: nothing can be deployed that would have an address.
  const publicUrl = secrets.length === 0 || desk.options.url || desk.settings.publicUrl ? "" : await askPublicUrl(desk);
  return { existing, secrets, publicUrl };
}

export const ask = {
  databaseId: async (desk: Desk, { name }: DatabaseSettings) =>
    readDatabaseId(await answerOf(desk, questions.databases()), name),
  /** A database made by a deploy that stopped before the migrations has no such tables, and nothing sealed. */
  sealed: async (desk: Desk) => {
    const question = questions.sealed(desk.settings, desk.paths);
    const result = await desk.run(question.args);
    if (result.code !== 0 && /no such table/i.test(result.stdout + result.stderr)) return 0;
    if (result.code !== 0) throw refused(question, result.stdout + result.stderr);
    return readSealed(result.stdout);
  },
};

async function checkLogin(desk: Desk): Promise<void> {
  const { stdout } = await desk.run(questions.login().args);
  const accounts = readAccounts(stdout);
  if (accounts === null) {
    throw new Trouble(
      "nobody is logged in to Cloudflare: run `npm exec wrangler login`, or set CLOUDFLARE_API_TOKEN (npm run deploy -- --dry-run needs neither)",
    );
  }
  if (accounts.length > 1 && !desk.env.CLOUDFLARE_ACCOUNT_ID) {
    const choices = accounts.map((one) => `${one.id} (${one.name})`).join(", ");
    throw new Trouble(`this login reaches several accounts: choose one with CLOUDFLARE_ACCOUNT_ID=… from ${choices}`);
  }
}

async function askBuckets(desk: Desk): Promise<string[]> {
  return readBuckets(await answerOf(desk, questions.buckets()));
}

/** Page after page, until one brings nothing new. */
async function askQueues(desk: Desk): Promise<string[]> {
  const names = new Set<string>();
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const before = names.size;
    for (const name of readQueues(await answerOf(desk, questions.queues(page)))) names.add(name);
    if (names.size === before) break;
  }
  return [...names];
}

/** Only "there is no such Worker" means that no secret is set: any other failure must not lead to a new master key. */
async function askSecrets(desk: Desk): Promise<string[]> {
  const question = questions.secrets(desk.settings);
  const result = await desk.run(question.args);
  if (result.code === 0) return readSecretNames(result.stdout);
  const output = result.stdout + result.stderr;
  if (/Worker ".*" not found/i.test(output)) return [];
  throw refused(question, output);
}

async function askPublicUrl(desk: Desk): Promise<string> {
  const versionId = readVersionId(await answerOf(desk, questions.deployment(desk.settings)));
  if (versionId === null) return "";
  return readVariable(await answerOf(desk, questions.version(desk.settings, versionId)), "PUBLIC_URL");
}

async function answerOf(desk: Desk, question: Step): Promise<string> {
  const result = await desk.run(question.args);
  if (result.code !== 0) throw refused(question, result.stdout + result.stderr);
  return result.stdout;
}

function refused({ args }: Step, output: string): Trouble {
  const lines = output.split("\n").map((line) => line.trim());
  const reason = lines.find((line) => /error/i.test(line)) ?? lines.find((line) => line !== "") ?? "no reason given";
  return new Trouble(`${renderCommand(args.slice(0, 3))} failed: ${reason.slice(0, 300)}`);
}
