import { existsSync } from "node:fs";
import { trunkline } from "../../client/trunkline.ts";
import { devFilePath, type DevFile } from "../start/remembered.ts";
import { readStateDir } from "../start/settings.ts";
import { readJsonFile } from "../start/state-folder.ts";
import { Trouble } from "../trouble.ts";
import { PROJECT } from "../wrangler.ts";

/** Whom the commands talk to. `campaignId`: the one that `npm start` made. */
export type Connection = { url: string; key: string; campaignId: string | undefined };

type Environment = Record<string, string | undefined>;

/** The deployment of TRUNKLINE_URL and TRUNKLINE_KEY, else the `npm start` of this folder. */
export function readConnection(env: Environment): Connection {
  const { TRUNKLINE_URL: url, TRUNKLINE_KEY: key } = env;
  if (url && key) return { url: url.replace(/\/+$/, ""), key, campaignId: undefined };
  if (url || key) throw new Trouble("set both TRUNKLINE_URL and TRUNKLINE_KEY, or neither to use npm start");
  const stateDir = readStateDir(env, PROJECT);
  const dev: Partial<DevFile> = existsSync(devFilePath(stateDir)) ? (readJsonFile(stateDir, "dev.json") ?? {}) : {};
  if (!dev.url || !dev.apiKey)
    throw new Trouble("nothing to talk to: run npm start in another terminal, or set TRUNKLINE_URL and TRUNKLINE_KEY");
  return { url: dev.url, key: dev.apiKey, campaignId: dev.campaignId };
}

export function clientOf({ url, key }: Connection) {
  return trunkline({ url, key });
}

/** What an answer of the client holds; its failure as trouble. */
export function dataOf<T>({ data, error }: { data?: T; error?: unknown }, what: string): T {
  if (data !== undefined) return data;
  throw new Trouble(`${what}: ${detailOf(error)}`);
}

export function detailOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("detail" in error)) return String(error);
  const errors = "errors" in error && Array.isArray(error.errors) ? (error.errors as Record<string, unknown>[]) : [];
  const fields = errors.map((one) => `${String(one["field"])} ${String(one["message"])}`);
  return [String(error.detail), ...fields].join(" ");
}
