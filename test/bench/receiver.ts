import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { MARK } from "./notices.ts";
import { answerParent } from "./subprocess.ts";

/** What came in: which endpoint (the last part of the path), about which call, and when (milliseconds of the epoch). */
export type Receipt = { endpoint: string; mark: string; type: string | null; at: number };

const AUDIO = `${import.meta.dirname}/../fixtures/audio/two-party-call.mp3`;

/** How long a receiver under `/slow/` takes to answer. Milliseconds. */
const SLOWNESS = 20;

let receipts: Receipt[] = [];
let refusals = 0;

/** Under `/fails/` everything is refused, under `/ignored/` accepted and forgotten, under `/slow/` answered late. */
function receive(request: IncomingMessage, response: ServerResponse): void {
  const at = performance.timeOrigin + performance.now();
  if (request.method === "GET") {
    const audio = readFileSync(AUDIO);
    response.writeHead(200, { "content-type": "audio/mpeg", "content-length": audio.length }).end(audio);
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.once("end", () => {
    const body = Buffer.concat(chunks).toString("latin1");
    const [endpoint = "", manner] = (request.url ?? "").split("/").toReversed();
    if (manner === "fails") {
      refusals += 1;
      response.writeHead(503).end();
      return;
    }
    const type = /"type":"([a-z.]+)"/.exec(body.slice(0, 200))?.[1] ?? null;
    if (manner !== "ignored") receipts.push({ endpoint, mark: MARK.exec(body)?.[0] ?? "", type, at });
    if (manner === "slow") setTimeout(() => response.writeHead(204).end(), SLOWNESS);
    else response.writeHead(204).end();
  });
}

/** Starts to listen, on a free port of the loopback. */
function listen(): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer({ keepAliveTimeout: 60_000 }, receive);
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

/** Waits until so many different things came in, or `seconds` are over, and gives what came. */
async function collect({ expected, seconds }: { expected: number; seconds: number }): Promise<Receipt[]> {
  const deadline = Date.now() + seconds * 1000;
  while (receipts.length < expected && Date.now() < deadline) await sleep(10);
  return receipts;
}

answerParent({
  listen,
  collect,
  refusals: () => refusals,
  reset: () => {
    receipts = [];
    refusals = 0;
  },
});
