import { existsSync } from "node:fs";
import { expectSuccess, numberAt, request } from "../api-client.ts";
import { devFilePath, type DevFile } from "../start/remembered.ts";
import { readJsonFile } from "../start/state-folder.ts";
import { Trouble } from "../trouble.ts";

export type Connection = DevFile & { campaignNumber: number; stateDir: string };

/** The start that runs in this state folder; trouble, in one line, when none does. */
export async function connect(stateDir: string): Promise<Connection> {
  if (!existsSync(devFilePath(stateDir))) {
    throw new Trouble(`nothing is running in ${stateDir}: run \`npm start\` in another terminal first`);
  }
  const dev = readDevFile(stateDir);
  const alive = await request(dev.url, "/health").catch(() => null);
  if (alive?.status !== 200)
    throw new Trouble(`${dev.url} does not answer: run \`npm start\` in another terminal first`);
  const campaign = expectSuccess(
    await request(dev.url, `/v1/campaigns/${dev.campaignId}`, { token: dev.apiKey }),
    "reading the demo campaign",
  );
  return { ...dev, campaignNumber: numberAt(campaign, ["number"]), stateDir };
}

function readDevFile(stateDir: string): DevFile {
  const value = readJsonFile(stateDir, "dev.json") ?? {};
  const names = ["url", "apiKey", "organizationId", "campaignId", "receiverUrl"] as const;
  const missing = names.filter((name) => typeof value[name] !== "string");
  if (missing.length > 0)
    throw new Trouble(`${devFilePath(stateDir)} lacks ${missing.join(", ")}: run \`npm start\` again`);
  return value as DevFile;
}
