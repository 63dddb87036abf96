import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Trouble } from "../trouble.ts";
import { canListen, listen, type Heard } from "./listen.ts";

/** As OpenAI's own limit. */
const MOST_BYTES = 25_000_000;

export type RunningTranscriber = { url: string; port: number; close(): Promise<void> };

/** An OpenAI-compatible `POST /v1/audio/transcriptions` on loopback. One request is worked on at a time. */
export async function startTranscriber(port: number): Promise<RunningTranscriber> {
  const missing = await canListen();
  if (missing !== null)
    throw new Trouble(`${missing} is not there: apt-get install pocketsphinx pocketsphinx-en-us sox`);
  let last: Promise<unknown> = Promise.resolve();
  const server = createServer((request, response) => {
    const work = last.then(() => answer(request, response));
    last = work.catch((error: unknown) => {
      if (!response.headersSent) send(response, 500, { error: { message: String(error), type: "server_error" } });
    });
  });
  // A client that keeps its connection must not find it closed under its next request.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST" || request.url !== "/v1/audio/transcriptions")
    return send(response, 404, refusal("there is only POST /v1/audio/transcriptions"));
  const body = await readBody(request);
  if (body === undefined) return send(response, 413, refusal(`a file has at most ${MOST_BYTES} bytes`));
  const type = request.headers["content-type"] ?? "";
  const form = await new Response(body, { headers: { "content-type": type } }).formData().catch(() => undefined);
  const file = form?.get("file");
  if (!(file instanceof File)) return send(response, 400, refusal("the form has no file"));
  const heard = await listen(new Uint8Array(await file.arrayBuffer()));
  if (heard === null) return send(response, 400, refusal("the file is no audio that sox reads"));
  return send(response, 200, form?.get("response_format") === "verbose_json" ? verbose(heard) : { text: heard.text });
}

function verbose({ text, seconds, words }: Heard): object {
  const [first, last] = [words[0], words.at(-1)];
  const segment = { id: 0, start: first?.start ?? 0, end: last?.end ?? 0, text };
  return {
    task: "transcribe",
    language: "english",
    duration: seconds,
    text,
    words,
    segments: words.length === 0 ? [] : [segment],
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer<ArrayBuffer> | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refusal(message: string): object {
  return { error: { message, type: "invalid_request_error" } };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
