import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { toText, valueAt } from "./api-client.ts";
import { readFixture } from "./demo/serve-recording.ts";
import { decideFailure, readBehaviour, WELL_BEHAVED, type Behaviour } from "./receiver/behaviour.ts";
import { renderPage } from "./receiver/page.ts";
import { DeliveryStore } from "./receiver/store.ts";

const MAX_BODY = 2_000_000;

export type Receiver = { url: string; port: number; trust(secret: string): void; close(): Promise<void> };

/**
 * A subscriber on this machine. It verifies each POST to `/` with the reference library of Standard Webhooks, stores
 * what it got, and answers 200; 401 when the signature is bad. Rejects when the port is taken.
 */
export async function startReceiver(options: {
  port: number;
  file: string;
  secret?: string;
  random?: () => number;
}): Promise<Receiver> {
  const state: State = {
    store: new DeliveryStore(options.file),
    secret: options.secret,
    behaviour: WELL_BEHAVED,
    random: options.random ?? Math.random,
  };
  const server = createServer((incoming, response) => {
    handle(state, incoming, response).catch((error: unknown) => {
      if (!response.headersSent) answerJson(response, 500, { error: String(error) });
    });
  });
  // A sender that keeps its connection must not find it closed under its next request.
  server.keepAliveTimeout = 65_000;
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    trust: (secret) => void (state.secret = secret),
    close: () => close(server),
  };
}

type State = { store: DeliveryStore; secret: string | undefined; behaviour: Behaviour; random: () => number };

async function handle(state: State, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? "/", "http://receiver");
  switch (`${incoming.method} ${url.pathname}`) {
    case "POST /":
      return receive(state, incoming, response);
    case "GET /":
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(renderPage(state.store.newest(200)));
      return;
    case "GET /sample.mp3":
      return serveSample(response);
    case "GET /deliveries":
      return answerJson(response, 200, { deliveries: state.store.list(readQuery(url.searchParams)) });
    case "DELETE /deliveries":
      state.store.clear();
      return answerJson(response, 200, { deliveries: [] });
    case "GET /behaviour":
      return answerJson(response, 200, state.behaviour);
    case "POST /behaviour": {
      const behaviour = readBehaviour(parse((await readBody(incoming)) ?? ""));
      if (typeof behaviour === "string") return answerJson(response, 400, { error: behaviour });
      state.behaviour = behaviour;
      return answerJson(response, 200, behaviour);
    }
    default:
      return answerJson(response, 404, { error: "not found" });
  }
}

async function receive(state: State, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(incoming);
  if (body === null) return answerJson(response, 413, { error: "too large" });
  // Before the first start has made the endpoint there is no secret to verify with: ask to retry.
  if (state.secret === undefined) return answerJson(response, 503, { error: "not ready" });
  const delivery = describe(body, incoming);
  const { fails, next } = decideFailure(state.behaviour, state.store.refusalsOf(delivery.id), state.random);
  state.behaviour = next;
  if (next.delayMs > 0) await sleep(next.delayMs);
  // A sender that disconnected got no answer, so nothing was received.
  if (response.destroyed) return;
  const verified = verify(state.secret, body, incoming);
  const status = fails ? next.status : verified ? 200 : 401;
  state.store.add({ ...delivery, verified, status, receivedAt: new Date().toISOString() });
  answerJson(response, status, status === 200 ? { ok: true } : { error: fails ? "told to fail" : "bad signature" });
}

/** A recording for notices typed by hand: a phone system would serve it at a link of its own. */
function serveSample(response: ServerResponse): void {
  const audio = readFixture("two-party-call.mp3");
  response.writeHead(200, { "content-type": "audio/mpeg", "content-length": audio.byteLength }).end(audio);
}

function verify(secret: string, body: string, incoming: IncomingMessage): boolean {
  try {
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

function describe(body: string, incoming: IncomingMessage) {
  const event = parse(body);
  const seq = valueAt(event, ["seq"]);
  // An event about an endpoint itself has no call.
  const callId = valueAt(event, ["data", "call", "id"]);
  return {
    id: toText(incoming.headers["webhook-id"] ?? valueAt(event, ["id"])),
    type: toText(valueAt(event, ["type"])),
    seq: typeof seq === "number" ? seq : null,
    callId: typeof callId === "string" ? callId : null,
  };
}

function readQuery(query: URLSearchParams) {
  const callId = query.get("call_id");
  const after = Number(query.get("after"));
  const limit = Number(query.get("limit"));
  return {
    ...(callId ? { callId } : {}),
    after: Number.isFinite(after) ? after : 0,
    limit: limit >= 1 && limit <= 5000 ? limit : 5000,
  };
}

/** Null when it is larger than any event. */
async function readBody(incoming: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  }
  return size > MAX_BODY ? null : Buffer.concat(chunks).toString("utf8");
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1" }, resolve);
  });
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
