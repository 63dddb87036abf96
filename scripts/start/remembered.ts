import { join } from "node:path";
import type { Demo } from "./demo-organization.ts";
import { readJsonFile, writeJsonFile } from "./state-folder.ts";

/** `STATE_DIR/dev.json`: what scripts need to talk to a running start. These names are a contract. */
export type DevFile = {
  url: string;
  apiKey: string;
  organizationId: string;
  campaignId: string;
  receiverUrl: string;
  ownerEmail: string;
  ownerPassword: string;
};

/** `STATE_DIR/receiver.json`: what only `npm start` itself needs the next time. */
type ReceiverFile = {
  receiverPort: number;
  campaignNumber: number;
  endpointId: string;
  endpointUrl: string;
  signingSecret: string;
};

export type Remembered = { demo: Partial<Demo>; receiverPort: number };

export function devFilePath(stateDir: string): string {
  return join(stateDir, "dev.json");
}

/** What earlier starts wrote; empty on the first. */
export function readRemembered(stateDir: string): Remembered {
  const dev: Partial<DevFile> = readJsonFile(stateDir, "dev.json") ?? {};
  const receiver: Partial<ReceiverFile> = readJsonFile(stateDir, "receiver.json") ?? {};
  const { receiverPort = 0, ...endpoint } = receiver;
  const { apiKey, organizationId, campaignId, ownerEmail, ownerPassword } = dev;
  return {
    demo: {
      ...endpoint,
      ...(apiKey && organizationId && campaignId ? { apiKey, organizationId, campaignId } : {}),
      ...(ownerEmail && ownerPassword ? { ownerEmail, ownerPassword } : {}),
    },
    receiverPort: Number.isInteger(receiverPort) && receiverPort > 0 && receiverPort < 65_536 ? receiverPort : 0,
  };
}

/** dev.json goes last: whoever waits for it finds the rest in place. */
export function remember(stateDir: string, dev: DevFile, demo: Demo, receiverPort: number): void {
  const { campaignNumber, endpointId, endpointUrl, signingSecret } = demo;
  const receiver: ReceiverFile = { receiverPort, campaignNumber, endpointId, endpointUrl, signingSecret };
  writeJsonFile(stateDir, "receiver.json", receiver);
  writeJsonFile(stateDir, "dev.json", dev);
}
