import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

/**
 * Servers by the word in the path: `/hang` never answers, `/drip` sends a byte a second, `/swell` as fast as it is
 * read, `/bomb` the same behind gzip, a thousand times larger once it is inflated. None ever ends.
 */
export type SlowServers = {
  urls: readonly string[];
  /** Requests that have come, and those of them that whoever sent them has not given up. */
  counts(): { begun: number; open: number };
  close(): void;
};

const CHUNK = Buffer.alloc(16_384);
const ZEROS = gzipSync(Buffer.alloc(16 * 1024 * 1024));

/** On several ports: to the product each is a host of its own. */
export async function slowServers(ports = 3): Promise<SlowServers> {
  let begun = 0;
  let open = 0;
  const servers = Array.from({ length: ports }, () =>
    createServer((request, response) => {
      begun += 1;
      open += 1;
      response.once("close", () => (open -= 1));
      answer(request, response);
    }),
  );
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    urls: servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    counts: () => ({ begun, open }),
    close: () => {
      for (const server of servers) server.close().closeAllConnections();
    },
  };
}

function answer({ url = "" }: IncomingMessage, response: ServerResponse): void {
  if (url.startsWith("/drip")) return every(response, 1000, {}, Buffer.from([0]));
  if (url.startsWith("/swell")) return every(response, 20, {}, CHUNK);
  // Member after member of one gzip stream, so that it never ends.
  if (url.startsWith("/bomb")) return every(response, 200, { "content-encoding": "gzip" }, ZEROS);
}

function every(response: ServerResponse, pause: number, headers: Record<string, string>, bytes: Buffer): void {
  response.writeHead(200, { "content-type": "audio/mpeg", ...headers });
  const timer = setInterval(() => response.write(bytes), pause);
  response.once("close", () => clearInterval(timer));
}
