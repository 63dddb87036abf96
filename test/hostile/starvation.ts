import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { request, textAt } from "../../scripts/api-client.ts";
import { readTruth, serveRecording } from "../../scripts/demo/serve-recording.ts";
import { readSecrets } from "../../scripts/start/secrets.ts";
import { makeCall } from "../e2e/calls.ts";
import type { Ground, Harness } from "./harness.ts";
import { faultsOf } from "./soak.ts";

/** Ten times what the recordings queue works on at once. */
const SLOTS = 5;
const TIMES = 10;

/** Recordings of one organization whose server never ends; a neighbour's call is done while they still hang. */
export const starvation: Harness = {
  name: "starvation",
  async run(ground) {
    const slow = await slowServer();
    const recording = await serveRecording();
    try {
      const { url } = ground.running.connection;
      const { key, campaign } = await neighbour(ground);
      const notices = SLOTS * TIMES * (ground.long ? 4 : 1);
      const kinds = ["hang", "drip", "swell"] as const;
      for (let at = 0; at < notices; at += 1) {
        const body = {
          dialtime: "2026-02-10 10:30:45",
          direction: "inbound",
          calling: `+54911679${10_000 + at}`,
          called: "+5491126888209",
          status: "answered",
          duration: "5",
          billseconds: "5",
          wasrecorded: "true",
          accountname: "A",
          accountextension: "300",
          queueagentname: "Ana",
          answerterminal: "1000",
          audio_file_mp3: `${slow.url}/${kinds[at % kinds.length]}`,
          campaign_id: campaign,
        };
        const taken = await request(url, "/webhook/anura/", { method: "POST", token: key, body });
        if (taken.status >= 300) throw new Error(`a notice was not taken: ${JSON.stringify(taken.body)}`);
      }
      const truth = readTruth();
      const calls: string[] = [];
      for (let at = 0; at < 3; at += 1) calls.push(await makeCall(ground.running.connection, recording.url, truth));
      const faults = await faultsOf(ground.running.connection, calls);
      const tries = slow.tries();
      return {
        figure: `${notices} recordings that never end, ${tries} tries of them begun when ${calls.length} calls of a neighbour were delivered`,
        faults,
      };
    } finally {
      slow.close();
      recording.close();
    }
  },
};

async function neighbour({ place, running }: Ground): Promise<{ key: string; campaign: number }> {
  const token = readSecrets(join(place.stateDir, "secrets.env")).OPERATOR_TOKEN;
  const { url } = running.connection;
  const made = await request(url, "/operator/organizations", { method: "POST", token, body: { name: "Slow" } });
  const key = textAt(made.body, ["api_key", "key"]);
  const campaign = await request(url, "/v1/campaigns", { method: "POST", token: key, body: { name: "Slow" } });
  return { key, campaign: (campaign.body as { number: number }).number };
}

/** `/hang` never answers, `/drip` sends a byte a second, `/swell` sends as fast as it is read, none ever ends. */
async function slowServer(): Promise<{ url: string; tries(): number; close(): void }> {
  let tries = 0;
  const server: Server = createServer((incoming, response) => {
    tries += 1;
    if (incoming.url === "/hang") return;
    response.writeHead(200, { "content-type": "audio/mpeg" });
    if (incoming.url === "/drip") {
      const timer = setInterval(() => response.write("\u0000"), 1000);
      response.once("close", () => clearInterval(timer));
      return;
    }
    const chunk = Buffer.alloc(16_384);
    const timer = setInterval(() => response.write(chunk), 20);
    response.once("close", () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, tries: () => tries, close: () => server.close().closeAllConnections() };
}
