import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Trouble } from "../trouble.ts";
import { PROJECT } from "../wrangler.ts";

export type Truth = { durationSeconds: number; talkSeconds: number[]; overlapSeconds: number; silenceSeconds: number };

const AUDIO = join(PROJECT, "test", "fixtures", "audio");
const NAME = "two-party-call";

/** What is known of the recording, from how it was made (test/fixtures/audio). */
export function readTruth(): Truth {
  return JSON.parse(readFixture(`${NAME}.truth.json`).toString()) as Truth;
}

/** Stands in for the phone system's file store: the recording at a link on this machine. */
export async function serveRecording(): Promise<{ url: string; close(): void }> {
  const bytes = readFixture(`${NAME}.mp3`);
  const server = createServer((incoming, response) => {
    if (!incoming.url?.startsWith(`/${NAME}.mp3`)) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "audio/mpeg", "content-length": bytes.byteLength });
    response.end(incoming.method === "HEAD" ? undefined : bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/${NAME}.mp3`, close: () => server.close().closeAllConnections() };
}

/** A file of test/fixtures/audio. */
export function readFixture(name: string) {
  try {
    return readFileSync(join(AUDIO, name));
  } catch {
    throw new Trouble(`test/fixtures/audio/${name} is missing: this checkout is incomplete`);
  }
}
